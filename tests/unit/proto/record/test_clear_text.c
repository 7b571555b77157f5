#include "tests/unit/fixture.h"

#include "proto/record/clear_text.h"
#include "proto/record/record.h"
#include "proto/text/spelling.h"

static void is_refused(const char *text, enum reason reason, const char *subject)
{
    struct refusal why;
    struct buf words = { 0 };
    if (spelling_check(span_str(text), "ref", &why) == 0)
        fail_msg("'%s' is accepted", text);
    assert_string_equal(reason_name(why.reason), reason_name(reason));
    assert_string_equal(why.subject, subject);
    refusal_sentence(&words, &why, LANGUAGE_ES);
    assert_null(strstr(buf_str(&words), " at character "));
    buf_free(&words);
}

/* Each flaw, with code point and place. */
static void a_text_is_written_in_one_way(void **state)
{
    static const char *const good[] = { "CJF-7/2026", "T\u00E9cnica 37/2026", "a  b",   "\u00D1",
                                        "\u0410",     "\u4E00\U00020000",     "\u2011", "\u2044" };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (spelling_check(span_str(good[i]), "ref", &why) != 0)
            fail_msg("'%s' is refused: %s", good[i], why.subject);
    assert_int_equal(spelling_check(span_of(NULL, 0), "ref", &why), 0);
    is_refused("37/2026 ", REASON_TEXT_SPACE, "ref: U+0020 at character 8");
    is_refused(" 37/2026", REASON_TEXT_SPACE, "ref: U+0020 at character 1");
    is_refused(" ", REASON_TEXT_SPACE, "ref: U+0020 at character 1");
    is_refused("T\u00E9cnica\u00A037", REASON_TEXT_SPACE, "ref: U+00A0 at character 8");
    is_refused("a\u2003b", REASON_TEXT_SPACE, "ref: U+2003 at character 2");
    is_refused("a\u3000", REASON_TEXT_SPACE, "ref: U+3000 at character 2");
    is_refused("37\u200B/2026", REASON_TEXT_INVISIBLE, "ref: U+200B at character 3");
    is_refused("37\u00AD/2026", REASON_TEXT_INVISIBLE, "ref: U+00AD at character 3");
    is_refused("\uFEFF37", REASON_TEXT_INVISIBLE, "ref: U+FEFF at character 1");
    is_refused("37\u3164", REASON_TEXT_INVISIBLE, "ref: U+3164 at character 3");
    is_refused("37\uFE0F", REASON_TEXT_INVISIBLE, "ref: U+FE0F at character 3");
    is_refused("37\u2800", REASON_TEXT_INVISIBLE, "ref: U+2800 at character 3");
    is_refused("37\U000E0041", REASON_TEXT_INVISIBLE, "ref: U+E0041 at character 3");
    is_refused("37\u0378", REASON_TEXT_UNASSIGNED, "ref: U+0378 at character 3");
    is_refused("37\uE000", REASON_TEXT_UNASSIGNED, "ref: U+E000 at character 3");
    is_refused("Te\u0301cnica", REASON_TEXT_NFC, "ref: U+0065 at character 2");
    is_refused("a\u212B", REASON_TEXT_NFC, "ref: U+212B at character 2"); /* Angstrom sign */
    is_refused("a\u0301\u0327", REASON_TEXT_NFC, "ref: U+0061 at character 1");
    is_refused("\u1100\u1161", REASON_TEXT_NFC, "ref: U+1100 at character 1"); /* Hangul */
}

static void names(const char *text, enum persons shapes, const char *by)
{
    const char *got = name_of_person(fenced(span_str(text)), shapes);
    if ((got == NULL) != (by == NULL) || (by != NULL && strcmp(got, by) != 0))
        fail_msg("'%s' is %s, not %s", text, got == NULL ? "nobody" : got, by == NULL ? "-" : by);
}

static void a_curp_that_stands_by_itself_is_certain(void **state)
{
    static const char *const curps[] = {
        "GOMC850315HDFRRR07",      "curp=GOMC850315HDFRRR07",          "gomc850315hdfrrr07",
        "mx.gomc850315hdfrrr07.x", "exp. 3/2026 (GOMC850315HDFRRR07)", "\u00E9GOMC850315HDFRRR07"
    };
    static const char *const others[] = { "GOMC850315HDFRRR08",  "GOMC850230HDFRRR03",
                                          "GOMC850315HXXRRR06",  "XGOMC850315HDFRRR07",
                                          "GOMC850315HDFRRR07X", "GOMC850315",
                                          "CJF-7/2026",          "" };
    (void)state;
    for (size_t i = 0; i < COUNT(curps); i++)
        names(curps[i], PERSONS_CERTAIN, "CURP");
    for (size_t i = 0; i < COUNT(others); i++)
        names(others[i], PERSONS_CERTAIN, NULL);
}

