/* past_root.h: the roots of all sizes that a log has had. */
#include "daemon/state/past_root.h"

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define ENTRIES 600 /* two full bundles, and a tail */

static void roots_of_all_sizes(void **state)
{
    (void)state;
    struct world *w = world_new(ENTRIES);
    struct store_txn *txn;
    struct hash got, expected;
    assert_int_equal(store_begin(&txn, w->service.store, STORE_READ), STORE_OK);
    for (uint64_t size = 1; size <= ENTRIES; size += size % 256 < 3 || size % 256 > 252 ? 1 : 13) {
        log_root(&w->log, size, &expected);
        assert_int_equal(past_root(&got, txn, size), STORE_OK);
        assert_true(hash_eq(&got, &expected));
    }
    assert_int_equal(past_root(&got, txn, 0), STORE_ABSENT);
    assert_int_equal(past_root(&got, txn, ENTRIES + 1), STORE_ABSENT);
    store_end(txn);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(roots_of_all_sizes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
