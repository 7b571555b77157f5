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

/* Any byte in any place: what is read is what would be written. */
static void what_is_read_is_written_so(void **state)
{
    static const char *const good[] = { "2026-11-21T16:00:16.123Z", "2000-02-29T23:59:59.999Z",
                                        "0001-01-01T00:00:00.000Z" };
    (void)state;
    for (size_t g = 0; g < COUNT(good); g++)
        for (size_t at = 0; at < WHEN_TEXT; at++)
            for (unsigned c = 0; c < 256; c++) {
                char text[WHEN_TEXT + 1], again[WHEN_TEXT + 1];
                int64_t ms;
                memcpy(text, good[g], sizeof text);
                text[at] = (char)c;
                if (when_parse(&ms, span_of(text, WHEN_TEXT)) != 0)
                    continue;
                when_format(again, ms);
                assert_memory_equal(again, text, WHEN_TEXT);
            }
}

static void months_have_their_days(void **state)
{
    static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t ms;
    (void)state;
    for (unsigned month = 1; month <= 12; month++)
        for (unsigned day = 1; day <= 32; day++) {
            const char *text = text_of("2026-%02u-%02uT00:00:00.000Z", month, day);
            if ((when_parse(&ms, span_str(text)) == 0) != (day <= days[month - 1]))
                fail_msg("%s", text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_formats_known_times),
        cmocka_unit_test(refuses_other_forms_and_unreal_times),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(what_is_read_is_written_so),
        cmocka_unit_test(months_have_their_days),
    };
    return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
