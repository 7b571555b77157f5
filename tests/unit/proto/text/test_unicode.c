#include "tests/unit/fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/text/unicode.h"

static size_t points_of(uint32_t *out, const char *hex)
{
    size_t n = 0;
    for (char *end; (*hex != 0 && *hex != ';'); hex = end + (*end == ' '))
        out[n++] = (uint32_t)strtoul(hex, &end, 16);
    return n;
}

static void write_text(struct buf *out, const uint32_t *c, size_t n)
{
    buf_clear(out);
    for (size_t i = 0; i < n; i++)
        unicode_write(out, c[i]);
    assert_false(out->failed);
}

static void same_points(const uint32_t *got, size_t n, const uint32_t *want, size_t m)
{
    assert_int_equal(n, m);
    assert_memory_equal(got, want, n * sizeof *got);
}

/* One line of NormalizationTest.txt: source; NFC; NFD. */
static void check_line(const char *line)
{
    uint32_t in[3][64], out[UNICODE_ROOM(256)];
    size_t n[3];
    struct buf text = { 0 };
    for (int i = 0; i < 3; i++, line += strcspn(line, ";") + 1)
        n[i] = points_of(in[i], line);
    for (int i = 0; i < 3; i++) { /* normal forms of normal forms are the same */
        write_text(&text, in[i], n[i]);
        same_points(out, unicode_nfc(out, buf_span(&text)), in[1], n[1]);
        same_points(out, unicode_nfd(out, buf_span(&text)), in[2], n[2]);
    }
    buf_free(&text);
}

static void normal_forms_are_those_of_unicode(void **state)
{
    struct buf file = { 0 };
    size_t lines = 0;
    (void)state;
    vector_read(&file, "unicode/normalization.txt");
    char *save = NULL, *text = strdup(buf_str(&file));
    assert_non_null(text);
    for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        if (line[0] != '#') {
            check_line(line);
            lines++;
        }
    assert_in_range(lines, 2700, 20000);
    free(text);
    buf_free(&file);
}

/* Everything that is not in a table stays as it is: no code point grows beyond the room for it. */
static void no_code_point_outgrows_its_room(void **state)
{
    struct buf text = { 0 };
    uint32_t out[UNICODE_ROOM(4)];
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        write_text(&text, &c, 1);
        struct span one = buf_span(&text);
        assert_int_equal(utf8_next(&one), c);
        assert_in_range(unicode_nfd(out, buf_span(&text)), 1, UNICODE_ROOM(text.n) - 1);
        assert_in_range(unicode_nfc(out, buf_span(&text)), 1, UNICODE_ROOM(text.n) - 1);
    }
    buf_free(&text);
}

/* What the conformance test of Unicode does not have, or not by itself. */
static void edges_of_normal_forms(void **state)
{
    static const struct {
        const char *in, *nfc, *nfd;
    } lines[] = {
        { "C0", "C0", "41 300" },
        { "BF", "BF", "BF" },
        { "ABFF", "ABFF", "ABFF" }, /* beside Hangul syllables */
        { "D7A4", "D7A4", "D7A4" },
        { "D7A3", "D7A3", "1112 1175 11C2" },
        { "1112 1175 11C2", "D7A3", "1112 1175 11C2" },
        { "1100 1161", "AC00", "1100 1161" },
        { "61 1161", "61 1161", "61 1161" }, /* beside their parts */
        { "10FF 1161", "10FF 1161", "10FF 1161" },
        { "1113 1161", "1113 1161", "1113 1161" },
        { "1100 1160", "1100 1160", "1100 1160" },
        { "1100 1176", "1100 1176", "1100 1176" },
        { "AC00 11A7", "AC00 11A7", "1100 1161 11A7" },
        { "AC00 11A8", "AC01", "1100 1161 11A8" },
        { "AC00 11C3", "AC00 11C3", "1100 1161 11C3" },
        { "AC01 11A8", "AC01 11A8", "1100 1161 11A8 11A8" },
        { "D7A4 11A8", "D7A4 11A8", "D7A4 11A8" },
        { "301 327 61", "327 301 61", "327 301 61" }, /* marks that have no letter */
        { "308 301", "308 301", "308 301" },
        { "61 301 327", "E1 327", "61 327 301" },
    };
    uint32_t in[8], want[8], out[UNICODE_ROOM(32) + 1];
    struct buf text = { 0 };
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        write_text(&text, in, points_of(in, lines[i].in));
        memset(out, 0, sizeof out);
        out[0] = 0x345; /* of the highest class; nobody looks before the text */
        size_t n = unicode_nfd(out + 1, buf_span(&text));
        same_points(out + 1, n, want, points_of(want, lines[i].nfd));
        n = unicode_nfc(out + 1, buf_span(&text));
        same_points(out + 1, n, want, points_of(want, lines[i].nfc));
        assert_int_equal(out[0], 0x345);
    }
    buf_free(&text);
}

