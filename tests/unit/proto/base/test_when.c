#include "tests/unit/fixture.h"

#include <time.h>

#include "proto/base/when.h"

static void parses_and_formats_known_times(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        { "1970-01-01T00:00:00.000Z", 0 },
        { "1969-12-31T23:59:59.999Z", -1 },
        { "2026-11-21T16:00:16.123Z", INT64_C(1795276816123) },
        { "2000-02-29T00:00:00.000Z", INT64_C(951782400000) },
        { "0001-01-01T00:00:00.000Z", INT64_C(-62135596800000) },
        { "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms;
        char text[WHEN_TEXT + 1];
        assert_int_equal(when_parse(&ms, span_str(cases[i].text)), 0);
        assert_true(ms == cases[i].ms);
        when_format(text, ms);
        assert_string_equal(text, cases[i].text);
    }
}

static void refuses_other_forms_and_unreal_times(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-11-21T16:00:16Z",
        "2026-11-21T16:00:16.12Z",
        "2026-11-21T16:00:16.1234Z",
        "2026-11-21T16:00:16.123",
        "2026-11-21T16:00:16.123z",
        "2026-11-21t16:00:16.123Z",
        "2026-11-21 16:00:16.123Z",
        "2026-11-21T16:00:16,123Z",
        "2026-11-21T16:00:16.123+00:00",
        "2026-11-21T16:00:16.123Z ",
        " 2026-11-21T16:00:16.123Z",
        "2026/11/21T16:00:16.123Z",
        "26-11-21T16:00:16.123Z",
        "0000-01-01T00:00:00.000Z",
        "2026-00-21T16:00:16.123Z",
        "2026-13-21T16:00:16.123Z",
        "2026-11-00T16:00:16.123Z",
        "2026-11-31T16:00:16.123Z",
        "2026-02-29T16:00:16.123Z",
        "2026-02-30T16:00:16.123Z",
        "1900-02-29T16:00:16.123Z",
        "2100-02-29T16:00:16.123Z",
        "2026-12-32T16:00:16.123Z",
        "2026-11-21T24:00:00.000Z",
        "2026-11-21T16:60:16.123Z",
        "2026-11-21T16:00:60.123Z",
        "2016-12-31T23:59:60.000Z",
        "2026-1a-21T16:00:16.123Z",
        "-026-11-21T16:00:16.123Z",
    };
    int64_t ms;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (when_parse(&ms, span_str(bad[i])) == 0)
            fail_msg("parsed '%s'", bad[i]);
}

/* Every day of 800 years against the C library. */
static void agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -146097; day < 146097; day++) {
        time_t seconds = (time_t)(day * 86400 + 3661);
        struct tm tm;
        char text[WHEN_TEXT + 1], want[64];
        int64_t ms;
        gmtime_r(&seconds, &tm);
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.007Z", &tm);
        when_format(text, (int64_t)seconds * 1000 + 7);
        assert_string_equal(text, want);
        assert_int_equal(when_parse(&ms, span_str(text)), 0);
        assert_true(ms == (int64_t)seconds * 1000 + 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_formats_known_times),
        cmocka_unit_test(refuses_other_forms_and_unreal_times),
        cmocka_unit_test(agrees_with_the_c_library),
    };
    return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
