#include "tests/unit/fixture.h"

#include "proto/text/shown.h"

static void shows(const char *text, size_t n, bool lines, const char *want)
{
    struct buf b = { 0 };
    shown_add(&b, span_of((const uint8_t *)text, n), lines);
    assert_string_equal(buf_str(&b), want);
    buf_free(&b);
}

#define SHOWS(text, want) shows(text, sizeof(text) - 1, false, want)

static void what_people_write_stays(void **state)
{
    (void)state;
    SHOWS("", "");
    SHOWS("Juzgado 1º, «Ñandú»: 東京 \xF0\x9F\x94\x92 a\\b",
          "Juzgado 1º, «Ñandú»: 東京 \xF0\x9F\x94\x92 a\\b");
}

static void what_moves_a_cursor_is_spelt(void **state)
{
    (void)state;
    SHOWS("a\033[31mred", "a\\x1b[31mred");
    SHOWS("a\nb\rc\td", "a\\nb\\rc\\td");
    SHOWS("\x7F", "\\x7f");
    SHOWS("a\xC2\x9B"
          "2Jb",
          "a\\u{009b}2Jb");
    SHOWS("\xE2\x80\xAE"
          "gpj.exe",
          "\\u{202e}gpj.exe");
    SHOWS("\xE2\x81\xA6x\xE2\x81\xA9", "\\u{2066}x\\u{2069}");
    SHOWS("a\xE2\x80\xA8"
          "b\xE2\x80\xA9",
          "a\\u{2028}b\\u{2029}");
    SHOWS("\xEF\xBF\xBF", "\\u{ffff}");
    shows("a\0b", 3, false, "a\\x00b");
}

static void what_is_no_utf8_is_spelt(void **state)
{
    (void)state;
    SHOWS("\xFF", "\\xff");
    SHOWS("a\xC3", "a\\xc3");
    SHOWS("\xC3(", "\\xc3(");
    SHOWS("\xC0\xAF", "\\xc0\\xaf");
    SHOWS("\xED\xA0\x80", "\\xed\\xa0\\x80");
}

static void lines_stay_where_they_are_ours(void **state)
{
    (void)state;
    shows("a\nb\033\n", 5, true, "a\nb\\x1b\n");
}

static void a_cut_is_between_characters(void **state)
{
    (void)state;
    static const char text[] =
        "a\xC3\xB1\xE2\x80\x93\xF0\x9F\x94\x92z"; /* ends at 1, 3, 6, 10, 11 */
    static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11 };
    for (size_t n = 0; n < COUNT(want); n++)
        assert_int_equal(shown_cut(text, n), want[n]);
    assert_int_equal(shown_cut("\x80\x80\x80\x80\x80", 5), 5);
    assert_int_equal(shown_cut("\xC3", 1), 0);
    assert_int_equal(shown_cut("\xC2", 1), 0);
    assert_int_equal(shown_cut("\xC1", 1), 1); /* that begins no character */
    assert_int_equal(shown_cut("\xE0\xA0", 2), 0);
    assert_int_equal(shown_cut("\xF0\x80\x80\x80\x80", 5), 5);
    /* What stands before the text is none of it. */
    static const char before[] = "\xF0\x80\x80";
    for (size_t n = 0; n < 3; n++)
        assert_int_equal(shown_cut(before + 1, n), n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write_stays),
        cmocka_unit_test(what_moves_a_cursor_is_spelt),
        cmocka_unit_test(what_is_no_utf8_is_spelt),
        cmocka_unit_test(lines_stay_where_they_are_ours),
        cmocka_unit_test(a_cut_is_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
