#include "tests/unit/fixture.h"

#include "tests/same_json.h"

/* A vector is one line and its newline. */
static void check_line(const char *name, struct span bytes, const char *reason)
{
    struct refusal why = { .reason = REASON_NONE };
    struct value *v = json_strict(span_of(bytes.p, bytes.n - 1), &why);
    const char *got = v != NULL ? "good" : reason_name(why.reason);
    value_free(v);
    if (strcmp(got, reason != NULL ? reason : "good") != 0)
        fail_msg("%s: %s (%s)", name, got, why.subject);
    if (!agrees_with_jansson(span_of(bytes.p, bytes.n - 1)))
        fail_msg("%s: jansson reads something else", name);
}

static void good_lines_pass(void **state)
{
    (void)state;
    vector_each("json/good", check_line);
}

static void bad_lines_are_refused_for_their_reason(void **state)
{
    (void)state;
    vector_each("json/bad", check_line);
}

/* Escaped and raw, in a value and in a name: every character up to U+FFFF is allowed or refused
 * alike. */
static void characters_are_judged_alike_in_all_forms(void **state)
{
    static const char *const form[] = { "{\"a\":\"%s\"}", "{\"%s\":1}" };
    struct refusal why;
    (void)state;
    for (unsigned c = 0; c <= 0xFFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        bool allowed = c >= 0x20 && !(c >= 0x7F && c <= 0x9F) && !(c >= 0xFDD0 && c <= 0xFDEF) &&
                       c < 0xFFFE && c != 0x61C && c != 0x200E && c != 0x200F &&
                       !(c >= 0x202A && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069);
        for (size_t i = 0; i < COUNT(form); i++) {
            struct value *v = json_strict(span_str(text_of(form[i], text_of("x\\u%04x", c))), &why);
            value_free(v);
            if ((v != NULL) != allowed)
                fail_msg("U+%04X %s in form %zu", c, v != NULL ? "allowed" : "refused", i);
        }
    }
}

/* A line of printable ASCII alone is judged faster: what is none is found wherever it stands. */
static void characters_are_judged_alike_in_every_place(void **state)
{
    static const char *const form[] = { "{\"%s\":1}", "{\"a\":\"%s\"}",
                                        "{\"a\":{\"b\":[\"%s\",\"x\"]},\"c\":\"y\"}" };
    static const struct {
        const char *text;
        bool allowed;
    } cases[] = { { "-.e5E[{]}: ,", true },  { "\\\"", true },      { "\\u0041", true },
                  { "\xC3\xA9", true },      { "\\u007f", false },  { "\\u0000", false },
                  { "\x7F", false },         { "\xC2\x80", false }, { "\t", false },
                  { "\xE2\x80\xAE", false }, { "\\u202e", false },  { "\xFF", false },
                  { "\\x", false } };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t at = 0; at < 67; at++)
            for (size_t f = 0; f < COUNT(form); f++) {
                const char *text = text_of(
                    "%.*s%sz", (int)at,
                    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                    cases[i].text);
                struct value *v = json_strict(span_str(text_of(form[f], text)), &why);
                value_free(v);
                if ((v != NULL) != cases[i].allowed)
                    fail_msg("case %zu at %zu in form %zu: %s", i, at, f,
                             v != NULL ? "allowed" : "refused");
            }
}

/* Pieces of JSON, and of what is none, in every order: many lines of them are good. */
static void lines_made_of_pieces_are_read_as_jansson_reads_them(void **state)
{
    static const char *const piece[] = { "{",           "}",
                                         "[",           "]",
                                         ",",           ":",
                                         "\"a\"",       "\"b\"",
                                         "\"\"",        "0",
                                         "12",          "01",
                                         " ",           "true",
                                         "false",       "null",
                                         "nul",         "\"\\",
                                         "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
                                         "\"\\ude00\"", "\"\xC3\xA9\"",
                                         "\"\xE9\"",    "/**/",
                                         "\"a\":1",     "\"b\":[" };
    uint32_t seed = 1;
    size_t good = 0;
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < 400000; i++) {
        char line[256] = "{";
        for (size_t n = 0; n < 2 + i % 9; n++) {
            seed = seed * 1664525 + 1013904223;
            strcat(line, piece[(seed >> 16) % COUNT(piece)]);
        }
        strcat(line, "}");
        struct value *v = json_strict(span_str(line), &why);
        good += v != NULL;
        value_free(v);
        if (!agrees_with_jansson(span_str(line)))
            fail_msg("jansson does not agree about %s", line);
    }
    assert_in_range(good, 500, 400000);
}

/* As many as a line can hold: found without comparing each with each. */
static void a_name_twice_among_thousands_is_found(void **state)
{
    struct refusal why;
    struct buf line = { 0 };
    (void)state;
    for (size_t twice = 0; twice < 2; twice++) {
        buf_clear(&line);
        buf_adds(&line, "{");
        for (unsigned i = 0; i < 5000; i++)
            buf_addf(&line, "\"%x\":1,", i);
        buf_adds(&line, twice ? "\"7f\":2}" : "\"x\":2}");
        struct value *v = json_strict(buf_span(&line), &why);
        assert_true((v == NULL) == twice);
        assert_true(!twice ||
                    (why.reason == REASON_JSON_DUPLICATE && strcmp(why.subject, "'7f'") == 0));
        value_free(v);
    }
    buf_free(&line);
}

