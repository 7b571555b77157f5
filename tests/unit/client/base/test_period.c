#include "client/base/period.h"

#include "proto/base/when.h"
#include "tests/unit/fixture.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_int_equal(when_parse(&ms, span_str(text)), 0);
    return ms;
}

static void expect_last(const char *to, const char *last)
{
    struct period p;
    assert_true(period_read(&p, NULL, to));
    assert_int_equal(p.first, INT64_MIN);
    assert_int_equal(p.last, at(last));
}

static void the_end_takes_in_what_is_written(void **state)
{
    (void)state;
    expect_last("2026-02-28", "2026-02-28T23:59:59.999Z");
    expect_last("2026-02-28T10", "2026-02-28T10:59:59.999Z");
    expect_last("2026-02-28T10:30", "2026-02-28T10:30:59.999Z");
    expect_last("2026-02-28T10:30Z", "2026-02-28T10:30:59.999Z");
    expect_last("2026-02-28T10:30:05", "2026-02-28T10:30:05.999Z");
    expect_last("2026-02-28T10:30:05.007Z", "2026-02-28T10:30:05.007Z");
}

static void a_day_is_as_long_as_its_clocks_make_it(void **state)
{
    struct period p;
    (void)state;
    setenv("BITACORA_ZONE", "Europe/Madrid", 1);
    assert_true(period_read(&p, "2026-03-29", "2026-03-29")); /* the clocks go forward */
    assert_int_equal(p.first, at("2026-03-28T23:00:00.000Z"));
    assert_int_equal(p.last, at("2026-03-29T21:59:59.999Z"));
    expect_last("2026-10", "2026-10-31T22:59:59.999Z"); /* back, on the 25th */
    expect_last("2026-10-25T10", "2026-10-25T09:59:59.999Z");
    expect_last("2026-10-25Z", "2026-10-25T23:59:59.999Z");
    assert_false(period_read(&p, "2026-03-29T02:30", NULL)); /* never */
    setenv("BITACORA_ZONE", "Narnia", 1);
    assert_false(period_read(&p, "2026-03-29", NULL));
    unsetenv("BITACORA_ZONE");
}

static void a_month_is_the_whole_month(void **state)
{
    struct period p;
    (void)state;
    expect_last("2026-02", "2026-02-28T23:59:59.999Z");
    expect_last("2028-02", "2028-02-29T23:59:59.999Z");
    expect_last("2026-11", "2026-11-30T23:59:59.999Z");
    expect_last("2026-12", "2026-12-31T23:59:59.999Z");
    assert_true(period_read(&p, "2026-11", "2026-11"));
    assert_int_equal(p.first, at("2026-11-01T00:00:00.000Z"));
    assert_false(period_read(&p, "2026-13", NULL));
    assert_false(period_read(&p, NULL, "2026-00"));
    assert_false(period_read(&p, "2026-1Z", NULL));
    assert_false(period_read(&p, "2026111", NULL));
}

static void both_ends_belong_to_it(void **state)
{
    struct period p;
    (void)state;
    assert_true(period_read(&p, "2026-02-28", "2026-02-28"));
    assert_true(period_has(&p, at("2026-02-28T00:00:00.000Z")));
    assert_true(period_has(&p, at("2026-02-28T23:59:59.999Z")));
    assert_false(period_has(&p, at("2026-02-27T23:59:59.999Z")));
    assert_false(period_has(&p, at("2026-03-01T00:00:00.000Z")));
    assert_false(period_is_all(&p));
}

static void without_either_it_is_all_time(void **state)
{
    struct period p;
    (void)state;
    assert_true(period_read(&p, NULL, NULL));
    assert_true(period_is_all(&p));
    assert_true(period_has(&p, INT64_MIN) && period_has(&p, INT64_MAX));
}

static void what_is_no_time_is_refused(void **state)
{
    struct period p;
    (void)state;
    assert_false(period_read(&p, "yesterday", NULL));
    assert_false(period_read(&p, NULL, "2026-02-30"));
    assert_false(period_read(&p, NULL, ""));
    assert_false(period_read(&p, "2026-03-01", "2026-02-28"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_takes_in_what_is_written),
        cmocka_unit_test(a_day_is_as_long_as_its_clocks_make_it),
        cmocka_unit_test(a_month_is_the_whole_month),
        cmocka_unit_test(both_ends_belong_to_it),
        cmocka_unit_test(without_either_it_is_all_time),
        cmocka_unit_test(what_is_no_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
