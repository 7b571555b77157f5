#include "tests/unit/fixture.h"

#include "proto/base/scan.h"

static void reads_fields_in_order(void **state)
{
    struct scan s = scan_of(span_of("\x07\x01\x02"
                                    "abcline\npre fix\n",
                                    19));
    (void)state;
    assert_int_equal(scan_u8(&s), 7);
    assert_int_equal(scan_u16(&s), 0x0102);
    assert_true(span_is(scan_bytes(&s, 3), "abc"));
    assert_true(span_is(scan_line(&s), "line"));
    assert_true(span_is(scan_line_after(&s, "pre "), "fix"));
    assert_true(scan_done(&s));
}

static void what_is_left_over_is_not_done(void **state)
{
    struct scan s = scan_of(span_str("ab"));
    (void)state;
    scan_u8(&s);
    assert_false(scan_done(&s));
    assert_true(span_is(scan_rest(&s), "b"));
}

/* Each way to misfit, and that nothing is read behind it. */
static void a_misfit_sticks(void **state)
{
    struct scan s[4];
    (void)state;
    for (size_t i = 0; i < COUNT(s); i++)
        s[i] = scan_of(span_str("abc\n"));
    scan_bytes(&s[0], 5);
    scan_line_after(&s[1], "b");
    scan_bytes(&s[2], 4);
    scan_line(&s[2]);
    scan_bytes(&s[3], 3);
    scan_u16(&s[3]);
    for (size_t i = 0; i < COUNT(s); i++) {
        assert_true(s[i].bad);
        assert_int_equal(scan_u8(&s[i]), 0);
        assert_int_equal(scan_u16(&s[i]), 0);
        assert_int_equal(scan_bytes(&s[i], 0).n, 0);
        assert_int_equal(scan_line(&s[i]).n, 0);
        assert_false(scan_done(&s[i]));
    }
}

static void a_line_needs_its_newline(void **state)
{
    struct scan s = scan_of(span_str("abc"));
    (void)state;
    scan_line(&s);
    assert_true(s.bad);
}

static void decimals_are_canonical(void **state)
{
    static const char *const bad[] = { "",
                                       "00",
                                       "01",
                                       "-1",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "1a",
                                       "0x1",
                                       "1.0",
                                       "9223372036854775808",
                                       "18446744073709551616",
                                       "10000000000000000000",
                                       "99999999999999999999" };
    uint64_t v;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (decimal_parse(&v, span_str(bad[i])) == 0)
            fail_msg("parsed '%s'", bad[i]);
    assert_int_equal(decimal_parse(&v, span_str("0")), 0);
    assert_int_equal(v, 0);
    assert_int_equal(decimal_parse(&v, span_str("9223372036854775807")), 0);
    assert_int_equal(v, INT64_MAX);
}

static void hex_is_lower_case_and_exact(void **state)
{
    static const char *const bad[] = { "00f", "00ff0", "00FF", "0g00", "", "00f ", "0x00" };
    uint8_t out[2];
    char text[5];
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (hex_parse(out, 2, span_str(bad[i])) == 0)
            fail_msg("parsed '%s'", bad[i]);
    assert_int_equal(hex_parse(out, 2, span_str("09af")), 0);
    hex_format(text, out, 2);
    assert_string_equal(text, "09af");
}

static void utf8_is_well_formed(void **state)
{
    static const struct {
        const char *bytes;
        int32_t c;
    } cases[] = {
        { "a", 'a' },
        { "\x7f", 0x7F },
        { "\xC2\x80", 0x80 },
        { "\xDF\xBF", 0x7FF },
        { "\xE0\xA0\x80", 0x800 },
        { "\xED\x9F\xBF", 0xD7FF },
        { "\xEE\x80\x80", 0xE000 },
        { "\xEF\xBF\xBF", 0xFFFF },
        { "\xF0\x90\x80\x80", 0x10000 },
        { "\xF4\x8F\xBF\xBF", 0x10FFFF },
        { "", -1 },
        { "\x80", -1 },     /* continuation first */
        { "\xC0\xAF", -1 }, /* overlong */
        { "\xC1\xBF", -1 },
        { "\xE0\x9F\xBF", -1 },
        { "\xF0\x8F\xBF\xBF", -1 },
        { "\xED\xA0\x80", -1 }, /* surrogates */
        { "\xED\xBF\xBF", -1 },
        { "\xF4\x90\x80\x80", -1 }, /* beyond Unicode */
        { "\xF5\x80\x80\x80", -1 },
        { "\xFF", -1 },
        { "\xC2", -1 }, /* cut off */
        { "\xE2\x80", -1 },
        { "\xF0\x9F\x98", -1 },
        { "\xC2\x41", -1 }, /* no continuation */
        { "\xE2\x80\x41", -1 },
        { "\xE2\x80\xC0", -1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span s = span_str(cases[i].bytes);
        int32_t c = utf8_next(&s);
        if (c != cases[i].c || s.n != (c < 0 ? strlen(cases[i].bytes) : 0))
            fail_msg("case %zu: %x, %zu left", i, (unsigned)c, s.n);
    }
}

/* Long stretches are looked at 32 bytes at once: one other byte is found wherever it stands. */
static void every_byte_is_found_in_every_place(void **state)
{
    uint8_t text[80];
    (void)state;
    for (size_t n = 0; n <= 70; n++)
        for (size_t at = 0; at < n; at++)
            for (unsigned c = 0; c < 256; c++) {
                memset(text, "\x20~a"[n % 3], sizeof text);
                text[at] = (uint8_t)c;
                bool printable = c >= 0x20 && c <= 0x7E;
                if (ascii_run(span_of(text, n)) != (printable ? n : at))
                    fail_msg("byte %02x at %zu of %zu", c, at, n);
                if (text_is_plain(span_of(text, n)) != printable)
                    fail_msg("byte %02x at %zu of %zu, as text", c, at, n);
            }
    assert_int_equal(ascii_run(span_of(NULL, 0)), 0);
    assert_true(text_is_plain(span_of(NULL, 0)));
}

static void characters_are_judged_in_every_place(void **state)
{
    static const struct {
        const char *bytes;
        bool plain;
    } cases[] = { { "\xC3\xA9", true },          { "\xE2\x80\x94", true },
                  { "\xF0\x9F\x98\x80", true },  { "\xC2\x85", false },
                  { "\xE2\x80\xAE", false },     { "\xEF\xBF\xBF", false },
                  { "\xF0\x9F\xBF\xBE", false }, { "\xE2\x80", false },
                  { "\xED\xA0\x80", false } };
    uint8_t text[80];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t at = 0; at < 20; at++)
            for (size_t behind = 0; behind < 10; behind++) {
                size_t n = strlen(cases[i].bytes);
                memset(text, 'a', sizeof text);
                memcpy(text + at, cases[i].bytes, n);
                if (text_is_plain(span_of(text, at + n + behind)) != cases[i].plain)
                    fail_msg("case %zu at %zu, %zu behind it", i, at, behind);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_in_order),
        cmocka_unit_test(what_is_left_over_is_not_done),
        cmocka_unit_test(a_misfit_sticks),
        cmocka_unit_test(a_line_needs_its_newline),
        cmocka_unit_test(decimals_are_canonical),
        cmocka_unit_test(hex_is_lower_case_and_exact),
        cmocka_unit_test(utf8_is_well_formed),
        cmocka_unit_test(every_byte_is_found_in_every_place),
        cmocka_unit_test(characters_are_judged_in_every_place),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
