/* rate.h: tokens flow in at their rate, nobody gets more than an exact count allows, however many
 * keys there are, and few places are not enough to keep others out. */
#include "daemon/host/rate.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/fixture.h"

static const struct rate slow = { .per_minute = 120, .burst = 3 };

static int64_t take(struct rate_table *t, const struct rate *rate, uint32_t key, uint64_t tokens,
                    int64_t now)
{
    const struct rate_want want = { .key = span_of((const uint8_t *)&key, sizeof key),
                                    .tokens = tokens };
    return rate_take(t, rate, &want, 1, now);
}

static void as_settings_say(void **state)
{
    (void)state;
    assert_int_equal(rate_of(0, 0).per_minute, 0);
    assert_int_equal(rate_of(600, 0).per_minute, 600);
    assert_int_equal(rate_of(600, 0).burst, 100);
    assert_int_equal(rate_of(600, 7).burst, 7);
    assert_int_equal(rate_of(5, 0).burst, 1);
}

static void flows_in(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_new(RATE_SETS);
    assert_non_null(t);
    for (int i = 0; i < 3; i++)
        assert_int_equal(take(t, &slow, 1, 1, 1000), 0);
    assert_int_equal(take(t, &slow, 1, 1, 1000), 500);
    assert_int_equal(take(t, &slow, 1, 1, 1499), 1); /* what was refused took nothing */
    assert_int_equal(take(t, &slow, 2, 1, 1499), 0); /* another key has a bucket of its own */
    assert_int_equal(take(t, &slow, 1, 1, 1500), 0);
    assert_int_equal(take(t, &slow, 1, 1, 1500), 500);
    assert_int_equal(take(t, &slow, 1, 3, 1500), 1500);
    assert_int_equal(take(t, &slow, 1, 3, 100000), 0); /* it does not fill beyond its burst */
    assert_int_equal(take(t, &slow, 1, 1, 100000), 500);
    rate_table_free(t);
}

static void more_than_a_bucket(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_new(RATE_SETS);
    assert_non_null(t);
    assert_int_equal(take(t, &slow, 1, 10, 1000), 0); /* out of a full one: five seconds */
    assert_int_equal(take(t, &slow, 1, 10, 1000), 5000);
    assert_int_equal(take(t, &slow, 1, 1, 4999), 1);
    assert_int_equal(take(t, &slow, 1, 1, 5000), 0);
    assert_int_equal(take(t, &slow, 1, 10, 6499), 1);
    assert_int_equal(take(t, &slow, 1, 10, 6500), 0);
    rate_table_free(t);
}

static void all_or_nothing(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_new(RATE_SETS);
    uint32_t a = 1, b = 2;
    const struct rate_want want[] = { { span_of((const uint8_t *)&a, sizeof a), 2 },
                                      { span_of((const uint8_t *)&b, sizeof b), 2 } };
    assert_non_null(t);
    assert_int_equal(take(t, &slow, b, 2, 1000), 0);
    assert_int_equal(rate_take(t, &slow, want, 2, 1000), 500);
    assert_int_equal(take(t, &slow, a, 3, 1000), 0); /* nothing was taken of a */
    assert_int_equal(rate_take(t, &slow, want, 2, 2500), 0);
    assert_int_equal(take(t, &slow, b, 2, 2500), 500);
    rate_table_free(t);
}

/* An exact count of each key, which the table may never be laxer than: also with many more keys
 * than places, most of which come to be forgotten. */
static void never_laxer(void **state)
{
    (void)state;
    enum { KEYS = 200, ROUNDS = 200000 };
    struct rate_table *t = rate_table_new(4); /* 32 places */
    int64_t full[KEYS] = { 0 }, now = 1000;
    unsigned taken = 0, forgotten = 0;
    srand(7);
    assert_non_null(t);
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t key = (uint32_t)rand() % KEYS;
        now += rand() % 8 == 0 ? rand() % 20 : 0;
        if (rand() % 3 == 0)
            key %= 4; /* some come often */
        int64_t due = full[key] > now ? full[key] : now;
        bool allowed = due + 500 - now <= 1500;
        bool given = take(t, &slow, key, 1, now) == 0;
        if (given && !allowed)
            fail_msg("key %u got more than it may in round %d", key, i);
        if (given)
            full[key] = due + 500;
        taken += given;
        forgotten += allowed && !given;
    }
    assert_true(taken > 1000);
    assert_true(forgotten > 0); /* or the test had room for all, and showed nothing */
    rate_table_free(t);
}

/* Half as many keys at their limit as there are places: newcomers get in all the same, but for
 * those few whose set is full. */
static void keeps_nobody_out(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_new(1024);
    unsigned out = 0, places = 1024 * RATE_WAYS;
    assert_non_null(t);
    for (uint32_t key = 0; key < places / 2; key++)
        for (int i = 0; i < 4; i++)
            (void)take(t, &slow, key, 1, 1000);
    for (uint32_t key = places; key < places + 1000; key++)
        out += take(t, &slow, key, 1, 1000) != 0;
    assert_true(out < 100);
    rate_table_free(t);
}

/* Those who are at their limit are not let go by ten times as many others. */
static void lets_nobody_go(void **state)
{
    (void)state;
    unsigned free = 0, places = 1024 * RATE_WAYS;
    struct rate_table *t = rate_table_new(1024);
    assert_non_null(t);
    for (uint32_t key = 0; key < 1000; key++)
        for (int i = 0; i < 4; i++)
            (void)take(t, &slow, key, 1, 1000);
    for (uint32_t key = places; key < 11 * places; key++)
        (void)take(t, &slow, key, 1, 1000);
    for (uint32_t key = 0; key < 1000; key++)
        free += take(t, &slow, key, 1, 1000) == 0;
    assert_int_equal(free, 0);
    rate_table_free(t);
}

static void seconds(void **state)
{
    (void)state;
    assert_int_equal(rate_seconds(1), 1);
    assert_int_equal(rate_seconds(1000), 1);
    assert_int_equal(rate_seconds(1001), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_settings_say),    cmocka_unit_test(flows_in),
        cmocka_unit_test(more_than_a_bucket), cmocka_unit_test(all_or_nothing),
        cmocka_unit_test(never_laxer),        cmocka_unit_test(keeps_nobody_out),
        cmocka_unit_test(lets_nobody_go),     cmocka_unit_test(seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