/* As unicode_skeleton() takes for granted: it asks of what a character looks like alone. */
static void what_nobody_sees_looks_like_nothing(void **state)
{
    struct buf text = { 0 }, looks = { 0 };
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        if ((c >= 0xD800 && c < 0xE000) ||
            (unicode_class(c) & (UNICODE_SPACE | UNICODE_INVISIBLE)) == 0)
            continue;
        buf_clear(&text);
        unicode_write(&text, c);
        unicode_skeleton(&looks, buf_span(&text), LIKENESS_LOOKS);
        unicode_skeleton(&looks, buf_span(&text), LIKENESS_MEANS);
        assert_int_equal(looks.n, 0);
    }
    buf_free(&text);
    buf_free(&looks);
}

/* As composing takes for granted. */
static void no_pair_begins_with_a_mark_or_is_of_one_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < unicode_pairs_count; i++) {
        const struct unicode_pair *p = &unicode_pairs[i];
        assert_int_not_equal(p->a, p->b);
        for (size_t k = 0; k < unicode_orders_count; k++)
            assert_true(unicode_orders[k].value == 0 || p->a < unicode_orders[k].first ||
                        p->a > unicode_orders[k].last);
    }
}

static void code_points_have_their_class(void **state)
{
    static const struct {
        uint32_t c;
        unsigned value;
    } known[] = {
        { 'a', 0 },
        { '0', 0 },
        { ' ', UNICODE_SPACE },
        { '\n', UNICODE_SPACE | UNICODE_INVISIBLE },
        { 0xA0, UNICODE_SPACE },
        { 0x2003, UNICODE_SPACE },
        { 0x202F, UNICODE_SPACE },
        { 0x3000, UNICODE_SPACE },
        { 0x2028, UNICODE_SPACE | UNICODE_INVISIBLE },
        { 0xAD, UNICODE_INVISIBLE },
        { 0x200B, UNICODE_INVISIBLE },
        { 0xFEFF, UNICODE_INVISIBLE },
        { 0x3164, UNICODE_INVISIBLE },
        { 0x2800, UNICODE_INVISIBLE | UNICODE_PUNCTUATION },
        { 0xE0041, UNICODE_INVISIBLE },
        { 0xFE0F, UNICODE_INVISIBLE | UNICODE_MARK },
        { 0x301, UNICODE_MARK },
        { '-', UNICODE_PUNCTUATION },
        { 0x2044, UNICODE_PUNCTUATION },
        { 0x378, UNICODE_UNASSIGNED },
        { 0xE000, UNICODE_UNASSIGNED },
        { 0x10FFFE, UNICODE_UNASSIGNED },
        { 0xD1, 0 },
        { 0x410, 0 },
        { 0x4E00, 0 },
        { 0x20000, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        assert_int_equal(unicode_class(known[i].c), known[i].value);
}

static bool alike(const char *a, const char *b, enum likeness likeness)
{
    struct buf x = { 0 }, y = { 0 };
    unicode_skeleton(&x, span_str(a), likeness);
    unicode_skeleton(&y, span_str(b), likeness);
    assert_false(x.failed || y.failed);
    bool same = span_eq(buf_span(&x), buf_span(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

static const char *const alike_pairs[][2] = {
    { "CJF-7/2026", "CJF-7/2026 " },
    { "CJF-7/2026", " CJF-7/2026" },
    { "CJF-7/2026", "cjf-7/2026" },
    { "CJF-7/2026", "CJF 7 / 2026" },
    { "CJF-7/2026", "CJF\u20117/2026" },
    { "CJF-7/2026", "CJF\u20137/2026" },
    { "CJF-7/2026", "CJF\u22127/2026" },
    { "CJF-7/2026", "CJF-7\u20442026" },
    { "CJF-7/2026", "CJF-7\u22152026" },
    { "CJF-7/2026", "CJF-7/2026\u200B" },
    { "CJF-7/2026", "CJF\u00AD-7/2026" },
    { "CJF-7/2026", "CJF-7/\u00A02026" },
    { "CJF-7/2026", "CJF-7/2026\u3164" },
    { "CJF-7/2026", "CJF-7/2026\uFE0F" },
    { "CJF-7/2026", "CJF-7/2026\u2800" },
    { "CJF-7/2026", "CJF-7/2026\U00013441" },
    { "CJF-7/2026", "CJF-7/2026\U00013442" },
    { "CJF-7/2026", "CJF\u2D7F-7/2026" },
    { "CJF-7/2026", "CJF\U0001107F-7/2026" },
    { "CJF-7/2026", "CJF\u25007/2026" },
    { "CJF-7/2026", "CJF\u23AF7/2026" },
    { "CJF-7/2026", "CJF\u4E007/2026" },
    { "CJF-7/2026", "CJF\u31617/2026" },
    { "CJF-7/2026", "CJF-\u03357/2026" },
    { "CJF-7/2026", "CJF-7/\u03382026" },
    { "CJF-7/2026", "CJF-7\u0332/2026" },
    { "CJF-1/2026", "CJF-1\u20D2/2026" },
    { "CJF-1/2026", "CJF-\u4E28/2026" },
    { "CJF-1/2026", "CJF\u06401/2026" },
    { "CJF-1/2026", "CJF-1/2026\U0001DA9B" },
    { "CJF-10/2026", "CJF-1\u00D8/2026" },
    { "CJF-7/2026", "\uFF23\uFF2A\uFF26-7/2026" },
    { "CJF-7/2026", "CJF-\uFF17/2026" },
    { "CJF-10/2026", "CJF-lO/2026" },
    { "CJF-10/2026", "CJF-I0/2026" },
    { "CJI-1/2026", "cji-1/2026" },
    { "CJM", "cjm" },
    { "A-1", "\u0410-1" },
    { "A-1", "\u0391-1" },
    { "A-1", "\u0430-1" },
    { "B-1", "\u0412-1" },
    { "b-1", "\u0412-1" },
    { "\u0412-1", "\u0432-1" },
    { "T\u00E9cnica", "Te\u0301cnica" },
    { "T\u00E9cnica", "T\u00C9CNICA" },
    { "Ni\u00F1o", "Nin\u0303o" },
};
static const char *const other_pairs[][2] = {
    { "CJF-7/2026", "CJF-8/2026" }, { "CJF-7/2026", "CJF-7/2025" }, { "CJF-7/2026", "CJF-72026" },
    { "T\u00E9cnica", "Tecnica" },  { "Ni\u00F1o", "Nino" },        { "5/2026", "S/2026" },
    { "2/2026", "Z/2026" },         { "8/2026", "B/2026" },
};

static void what_looks_the_same_has_one_skeleton(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(alike_pairs); i++)
        if (!alike(alike_pairs[i][0], alike_pairs[i][1], LIKENESS_LOOKS))
            fail_msg("'%s' and '%s' look the same", alike_pairs[i][0], alike_pairs[i][1]);
    for (size_t i = 0; i < COUNT(other_pairs); i++)
        if (alike(other_pairs[i][0], other_pairs[i][1], LIKENESS_LOOKS))
            fail_msg("'%s' and '%s' look different", other_pairs[i][0], other_pairs[i][1]);
    assert_true(alike("T\u00E9cnica 7/2026", "tecnica.7//2026", LIKENESS_MEANS));
    assert_false(alike("CJF-7/2026", "CJF-8/2026", LIKENESS_MEANS));
}

/* Texts of ASCII take a way of their own. Beside another character they do not. */
static void ascii_looks_as_it_does_beside_other_characters(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 128; c++) {
        const uint8_t text[] = { (uint8_t)c, 0xC3, 0xB1 }; /* and U+00F1 */
        struct buf alone = { 0 }, beside = { 0 };
        unicode_skeleton(&alone, span_of(text, 1), LIKENESS_LOOKS);
        unicode_skeleton(&alone, span_of(text + 1, 2), LIKENESS_LOOKS);
        unicode_skeleton(&beside, span_of(text, 3), LIKENESS_LOOKS);
        assert_true(span_eq(buf_span(&alone), buf_span(&beside)));
        buf_free(&alone);
        buf_free(&beside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_looks_as_it_does_beside_other_characters),
        cmocka_unit_test(normal_forms_are_those_of_unicode),
        cmocka_unit_test(no_code_point_outgrows_its_room),
        cmocka_unit_test(edges_of_normal_forms),
        cmocka_unit_test(no_pair_begins_with_a_mark_or_is_of_one_twice),
        cmocka_unit_test(what_nobody_sees_looks_like_nothing),
        cmocka_unit_test(code_points_have_their_class),
        cmocka_unit_test(what_looks_the_same_has_one_skeleton),
    };
    return cmocka_run_group_tests_name("unicode", tests, NULL, NULL);
}
