/* locale.h: numbers, dates and durations in both languages. */
#include "client/show/locale.h"

#include <stdlib.h>

#include "tests/unit/fixture.h"

#define DAY_MS INT64_C(86400000)
#define NOON INT64_C(1795276816789) /* 2026-11-21T16:00:16.789Z */

static void expect_text(struct buf *b, const char *text)
{
    assert_string_equal(buf_str(b), text);
    buf_free(b);
}

static void expect_number(uint64_t n, const char *text)
{
    struct buf b = { 0 };
    locale_number(&b, n);
    expect_text(&b, text);
}

static void expect_duration(int64_t ms, enum language language, const char *text)
{
    struct buf b = { 0 };
    language_set(language);
    locale_duration(&b, ms);
    expect_text(&b, text);
}

static void numbers_have_commas_from_the_right(void **state)
{
    (void)state;
    expect_number(0, "0");
    expect_number(999, "999");
    expect_number(1000, "1,000");
    expect_number(123456, "123,456");
    expect_number(1234567, "1,234,567");
    expect_number(UINT64_MAX, "18,446,744,073,709,551,615");
}

static void tenths_have_a_point(void **state)
{
    struct buf b = { 0 };
    (void)state;
    locale_tenths(&b, 12345);
    buf_adds(&b, " ");
    locale_tenths(&b, 9);
    expect_text(&b, "1,234.5 0.9");
}

/* Whether the day itself is in the span is what a reader cannot guess. */
static void an_end_says_which_day_is_the_last(void **state)
{
    struct buf b = { 0 };
    int64_t midnight = NOON - NOON % INT64_C(86400000);
    (void)state;
    language_set(LANGUAGE_EN);
    locale_until(&b, midnight);
    expect_text(&b,
                "21 November 2026, 00:00:00 (UTC), not included: 20 November 2026 is the last day");
    locale_until(&b, NOON);
    expect_text(
        &b,
        "21 November 2026, 16:00:16.789 (UTC), not included: that day counts up to this time only");
    language_set(LANGUAGE_ES);
    locale_until(&b, midnight);
    expect_text(&b, "21 de noviembre de 2026, 00:00:00 (UTC), sin incluirlo: el último día es el "
                    "20 de noviembre de 2026");
    language_set(LANGUAGE_EN);
}

static void a_date_is_written_in_both_languages(void **state)
{
    struct buf b = { 0 };
    (void)state;
    language_set(LANGUAGE_EN);
    locale_date(&b, NOON);
    expect_text(&b, "21 November 2026");
    locale_time(&b, NOON);
    expect_text(&b, "21 November 2026, 16:00:16 (UTC)");
    language_set(LANGUAGE_ES);
    locale_date(&b, NOON);
    expect_text(&b, "21 de noviembre de 2026");
    locale_time(&b, NOON);
    expect_text(&b, "21 de noviembre de 2026, 16:00:16 (UTC)");
    locale_date(&b, NOON - 17 * DAY_MS);
    expect_text(&b, "4 de noviembre de 2026");
    language_set(LANGUAGE_EN);
    locale_time_exact(&b, NOON - NOON % 1000); /* what is compared has its milliseconds */
    expect_text(&b, "21 November 2026, 16:00:16 (UTC)");
    locale_time_exact(&b, NOON - NOON % 1000 + 7);
    expect_text(&b, "21 November 2026, 16:00:16.007 (UTC)");
}

static void every_month_has_its_name(void **state)
{
    static const char *const name[2][12] = {
        { "January 2026", "February 2026", "March 2026", "April 2026", "May 2026", "June 2026",
          "July 2026", "August 2026", "September 2026", "October 2026", "November 2026",
          "December 2026" },
        { "enero de 2026", "febrero de 2026", "marzo de 2026", "abril de 2026", "mayo de 2026",
          "junio de 2026", "julio de 2026", "agosto de 2026", "septiembre de 2026",
          "octubre de 2026", "noviembre de 2026", "diciembre de 2026" },
    };
    (void)state;
    for (int month = 1; month <= 12; month++) {
        struct buf b = { 0 };
        language_set(LANGUAGE_EN);
        locale_month(&b, 2026, month);
        expect_text(&b, name[0][month - 1]);
        language_set(LANGUAGE_ES);
        locale_month(&b, 2026, month);
        expect_text(&b, name[1][month - 1]);
    }
}

static void charts_have_short_months(void **state)
{
    struct buf b = { 0 };
    (void)state;
    language_set(LANGUAGE_ES);
    locale_month_short(&b, 2026, 1);
    expect_text(&b, "ene 2026");
    language_set(LANGUAGE_EN);
    locale_month_short(&b, 2027, 9);
    expect_text(&b, "Sep 2027");
}

static void a_time_is_in_its_month(void **state)
{
    int year, month;
    (void)state;
    locale_month_of(0, &year, &month);
    assert_int_equal(year, 1970);
    assert_int_equal(month, 1);
    locale_month_of(-1, &year, &month);
    assert_int_equal(year, 1969);
    assert_int_equal(month, 12);
    locale_month_of(NOON, &year, &month);
    assert_int_equal(year, 2026);
    assert_int_equal(month, 11);
}

