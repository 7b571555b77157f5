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

static void every_byte_is_a_digit_of_hex_or_none(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++)
        for (size_t at = 0; at < 4; at++) {
            uint8_t text[4] = { '0', 'a', 'f', '9' }, out[2];
            char again[5];
            text[at] = (uint8_t)c;
            bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            assert_int_equal(hex_parse(out, 2, span_of(text, 4)), digit ? 0 : -1);
            if (!digit)
                continue;
            hex_format(again, out, 2);
            assert_memory_equal(again, text, 4);
        }
    assert_int_equal(hex_parse((uint8_t[2]){ 0 }, 2, fenced(span_str("0a1"))), -1);
}

/* Table 3-7 of Unicode: how long what begins so is; 0: it is malformed. */
static size_t well_formed(const uint8_t *p, size_t n)
{
    uint8_t low = 0x80, high = 0xBF;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (p[0] > 0xF4 || length == 0 || length > n)
        return 0;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    for (size_t i = 1; i < length; i++) {
        if (p[i] < low || p[i] > high)
            return 0;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

static void read_as_the_table_says(const uint8_t *text, size_t n)
{
    struct span s = span_of(text, n);
    int32_t c = utf8_next(&s);
    size_t used = n - s.n;
    if (used != well_formed(text, n) || (c < 0) != (used == 0))
        fail_msg("%02x %02x of %zu: %d", text[0], text[1], n, (int)c);
}

static void utf8_is_that_of_the_table_of_unicode(void **state)
{
    static const uint8_t last[] = { 0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF };
    (void)state;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++)
            for (size_t k = 0; k < COUNT(last) * COUNT(last); k++) {
                const uint8_t text[4] = { (uint8_t)a, (uint8_t)b, last[k / COUNT(last)],
                                          last[k % COUNT(last)] };
                for (size_t n = k == 0 ? 1 : 4; n <= 4; n++)
                    read_as_the_table_says(text, n);
            }
    for (size_t n = 0; n < 4; n++) { /* cut off */
        struct span s = fenced(span_of("\xF0\x9F\x98\x80", n));
        assert_int_equal(utf8_next(&s), -1);
    }
}

static void nothing_is_read_behind_what_there_is(void **state)
{
    struct scan s = scan_of(fenced(span_str("")));
    (void)state;
    assert_int_equal(scan_u8(&s), 0);
    assert_true(s.bad);
    s = scan_of(fenced(span_str("a")));
    assert_int_equal(scan_u16(&s), 0);
    assert_true(s.bad);
    s = scan_of(span_str("line\n"));
    scan_bytes(&s, 6);
    assert_int_equal(scan_line(&s).n, 0); /* there is one, but something misfitted before it */
    assert_true(s.bad);
}

static void a_run_ends_at_the_first_other_byte(void **state)
{
    static const uint8_t others[] = { 0x00, 0x1F, 0x7F, 0x80, 0xFF };
    uint8_t text[70];
    (void)state;
    for (size_t n = 0; n <= sizeof text; n++) {
        memset(text, n % 2 == 0 ? ' ' : '~', sizeof text);
        assert_int_equal(ascii_run(fenced(span_of(text, n))), n);
        for (size_t at = 0; at < n; at++)
            for (size_t i = 0; i < COUNT(others); i++) {
                uint8_t was = text[at];
                text[at] = others[i];
                assert_int_equal(ascii_run(span_of(text, n)), at);
                text[at] = was;
            }
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
        cmocka_unit_test(every_byte_is_a_digit_of_hex_or_none),
        cmocka_unit_test(utf8_is_that_of_the_table_of_unicode),
        cmocka_unit_test(nothing_is_read_behind_what_there_is),
        cmocka_unit_test(a_run_ends_at_the_first_other_byte),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
