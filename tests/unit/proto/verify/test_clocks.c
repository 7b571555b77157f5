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

/* Of a replay the last entry is asked, and, where it went on from a smaller tree, the first. */
static void a_replay_asks_both_ends(void **state)
{
    static struct log l;
    struct refusal why;
    struct found found = { .n = 0 };
    (void)state;
    log_start(&l, "");
    struct run *r = run_log(&l);
    struct policy *policy =
        policy_parse(span_str("witness w a+01020304+Bg==\nquorum none\n"), &why);
    assert_non_null(policy);
    const int64_t last = judge_last_time(r->judge), skew = judge_skew_of_log(r->judge);
    struct signed_checkpoint now = { .checkpoint.size = l.n }, before = { .checkpoint.size = 5 };
    const uint64_t early = (uint64_t)((last - skew) / 1000 - 2), good = (uint64_t)(last / 1000);
    now.cosigned_at[0] = good;
    clocks_check_replay(policy, r->judge, &now, NULL, 0, found_add, &found);
    expect_none(&found);
    now.cosigned_at[0] = early;
    clocks_check_replay(policy, r->judge, &now, NULL, 0, found_add, &found);
    expect_only(&found, REASON_CLOCKS, VERDICT_UNDECIDED, NO_ENTRY);
    now.cosigned_at[0] = before.cosigned_at[0] = good;
    found.n = 0;
    clocks_check_replay(policy, r->judge, &now, &before, last, found_add, &found);
    expect_none(&found);
    clocks_check_replay(policy, r->judge, &now, &before, last - skew - 2000, found_add, &found);
    expect_only(&found, REASON_CLOCKS, VERDICT_UNDECIDED, NO_ENTRY);
    found.n = 0;
    before.checkpoint.size = l.n; /* no entry stands behind it */
    clocks_check_replay(policy, r->judge, &now, &before, last - skew - 2000, found_add, &found);
    expect_none(&found);
    policy_free(policy);
    run_free(r);
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_a_tree_nothing_is_younger),
        cmocka_unit_test(from_a_tree_on_nothing_is_older),
        cmocka_unit_test(a_time_beyond_all_times_is_late),
        cmocka_unit_test(a_replay_asks_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
