/* Zones: which there are, and what their clocks show where they are put forward or back. */
#include "client/base/zone.h"

#include <stdlib.h>

#include "proto/base/when.h"
#include "tests/unit/fixture.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_int_equal(when_parse(&ms, span_str(text)), 0);
    return ms;
}

static struct zone zone(const char *name)
{
    struct zone z;
    assert_int_equal(zone_find(&z, name), 0);
    return z;
}

static void wall_is(const char *name, const char *wall, enum wall_time want, const char *time)
{
    struct zone z = zone(name);
    char got[WHEN_TEXT + 1] = "-";
    int64_t ms;
    enum wall_time which = zone_time(&z, at(wall), &ms);
    if (which != WALL_NEVER)
        when_format(got, ms);
    assert_int_equal(which, want);
    assert_string_equal(got, time);
}

static void test_names(void **state)
{
    static const char *const none[] = { "",
                                        "Mexico",
                                        "America/Mexico",
                                        "../etc/passwd",
                                        "/etc/localtime",
                                        "-6:00",
                                        "-06:60",
                                        "+19:00",
                                        "-06:00x",
                                        "America",
                                        "zone.tab",
                                        "CST6CDT,M3.2.0,M11.1.0",
                                        "-0600" };
    struct zone z;
    (void)state;
    for (size_t i = 0; i < COUNT(none); i++)
        assert_int_equal(zone_find(&z, none[i]), -1);
    assert_int_equal(zone("-06:30").offset, -(6 * 3600 + 30 * 60));
    assert_int_equal(zone("+18:00").offset, 18 * 3600);
    assert_true(zone("UTC").fixed);
    assert_false(zone("America/Tijuana").fixed);
    assert_string_equal(zone_meant("america/mexico_city"), "America/Mexico_City");
    assert_string_equal(zone_meant("Tijuana"), "America/Tijuana");
    assert_null(zone_meant("Narnia"));
}

static void test_walls(void **state)
{
    (void)state;
    /* Without daylight saving since 2022, with it before. */
    wall_is("America/Mexico_City", "2026-07-01T00:00:00.000Z", WALL_ONCE,
            "2026-07-01T06:00:00.000Z");
    wall_is("America/Mexico_City", "2021-07-01T00:00:00.000Z", WALL_ONCE,
            "2021-07-01T05:00:00.000Z");
    wall_is("America/Mexico_City", "2021-04-04T02:30:00.000Z", WALL_NEVER, "-");
    /* The border follows the United States. */
    wall_is("America/Tijuana", "2026-03-08T01:59:59.999Z", WALL_ONCE, "2026-03-08T09:59:59.999Z");
    wall_is("America/Tijuana", "2026-03-08T02:00:00.000Z", WALL_NEVER, "-");
    wall_is("America/Tijuana", "2026-03-08T02:59:59.999Z", WALL_NEVER, "-");
    wall_is("America/Tijuana", "2026-03-08T03:00:00.000Z", WALL_ONCE, "2026-03-08T10:00:00.000Z");
    wall_is("America/Tijuana", "2026-11-01T00:59:59.999Z", WALL_ONCE, "2026-11-01T07:59:59.999Z");
    wall_is("America/Tijuana", "2026-11-01T01:00:00.000Z", WALL_TWICE, "2026-11-01T08:00:00.000Z");
    wall_is("America/Tijuana", "2026-11-01T01:59:59.999Z", WALL_TWICE, "2026-11-01T08:59:59.999Z");
    wall_is("America/Tijuana", "2026-11-01T02:00:00.000Z", WALL_ONCE, "2026-11-01T10:00:00.000Z");
    wall_is("-06:00", "2026-11-01T01:30:00.000Z", WALL_ONCE, "2026-11-01T07:30:00.000Z");
    /* A day that one place did not have. */
    wall_is("Pacific/Apia", "2011-12-30T12:00:00.000Z", WALL_NEVER, "-");
}

/* What the first question finds in TZ is what was said. */
static void say_cancun(void)
{
    struct zone z;
    setenv("TZ", ":America/Cancun", 1);
    assert_int_equal(zone_said(&z), 0);
    assert_string_equal(z.name, "America/Cancun");
}

static void test_said(void **state)
{
    struct zone z;
    (void)state;
    say_cancun();
    z = zone("America/Tijuana");
    assert_int_equal(zone_offset(&z, at("2026-07-01T00:00:00.000Z")), -7 * 3600);
    assert_int_equal(zone_said(&z), 0);
    assert_string_equal(z.name, "America/Cancun"); /* whatever was computed meanwhile */
    zone_of_country(&z, "MX");
    assert_string_equal(z.name, "America/Mexico_City");
    zone_of_country(&z, "XX");
    assert_string_equal(z.name, "UTC");
}

static void reader_is(const char *name)
{
    struct zone z;
    zone_of_reader(&z);
    assert_string_equal(z.name, name);
}

static void test_reader(void **state)
{
    (void)state;
    say_cancun();
    reader_is("America/Cancun");
    setenv("BITACORA_ZONE", "-05:00", 1);
    reader_is("-05:00");
    setenv("BITACORA_ZONE", "Narnia", 1);
    reader_is("UTC");
    setenv("BITACORA_ZONE", "", 1);
    reader_is("America/Cancun");
    assert_int_equal(zone_choose("Narnia"), -1);
    reader_is("America/Cancun");
    assert_int_equal(zone_choose("America/Tijuana"), 0);
    setenv("BITACORA_ZONE", "-05:00", 1);
    reader_is("America/Tijuana"); /* before all else */
    assert_string_equal(zone_named(), "America/Tijuana");
    zone_for_programs();
    reader_is("UTC");
    setenv("BITACORA_ZONE", "-05:00", 1);
    reader_is("UTC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said),
        cmocka_unit_test(test_reader),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_walls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
