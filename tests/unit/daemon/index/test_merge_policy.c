/* merge_policy.h: which tables become one, and that a list of them stays short. */
#include "daemon/index/merge_policy.h"

#include "proto/base/limits.h"
#include "proto/index/cover.h"
#include "tests/unit/fixture.h"

#define EVERY 10

/* Tables of so many entries; 0 ends. A negative number: it is being merged. */
static size_t tables_of(struct merge_table *out, const int *entries)
{
    size_t n = 0;
    for (; entries[n] != 0; n++)
        out[n] =
            (struct merge_table){ .entries = (uint64_t)(entries[n] < 0 ? -entries[n] : entries[n]),
                                  .busy = entries[n] < 0 };
    return n;
}

static void expect_choice(const int *entries, unsigned below, size_t first, size_t n)
{
    struct merge_table t[TABLES_MAX];
    size_t tables = tables_of(t, entries);
    const struct merge_choice c = merge_choose(t, tables, EVERY, below);
    assert_int_equal(c.n, n);
    if (n > 0)
        assert_int_equal(c.first, first);
}

static void a_tier_is_four_times_as_many(void **state)
{
    (void)state;
    assert_int_equal(merge_tier(0, EVERY), 0);
    assert_int_equal(merge_tier(1, EVERY), 0);
    assert_int_equal(merge_tier(39, EVERY), 0);
    assert_int_equal(merge_tier(40, EVERY), 1);
    assert_int_equal(merge_tier(159, EVERY), 1);
    assert_int_equal(merge_tier(160, EVERY), 2);
    assert_in_range(merge_tier(UINT64_MAX, 1), 1, TIERS - 1);
}

static void four_of_a_tier_are_merged(void **state)
{
    (void)state;
    expect_choice((int[]){ 10, 10, 10, 0 }, TIERS, 0, 0);
    expect_choice((int[]){ 10, 10, 10, 10, 0 }, TIERS, 0, 4);
    expect_choice((int[]){ 40, 10, 10, 10, 10, 0 }, TIERS, 1, 4);
    expect_choice((int[]){ 10, 10, 10, 10, 40, 0 }, TIERS, 0, 4);
    expect_choice((int[]){ 40, 40, 40, 40, 10, 10, 0 }, TIERS, 0, 6);
    expect_choice((int[]){ 40, 10, 40, 40, 40, 0 }, TIERS, 0, 5);
    expect_choice((int[]){ 160, 40, 40, 40, 10, 10, 10, 0 }, TIERS, 0, 0);
    /* Five of a tier: the newest four. */
    expect_choice((int[]){ 10, 10, 10, 10, 10, 0 }, TIERS, 1, 4);
}

static void busy_ones_are_left(void **state)
{
    (void)state;
    expect_choice((int[]){ -10, 10, 10, 10, 0 }, TIERS, 0, 0);
    expect_choice((int[]){ -40, -40, -40, -40, 10, 10, 10, 10, 0 }, 1, 4, 4);
    expect_choice((int[]){ 40, 40, 40, 40, 0 }, 1, 0, 0);
    expect_choice((int[]){ 10, 10, 10, 10, 0 }, 0, 0, 0);
}

static void the_least_neighbours(void **state)
{
    struct merge_table t[TABLES_MAX];
    (void)state;
    size_t n = tables_of(t, (int[]){ 100, 20, 30, -1, 5, 50, 0 });
    struct merge_choice c = merge_choose_least(t, n, EVERY);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.first, 1);
    n = tables_of(t, (int[]){ 1, -1, 1, 0 });
    assert_int_equal(merge_choose_least(t, n, EVERY).n, 0);
    assert_int_equal(merge_choose_least(t, 0, EVERY).n, 0);
}

/* A long log, a table after the other, all merges done at once. */
static void the_list_stays_short(void **state)
{
    static struct merge_table t[TABLES_MAX];
    size_t n = 0, most = 0;
    uint64_t written = 0, flushes = 200000;
    (void)state;
    for (uint64_t i = 0; i < flushes; i++) {
        assert_in_range(n, 0, TABLES_MAX - 1);
        t[n++] = (struct merge_table){ .entries = EVERY + i % 3 };
        written += t[n - 1].entries;
        for (struct merge_choice c; (c = merge_choose(t, n, EVERY, TIERS)).n > 0;) {
            uint64_t all = 0;
            for (size_t k = c.first; k < c.first + c.n; k++)
                all += t[k].entries;
            written += all;
            t[c.first].entries = all;
            memmove(&t[c.first + 1], &t[c.first + c.n], (n - c.first - c.n) * sizeof *t);
            n -= c.n - 1;
        }
        most = n > most ? n : most;
    }
    assert_in_range(most, 4, 30);
    /* An entry is written once, and once more in each of nine tiers. */
    assert_in_range(written, 0, flushes * (EVERY + 1) * 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tier_is_four_times_as_many), cmocka_unit_test(four_of_a_tier_are_merged),
        cmocka_unit_test(busy_ones_are_left),           cmocka_unit_test(the_least_neighbours),
        cmocka_unit_test(the_list_stays_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