static void other_shapes_are_likely(void **state)
{
    static const char *const likely[][2] = {
        { "GOMC-850315-HDFRRR07", "CURP" },
        { "exp. GOMC 850315 HDFRRR07.", "CURP" },
        { "GODE561231GR8", "RFC" },
        { "rfc: gode561231gr8", "RFC" },
        { "\u00D1U\u00D1O010101ZZ6", "RFC" },
        { "GODE-561231-GR8", "RFC" },
        { "SAT970701NN3", "RFC" },
        { "032180000118359719", "CLABE" },
        { "CLABE 032 180 00011835971 9", "CLABE" },
        { "490154203237518", "IMEI" },
        { "imei=49-015420-323751-8", "IMEI" },
        { "+525512345678", "phone" },
        { "tel. +52 (55) 1234-5678", "phone" },
        { "(+442079460223)", "phone" },
        { "a.lopez@example.mx", "e-mail" },
        { "de <jos\u00E9@espa\u00F1a.example>", "e-mail" },
        { "a@b.c", "e-mail" },
        { "\u00F1u\u00F1o010101zz6", "RFC" },
        { "A&\u00D1991231O90", "RFC" },
        { "\u0100@x.mx", "e-mail" }, /* C4 80 */
        { "el 490154203237518, usado", "IMEI" },
        { "al +525512345678, no otro", "phone" },
        { "+12345678", "phone" },
        { "+12345678.", "phone" },
        { "+123456789012345", "phone" },
    };
    static const char *const nobody[] = {
        "CJF-7/2026",
        "FED/SEIDO/UEIDMS-MEX/0000123/2026",
        "mx.fgr",
        "fgr.example.mx/a.lopez",
        "2026-11-29",
        "FED+2026",
        "a@b",
        "@example.mx",
        "C+525512345",
        "123456789012345",
        "MX-JAL",
        "032180000118359718",
        "A1234567890123456789012",
        "x490154203237518",
        "490154203237518x",
        "x032180000118359719",
        "0321800001183597  19",
        "+1234567",
        "+1234567890123456",
        "+12345678x",
        "a@b.",
        "x @example.mx",
        "(@example.mx",
        "xGODE561231GR8",
        "GODE--561231-GR8",
        "GODE:561231:GR8",
        "GODE-",
        "12 490154203237518", /* one number, of 17 digits */
        "-",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(likely); i++) {
        names(likely[i][0], PERSONS_LIKELY, likely[i][1]);
        names(likely[i][0], PERSONS_CERTAIN, NULL);
    }
    for (size_t i = 0; i < COUNT(nobody); i++)
        names(nobody[i], PERSONS_LIKELY, NULL);
    char digits[5000]; /* more than any number has */
    memset(digits, '1', sizeof digits);
    assert_null(name_of_person(span_of(digits, sizeof digits), PERSONS_LIKELY));
    /* What stands beside a text is none of it. */
    static const char number[] = "x+12345678";
    assert_non_null(name_of_person(span_of(number + 1, 9), PERSONS_LIKELY));
    assert_null(name_of_person(span_of(number + 1, 8), PERSONS_LIKELY));
}

/* A record's refusal, as "REASON subject", or "good". */
static const char *asked(enum kind k, const char *json, enum persons shapes, const char *ref)
{
    struct refusal why;
    struct value *object = json_strict(span_str(json), &why);
    assert_non_null(object);
    int failed = names_check(k, object, shapes, ref, &why);
    value_free(object);
    return failed == 0 ? "good" : text_of("%s %s", reason_name(why.reason), why.subject);
}

#define CURP "GOMC850315HDFRRR07"

