#include "tests/unit/fixture.h"

static void every_reason_has_a_code_and_two_sentences(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        struct refusal why;
        struct buf en = { 0 }, es = { 0 };
        refuse(&why, (enum reason)i, "SUBJECT");
        refusal_sentence(&en, &why, LANGUAGE_EN);
        refusal_sentence(&es, &why, LANGUAGE_ES);
        assert_true(strlen(reason_code((enum reason)i)) > 0 && en.n > 0 && es.n > 0);
        bool said = strstr(buf_str(&en), "SUBJECT") != NULL;
        if (said != (strstr(buf_str(&es), "SUBJECT") != NULL) ||
            strstr(buf_str(&en), "%s") != NULL || strstr(buf_str(&es), "%s") != NULL)
            fail_msg("%s: %s / %s", reason_name((enum reason)i), buf_str(&en), buf_str(&es));
        buf_free(&en);
        buf_free(&es);
    }
}

static void refusing_is_an_answer(void **state)
{
    struct refusal why;
    (void)state;
    assert_int_equal(refuse(&why, REASON_ROLE, "x"), -1);
    assert_int_equal(refuse_number(&why, REASON_INDEX, UINT64_MAX), -1);
    assert_string_equal(why.subject, "18446744073709551615");
    assert_int_equal(why.reason, REASON_INDEX);
}

/* What is refused may be made to be printed: nothing of it may steer a terminal. */
static void hostile_subjects_are_made_harmless(void **state)
{
    static const char *const cases[][2] = {
        { "plain ñ 漢 😀", "plain ñ 漢 😀" },
        { "\x1b[2J", "?[2J" },
        { "a\nb\tc\x7f", "a?b?c?" },
        { "\xC2\x9B"
          "31m",
          "?31m" },
        { "\xC2\x9F-\xC2\xA0", "?-\xC2\xA0" },
        { "\xE2\x80\x8D\xE2\x80\x8E", "\xE2\x80\x8D?" },
        { "\xE2\x81\xA9\xE2\x81\xAA", "?\xE2\x81\xAA" },
        { "\xE2\x80\xAE"
          "x\xE2\x81\xA6\xD8\x9C\xE2\x80\x8F\xE2\x80\xA8",
          "?x????" },
        { "\xFF\xC3x", "??x" },
        { "", "" },
    };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        refuse(&why, REASON_ROLE, cases[i][0]);
        assert_string_equal(why.subject, cases[i][1]);
    }
    refuse_span(&why, REASON_ROLE, span_of("a\0b", 3));
    assert_string_equal(why.subject, "a?b");
}

static void long_subjects_are_cut_between_characters(void **state)
{
    struct refusal why;
    struct buf text = { 0 };
    (void)state;
    for (int i = 0; i < 100; i++)
        buf_adds(&text, "漢");
    refuse(&why, REASON_ROLE, buf_str(&text));
    assert_int_equal(strlen(why.subject), 93); /* 31 of three bytes, and the zero */
    buf_free(&text);
}

/* `size` is a member and a cause: one is said as it is, the other in words. */
static void names_stay_as_they_are(void **state)
{
    static const struct {
        enum reason reason;
        const char *subject, *said;
    } cases[] = {
        { REASON_MEMBER_MISSING, "size", "falta el miembro 'size'" },
        { REASON_MEMBER_WRONG, "origin",
          "un miembro no tiene la forma que docs/FORMATS.md le da: 'origin'" },
        { REASON_CHECKPOINT_FORM, "size",
          "esto no es un punto de control de una bitácora (tamaño)" },
        { REASON_RULESET_FORM, "name", "esto no es un archivo de conjunto de reglas (name)" },
        { REASON_JSON_NUMBER, "'number'",
          "los números son enteros, no negativos y menores que 2^53 ('number')" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct refusal why;
        struct buf said = { 0 };
        refuse(&why, cases[i].reason, cases[i].subject);
        refusal_sentence(&said, &why, LANGUAGE_ES);
        assert_string_equal(buf_str(&said), cases[i].said);
        buf_free(&said);
    }
}

static void says(const char *subject, enum language language, const char *words)
{
    struct refusal why;
    struct buf sentence = { 0 };
    refuse(&why, REASON_POLICY_FORM, subject);
    refusal_sentence(&sentence, &why, language);
    if (strstr(buf_str(&sentence), words) == NULL)
        fail_msg("%s: no '%s'", buf_str(&sentence), words);
    buf_free(&sentence);
}

static void a_place_is_said_in_both_languages(void **state)
{
    (void)state;
    says("ref: U+0020 at character 3", LANGUAGE_EN, "ref: U+0020 at character 3");
    says("ref: U+0020 at character 3", LANGUAGE_ES, "ref: U+0020 en el carácter 3");
    says("odd at character 3", LANGUAGE_ES, "odd at character 3");
    says("ref: U+0020", LANGUAGE_ES, "ref: U+0020");
    says("line 7: size", LANGUAGE_EN, "line 7: size");
    says("line 7: size", LANGUAGE_ES, "línea 7: tamaño");
    says("abcde: size", LANGUAGE_ES, "abcde: size");
    says("line 7", LANGUAGE_ES, "line 7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_a_code_and_two_sentences),
        cmocka_unit_test(refusing_is_an_answer),
        cmocka_unit_test(hostile_subjects_are_made_harmless),
        cmocka_unit_test(long_subjects_are_cut_between_characters),
        cmocka_unit_test(names_stay_as_they_are),
        cmocka_unit_test(a_place_is_said_in_both_languages),
    };
    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
