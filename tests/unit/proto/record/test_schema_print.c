/* How JSON Schemas are printed. */
#include "tests/unit/fixture.h"

#include "proto/record/ruleset.h"
#include "proto/record/schema.h"

static void prints(const json_t *v, const char *want)
{
    struct buf text = { 0 };
    schema_print(&text, v);
    assert_string_equal(buf_str(&text), want);
    buf_free(&text);
}

static void what_is_printed_is_what_was_made(void **state)
{
    struct refusal why;
    struct ruleset *ruleset = ruleset_parse(ruleset_builtin(), &why);
    struct buf text = { 0 };
    (void)state;
    assert_non_null(ruleset);
    for (int k = KIND_GENESIS; k <= KIND_COUNT; k++) {
        json_t *v = schema_new(k == KIND_COUNT ? KIND_NONE : (enum kind)k, ruleset, LANGUAGE_ES);
        buf_clear(&text);
        schema_print(&text, v);
        json_t *again = json_loads(buf_str(&text), JSON_REJECT_DUPLICATES, NULL);
        assert_true(json_equal(again, v));
        json_decref(again);
        json_decref(v);
    }
    ruleset_free(ruleset);
    buf_free(&text);
}

static void what_fits_stands_on_one_line(void **state)
{
    char text[101] = "";
    (void)state;
    memset(text, 'x', 95);
    json_t *v = json_pack("[s]", text);
    prints(v, text_of("[\"%s\"]\n", text)); /* 99 columns */
    json_decref(v);
    memset(text, 'x', 96);
    v = json_pack("[s]", text);
    prints(v, text_of("[\n  \"%s\"\n]\n", text));
    json_decref(v);
    memset(text, 'x', 100);
    v = json_pack("{s:s,s:[i,i]}", "a", text, "bc", 1, 2);
    prints(v, text_of("{\n  \"a\": \"%s\",\n  \"bc\": [1, 2]\n}\n", text));
    json_decref(v);
    text[80] = 0;
    v = json_pack("{s:[s,s]}", "abcde", text, "");
    assert_int_equal(json_object_size(v), 1);
    prints(v, text_of("{\"abcde\": [\"%s\", \"\"]}\n", text));
    json_object_set_new(v, "f", json_integer(1));
    prints(v, text_of("{\n  \"abcde\": [\"%s\", \"\"],\n  \"f\": 1\n}\n", text));
    text[80] = 'x';
    text[84] = 0;
    json_array_set_new(json_object_get(v, "abcde"), 0, json_string(text));
    prints(v, text_of("{\n  \"abcde\": [\n    \"%s\",\n    \"\"\n  ],\n  \"f\": 1\n}\n", text));
    json_decref(v);
}

/* Where the ranges begin and end. */
static void what_an_editor_may_not_show_is_escaped(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { " ~", " ~" },
        { "\x7f", "\\u007f" },
        { "\xC2\x80", "\\u0080" },
        { "\u00A0", "\\u00a0" },
        { "\u00A1", "\u00A1" },
        { "\u052F", "\u052F" },
        { "\u0530", "\\u0530" },
        { "\u218F", "\\u218f" },
        { "\u2190", "\u2190" },
        { "\u21FF", "\u21FF" },
        { "\u2200", "\\u2200" },
        { "\u27E7", "\\u27e7" },
        { "\u27E8", "\u27E8" },
        { "\u27E9", "\u27E9" },
        { "\u27EA", "\\u27ea" },
        { "\uFFFF", "\\uffff" },
        { "\U00010000", "\\ud800\\udc00" },
        { "\U0010FFFF", "\\udbff\\udfff" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *v = json_string(cases[i].text);
        prints(v, text_of("\"%s\"\n", cases[i].want));
        json_decref(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_is_what_was_made),
        cmocka_unit_test(what_fits_stands_on_one_line),
        cmocka_unit_test(what_an_editor_may_not_show_is_escaped),
    };
    return cmocka_run_group_tests_name("schema_print", tests, NULL, NULL);
}