static void every_text_of_a_record_is_asked(void **state)
{
    static const struct {
        enum kind kind;
        const char *json, *certain, *likely;
    } records[] = {
        { KIND_WARRANT, "{\"ref\":\"curp=" CURP "\"}", "PERSON_PLAIN ref (CURP)", NULL },
        { KIND_WARRANT, "{\"ref\":\"1/2026 \"}", "TEXT_SPACE ref: U+0020 at character 7", NULL },
        { KIND_WARRANT, "{\"case\":{\"scheme\":\"x\",\"number\":\"" CURP "\"}}",
          "PERSON_PLAIN case.number (CURP)", NULL },
        { KIND_WARRANT, "{\"used_by\":[\"a\",\"" CURP "\"]}", "PERSON_PLAIN used_by (CURP)", NULL },
        { KIND_WARRANT, "{\"holders\":[\"" CURP "\"]}", "PERSON_PLAIN holders (CURP)", NULL },
        { KIND_REQUEST, "{\"warrant\":{\"ref\":\"" CURP "\"}}", "PERSON_PLAIN warrant.ref (CURP)",
          NULL },
        { KIND_REQUEST, "{\"warrant\":{\"ref\":\"a\",\"court\":\"x." CURP "\"}}",
          "PERSON_PLAIN warrant.court (CURP)", NULL },
        { KIND_REQUEST, "{\"holder\":\"" CURP "\"}", "PERSON_PLAIN holder (CURP)", NULL },
        { KIND_ENROLL, "{\"name\":\"" CURP "\"}", "PERSON_PLAIN name (CURP)", NULL },
        { KIND_ENROLL, "{\"vkey\":\"gomc850315hdfrrr07.mx+00000000+AQ==\"}",
          "PERSON_PLAIN vkey (CURP)", NULL },
        { KIND_ENROLL, "{\"jurisdiction\":\"Jalisco \"}",
          "TEXT_SPACE jurisdiction: U+0020 at character 8", NULL },
        { KIND_ENROLL, "{\"jurisdiction\":\"a@example.mx\"}", "good",
          "PERSON_LIKE jurisdiction (e-mail)" },
        { KIND_TRANSFER, "{\"instrument\":\"tratado\\u00a0" CURP "\"}",
          "PERSON_PLAIN instrument (CURP)", NULL },
        { KIND_TRANSFER, "{\"recipient\":{\"country\":\"US\",\"authority\":\"" CURP "\"}}",
          "PERSON_PLAIN recipient.authority (CURP)", NULL },
        { KIND_RULESET, "{\"name\":\"mx\\u00ad\"}", "TEXT_INVISIBLE name: U+00AD at character 3",
          NULL },
        { KIND_GENESIS, "{\"origin\":\"gomc850315hdfrrr07\"}", "PERSON_PLAIN origin (CURP)", NULL },
        { KIND_RESPONSE, "{\"holder\":\"490154203237518\"}", "good", "PERSON_LIKE holder (IMEI)" },
        { KIND_REVOKE, "{\"vkey\":\"gomc850315hdfrrr07.mx+00000000+AQ==\"}", "good", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(records); i++) {
        const char *likely = records[i].likely == NULL ? records[i].certain : records[i].likely;
        assert_string_equal(asked(records[i].kind, records[i].json, PERSONS_CERTAIN, NULL),
                            records[i].certain);
        assert_string_equal(asked(records[i].kind, records[i].json, PERSONS_LIKELY, NULL), likely);
    }
}

/* An old warrant's reference is repeated as it is, where the request points at it. */
static void what_the_warrant_says_may_be_said(void **state)
{
    static const char old[] = "{\"warrant\":{\"ref\":\"7/2026 \"}}";
    (void)state;
    assert_string_equal(asked(KIND_REQUEST, old, PERSONS_LIKELY, "7/2026 "), "good");
    assert_string_equal(asked(KIND_REQUEST, old, PERSONS_LIKELY, "7/2026"),
                        "TEXT_SPACE warrant.ref: U+0020 at character 7");
    assert_string_equal(
        asked(KIND_REQUEST, "{\"warrant\":{\"court\":\"" CURP "\"}}", PERSONS_LIKELY, CURP),
        "PERSON_PLAIN warrant.court (CURP)");
    assert_string_equal(
        asked(KIND_ENROLL, "{\"vkey\":\"a\u00adb+00000000+AQ==\"}", PERSONS_LIKELY, NULL), "good");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_written_in_one_way),
        cmocka_unit_test(a_curp_that_stands_by_itself_is_certain),
        cmocka_unit_test(other_shapes_are_likely),
        cmocka_unit_test(every_text_of_a_record_is_asked),
        cmocka_unit_test(what_the_warrant_says_may_be_said),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
