#include "tests/unit/fixture.h"

#include "proto/json.h"

/* A vector is one line and its newline. */
static void check_line(const char *name, struct span bytes, const char *reason)
{
    struct refusal why = { .reason = REASON_NONE };
    json_t *v = json_strict(span_of(bytes.p, bytes.n - 1), &why);
    const char *got = v != NULL ? "good" : reason_name(why.reason);
    json_decref(v);
    if (strcmp(got, reason != NULL ? reason : "good") != 0)
        fail_msg("%s: %s (%s)", name, got, why.subject);
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
            json_t *v = json_strict(span_str(text_of(form[i], text_of("x\\u%04x", c))), &why);
            json_decref(v);
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
        for (size_t at = 0; at < 17; at++)
            for (size_t f = 0; f < COUNT(form); f++) {
                const char *text =
                    text_of("%.*s%sz", (int)at, "bbbbbbbbbbbbbbbbbbb", cases[i].text);
                json_t *v = json_strict(span_str(text_of(form[f], text)), &why);
                json_decref(v);
                if ((v != NULL) != cases[i].allowed)
                    fail_msg("case %zu at %zu in form %zu: %s", i, at, f,
                             v != NULL ? "allowed" : "refused");
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_pass),
        cmocka_unit_test(bad_lines_are_refused_for_their_reason),
        cmocka_unit_test(characters_are_judged_alike_in_all_forms),
        cmocka_unit_test(characters_are_judged_alike_in_every_place),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