/* Escapes that make yajl ask for more than it is given at once. */
static void long_texts_come_out_whole(void **state)
{
    struct buf line = { 0 }, want = { 0 };
    struct refusal why;
    (void)state;
    buf_adds(&line, "{\"a\":\"");
    for (unsigned i = 0; i < 6000; i++) { /* longer than any record */
        buf_adds(&line, i % 3 ? "\\u00f1x" : "\\/");
        buf_adds(&want, i % 3 ? "\xC3\xB1x" : "/");
    }
    buf_adds(&line, "\"}");
    assert_true(agrees_with_jansson(buf_span(&line)));
    struct value *v = json_strict(buf_span(&line), &why);
    assert_non_null(v);
    assert_string_equal(value_text(value_member(v, "a")), buf_str(&want));
    value_free(v);
    buf_free(&line);
    buf_free(&want);
}

/* Where the buffers that yajl doubles come nearest to what they get. */
static void texts_of_every_length_have_room(void **state)
{
    struct buf line = { 0 };
    (void)state;
    for (unsigned n = 1; n < 49000; n += n < 100 ? 1 : n / 16) {
        for (unsigned escape = 1; escape <= 1000; escape *= 10) {
            buf_clear(&line);
            buf_adds(&line, "{\"a\":\"");
            for (unsigned i = 1; i <= n; i++)
                buf_adds(&line, i % escape == 0 || i == n ? "\\/" : "x");
            buf_adds(&line, "\"}");
            assert_true(agrees_with_jansson(buf_span(&line)));
            line.p[line.n - 2] = 'x'; /* a string that does not end */
            assert_true(agrees_with_jansson(buf_span(&line)));
        }
    }
    buf_free(&line);
}

static void a_refusal_names_the_member_that_it_is_in(void **state)
{
    struct refusal why;
    (void)state;
    assert_null(json_strict(span_str("{\"b\":1,\"a\":[\"x\",[\"\\u202e\"]]}"), &why));
    assert_string_equal(why.subject, "'a'");
    assert_null(json_strict(span_str("{\"b\":{\"c\":1.5}}"), &why));
    assert_string_equal(why.subject, "'c'");
}

static void halves_of_pairs_are_found_behind_any_escape(void **state)
{
    static const struct {
        const char *text;
        bool allowed;
    } cases[] = {
        { "\\ud800\\udc00", true },  { "\\udbfd\\udffd", true },  { "\\ue000\\ud800\\udc00", true },
        { "\\ud800", false },        { "\\udc00", false },        { "\\udfff", false },
        { "\\udc00\\udc00", false }, { "\\ue000\\udc00", false }, { "\\u0041\\ud800", false },
        { "\\ud800\\ud800", false }, { "\\ud800\\ue000", false }, { "\\ud800xudc00", false },
        { "\\ud800\\ndc00", false }, { "\\n\\ud800", false },     { "\\\\\\ud800", false },
        { "\\\\\\\\ud800", true },   { "\\n\\udc00aaaa", false }, { "\\ud83dx\\ude00", false },
        { "\\\"d800", true },        { "\\/dc00", true },
    };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *line = text_of("{\"a\":\"%s\"}", cases[i].text);
        struct value *v = json_strict(fenced(span_str(line)), &why);
        if ((v != NULL) != cases[i].allowed)
            fail_msg("%s: %d", cases[i].text, v != NULL);
        value_free(v);
    }
}

static void nothing_is_read_beyond_a_line(void **state)
{
    static const char *const bad[] = { "", "{", "}", "{} ", "{\"a\":1}x", "x{}" };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_null(json_strict(fenced(span_str(bad[i])), &why));
        assert_string_equal(why.subject, "{…}");
    }
}

/* In their order as texts. */
static void the_last_of_many_names_may_be_the_one_twice(void **state)
{
    struct refusal why;
    struct buf line = { 0 };
    (void)state;
    buf_adds(&line, "{\"z\":1");
    for (unsigned i = 0; i < 30; i++)
        buf_addf(&line, ",\"%u\":1", i);
    buf_adds(&line, ",\"z\":1}");
    assert_null(json_strict(buf_span(&line), &why));
    assert_string_equal(why.subject, "'z'");
    buf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_pass),
        cmocka_unit_test(bad_lines_are_refused_for_their_reason),
        cmocka_unit_test(characters_are_judged_alike_in_all_forms),
        cmocka_unit_test(characters_are_judged_alike_in_every_place),
        cmocka_unit_test(lines_made_of_pieces_are_read_as_jansson_reads_them),
        cmocka_unit_test(a_name_twice_among_thousands_is_found),
        cmocka_unit_test(long_texts_come_out_whole),
        cmocka_unit_test(texts_of_every_length_have_room),
        cmocka_unit_test(a_refusal_names_the_member_that_it_is_in),
        cmocka_unit_test(halves_of_pairs_are_found_behind_any_escape),
        cmocka_unit_test(nothing_is_read_beyond_a_line),
        cmocka_unit_test(the_last_of_many_names_may_be_the_one_twice),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
