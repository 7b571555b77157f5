/* hash_set.h, against a plain list. */
#include "daemon/store/hash_set.h"

#include "tests/unit/fixture.h"

#define HASHES 200

static void holds_what_was_added_and_not_removed(void **state)
{
    (void)state;
    struct hash hash[HASHES];
    bool in[HASHES] = { false };
    struct hash_set set = { 0 };
    size_t count = 0;
    uint32_t seed = 7;
    many_leaves(hash, HASHES);
    for (int step = 0; step < 5000; step++) {
        seed = seed * 1664525u + 1013904223u;
        size_t i = (seed >> 8) % HASHES;
        bool add = (seed >> 5) % 2 == 0;
        count = add ? count + !in[i] : count - in[i];
        in[i] = add;
        if (add)
            assert_int_equal(hash_set_add(&set, hash[i].b), 0);
        else
            hash_set_remove(&set, hash[i].b);
        assert_int_equal(set.count, count);
    }
    for (size_t i = 0; i < HASHES; i++)
        assert_int_equal(hash_set_has(&set, hash[i].b), in[i]);
    struct buf all = { 0 };
    hash_set_copy(&all, &set);
    assert_int_equal(all.n, count * HASH_BYTES);
    for (size_t k = 0; k < count; k++)
        assert_true(hash_set_has(&set, all.p + k * HASH_BYTES));
    buf_free(&all);
    hash_set_clear(&set);
    assert_int_equal(set.count, 0);
    assert_false(hash_set_has(&set, hash[0].b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_was_added_and_not_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