static void a_duration_has_its_two_largest_units(void **state)
{
    (void)state;
    expect_duration(0, LANGUAGE_EN, "0 s");
    expect_duration(1250, LANGUAGE_EN, "1.250 s");
    expect_duration(59999, LANGUAGE_EN, "59.999 s");
    expect_duration(60000, LANGUAGE_EN, "1 min");
    expect_duration(2885000, LANGUAGE_EN, "48 min 5 s");
    expect_duration(3600000 + 5000, LANGUAGE_EN, "1 h"); /* its minutes are none */
    expect_duration(DAY_MS, LANGUAGE_EN, "1 day");
    expect_duration(DAY_MS, LANGUAGE_ES, "1 día");
    expect_duration(2 * DAY_MS + 3 * 3600000 + 59 * 60000, LANGUAGE_EN, "2 days 3 h");
    expect_duration(1234 * DAY_MS, LANGUAGE_ES, "1,234 días");
}

static void a_negative_duration_is_as_long(void **state)
{
    (void)state;
    expect_duration(-2885000, LANGUAGE_EN, "48 min 5 s");
    expect_duration(INT64_MIN, LANGUAGE_EN, "106,751,991,167 days 7 h");
}

/* Of the built-in ruleset's country, until a log is known to be of another. */
static void a_reader_who_says_nothing_sees_the_clocks_of_the_law(void **state)
{
    struct buf b = { 0 }, file = { 0 };
    struct refusal why;
    (void)state;
    language_set(LANGUAGE_EN);
    unsetenv("TZ");
    unsetenv("BITACORA_ZONE");
    locale_time(&b, NOON);
    expect_text(&b, "21 November 2026, 10:00:16 (America/Mexico_City; 2026-11-21 16:00:16 UTC)");
    buf_add(&file, ruleset_builtin().p, ruleset_builtin().n);
    char *name = strstr(buf_str(&file), "\"mx\"");
    assert_non_null(name);
    memcpy(name, "\"co\"", 4);
    struct ruleset *r = ruleset_parse(buf_span(&file), &why);
    assert_non_null(r);
    zone_assume(r);
    locale_time(&b, NOON);
    expect_text(&b, "21 November 2026, 11:00:16 (America/Bogota; 2026-11-21 16:00:16 UTC)");
    setenv("BITACORA_ZONE", "UTC", 1);
    ruleset_free(r);
    buf_free(&file);
}

static void a_reader_sees_the_clocks_of_his_zone(void **state)
{
    struct buf b = { 0 };
    struct zone z;
    (void)state;
    language_set(LANGUAGE_ES);
    setenv("BITACORA_ZONE", "America/Mexico_City", 1);
    locale_time(&b, NOON);
    expect_text(&b,
                "21 de noviembre de 2026, 10:00:16 (America/Mexico_City; 2026-11-21 16:00:16 UTC)");
    locale_until(&b, NOON - NOON % DAY_MS + DAY_MS / 4);
    expect_text(&b,
                "21 de noviembre de 2026, 00:00:00 (America/Mexico_City; 2026-11-21 06:00:00 UTC), "
                "sin incluirlo: el último día es el 20 de noviembre de 2026");
    locale_time(&b, INT64_C(253402300799999)); /* the last that can be written */
    expect_text(&b, "31 de diciembre de 9999, 23:59:59 (UTC)");
    locale_day(&b, INT64_C(1795233600000)); /* 2026-11-21T04:00:00Z: there it is the day before */
    expect_text(&b, "20 de noviembre de 2026");
    setenv("BITACORA_ZONE", "Narnia", 1);
    locale_time(&b, NOON);
    expect_text(&b, "21 de noviembre de 2026, 16:00:16 (UTC)");
    setenv("BITACORA_ZONE", "UTC", 1);
    assert_int_equal(zone_find(&z, "+05:30"), 0);
    locale_time_in(&b, NOON, &z);
    expect_text(&b, "21 de noviembre de 2026, 21:30:16 (+05:30; 2026-11-21 16:00:16 UTC)");
}

int main(void)
{
    setenv("BITACORA_ZONE", "UTC", 1); /* but for what is about zones */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_commas_from_the_right),
        cmocka_unit_test(tenths_have_a_point),
        cmocka_unit_test(a_reader_who_says_nothing_sees_the_clocks_of_the_law),
        cmocka_unit_test(an_end_says_which_day_is_the_last),
        cmocka_unit_test(a_date_is_written_in_both_languages),
        cmocka_unit_test(a_reader_sees_the_clocks_of_his_zone),
        cmocka_unit_test(every_month_has_its_name),
        cmocka_unit_test(charts_have_short_months),
        cmocka_unit_test(a_time_is_in_its_month),
        cmocka_unit_test(a_duration_has_its_two_largest_units),
        cmocka_unit_test(a_negative_duration_is_as_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
