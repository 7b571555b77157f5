/* clocks.h: what a cosignature's time says of an acceptance, to the millisecond, and at the ends of
 * what numbers hold. */
#include "proto/verify/clocks.h"

#include "tests/unit/fixture.h"

#define SKEW 600000
#define AT 1000000 /* seconds */

static void below_a_tree_nothing_is_younger(void **state)
{
    const int64_t last = AT * INT64_C(1000) + 999 + SKEW;
    (void)state;
    assert_true(clocks_agree(AT, CLOCKS_BELOW, 0, SKEW));
    assert_true(clocks_agree(AT, CLOCKS_BELOW, last, SKEW));
    assert_false(clocks_agree(AT, CLOCKS_BELOW, last + 1, SKEW));
}

static void from_a_tree_on_nothing_is_older(void **state)
{
    const int64_t first = AT * INT64_C(1000) - SKEW;
    (void)state;
    assert_true(clocks_agree(AT, CLOCKS_FROM, first + 1, SKEW));
    assert_true(clocks_agree(AT, CLOCKS_FROM, first, SKEW));
    assert_false(clocks_agree(AT, CLOCKS_FROM, first - 1, SKEW));
}

/* A witness may sign any number. */
static void a_time_beyond_all_times_is_late(void **state)
{
    static const uint64_t late[] = { UINT64_C(1) << 40, UINT64_C(1) << 53, INT64_MAX,
                                     UINT64_C(1) << 63, UINT64_MAX };
    (void)state;
    for (size_t i = 0; i < COUNT(late); i++) {
        assert_true(clocks_agree(late[i], CLOCKS_BELOW, INT64_C(1) << 48, SKEW));
        assert_false(clocks_agree(late[i], CLOCKS_FROM, INT64_C(1) << 48, SKEW));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_a_tree_nothing_is_younger),
        cmocka_unit_test(from_a_tree_on_nothing_is_older),
        cmocka_unit_test(a_time_beyond_all_times_is_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
