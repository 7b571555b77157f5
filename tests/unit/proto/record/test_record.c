#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/record/record.h"
#include "proto/tlog/signing.h"

static struct log l;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    return 0;
}

/* Parses a note; fails unless it is refused for that reason (or REASON_NONE: good). */
static void expect(struct span note, enum reason reason)
{
    struct record r;
    struct refusal why = { .reason = REASON_NONE };
    int got = record_parse(&r, note, &why);
    if ((got == 0) != (reason == REASON_NONE) || why.reason != reason)
        fail_msg("%s (%s) instead of %s for %.*s", reason_name(why.reason), why.subject,
                 reason_name(reason), (int)(note.n < 200 ? note.n : 200), (const char *)note.p);
    if (got == 0)
        record_free(&r);
}

/* Signs a text of any form. */
static void expect_text(const char *text, enum reason reason)
{
    struct buf note = { 0 };
    note_sign(&note, span_str(text), &l.who[JUDGE].key);
    expect(buf_span(&note), reason);
    buf_free(&note);
}

#define GOOD_LINE                                                                                  \
    "{\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"at\":\"2026-11-21T16:00:00.000Z\","        \
    "\"under\""                                                                                    \
    ":{\"entry\":1,\"hash\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"},\"blob\":"           \
    "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\",\"order\":"                                  \
    "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}"
#define GOOD_TEXT "bitacora/v1 erasure\n" GOOD_LINE "\n"

static void a_record_is_read_into_its_parts(void **state)
{
    struct buf note = { 0 };
    struct record r;
    struct refusal why;
    int64_t until = 5;
    (void)state;
    note_sign(&note, span_str(GOOD_TEXT), &l.who[JUDGE].key);
    assert_int_equal(record_parse(&r, buf_span(&note), &why), 0);
    assert_int_equal(r.kind, KIND_ERASURE);
    assert_true(span_eq(r.note, buf_span(&note)) && span_is(r.text, GOOD_TEXT));
    assert_true(span_is(r.signer, l.who[JUDGE].key.vkey.name));
    assert_int_equal(r.key_id, l.who[JUDGE].key.vkey.id);
    assert_true(r.at == INT64_C(1795276800000));
    assert_memory_equal(r.id, "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef",
                        16);
    assert_int_equal(r.under.entry, 1);
    assert_int_equal(r.under.hash[31], 31);
    assert_true(record_signed_by(&r, &l.who[JUDGE].key.vkey));
    assert_string_equal(record_string(&r, "id"), "01234567-89ab-cdef-0123-456789abcdef");
    assert_null(record_string(&r, "until"));
    assert_false(record_time(&r, "until", &until));
    assert_true(record_time(&r, "at", &until) && until == r.at);
    assert_false(record_time(&r, "blob", &until));
    record_free(&r);
    record_free(&r); /* harmless */
    buf_free(&note);
}

static void a_signature_is_one_key_s_over_the_text(void **state)
{
    struct buf note = { 0 };
    struct record r;
    struct refusal why;
    struct vkey k;
    (void)state;
    note_sign(&note, span_str(GOOD_TEXT), &l.who[JUDGE].key);
    assert_int_equal(record_parse(&r, buf_span(&note), &why), 0);
    assert_false(record_signed_by(&r, &l.who[HOLDER].key.vkey));
    k = l.who[JUDGE].key.vkey;
    k.name[0]++;
    assert_false(record_signed_by(&r, &k)); /* the same key under another name */
    k = l.who[JUDGE].key.vkey;
    k.id ^= 1;
    assert_false(record_signed_by(&r, &k));
    k = l.who[JUDGE].key.vkey;
    k.type = KEY_COSIGNATURE;
    assert_false(record_signed_by(&r, &k));
    r.text.n--;
    assert_false(record_signed_by(&r, &l.who[JUDGE].key.vkey));
    r.text.n++;
    r.signature[0] ^= 1;
    assert_false(record_signed_by(&r, &l.who[JUDGE].key.vkey));
    record_free(&r);
    buf_free(&note);
}

static void what_is_signed_can_be_read_again(void **state)
{
    struct buf note = { 0 };
    (void)state;
    record_sign(&note, KIND_ERASURE, GOOD_LINE, &l.who[JUDGE].key);
    expect(buf_span(&note), REASON_NONE);
    buf_free(&note);
}

static void the_text_is_exactly_two_lines(void **state)
{
    (void)state;
    expect_text(GOOD_TEXT, REASON_NONE);
    expect_text("bitacora/v1 erasure\n", REASON_RECORD_FORM);
    expect_text(GOOD_TEXT "\n", REASON_RECORD_FORM);
    expect_text(GOOD_TEXT "more\n", REASON_RECORD_FORM);
    expect_text("\n" GOOD_TEXT, REASON_RECORD_FORM);
    expect_text("bitacora/v1 erasure\n\n" GOOD_LINE "\n", REASON_RECORD_FORM);
    expect_text("bitacora/v1 erasure\n\n", REASON_JSON_FORM);
}

static void the_first_line_names_version_and_kind(void **state)
{
    static const struct {
        const char *line;
        enum reason reason;
    } cases[] = {
        { "bitacora/v1 erasures", REASON_KIND_UNKNOWN },
        { "bitacora/v1 Erasure", REASON_KIND_UNKNOWN },
        { "bitacora/v1 erasure ", REASON_KIND_UNKNOWN },
        { "bitacora/v1  erasure", REASON_KIND_UNKNOWN },
        { "bitacora/v1 entry", REASON_KIND_UNKNOWN },
        { "bitacora/v1 token", REASON_KIND_UNKNOWN },
        { "bitacora/v1 ", REASON_RECORD_FORM },
        { "bitacora/v1", REASON_RECORD_FORM },
        { "bitacora/v0 erasure", REASON_RECORD_FORM },
        { "bitacora/v01 erasure", REASON_RECORD_FORM },
        { "bitacora/v erasure", REASON_RECORD_FORM },
        { "bitacora/v-2 erasure", REASON_RECORD_FORM },
        { "bitacora/v2a erasure", REASON_RECORD_FORM },
        { "bitacora/1 erasure", REASON_RECORD_FORM },
        { "Bitacora/v1 erasure", REASON_RECORD_FORM },
        { "Bitacora/v2 erasure", REASON_RECORD_FORM },
        { "bitacora/v1.0 erasure", REASON_RECORD_FORM },
        { " bitacora/v1 erasure", REASON_RECORD_FORM },
        { "erasure", REASON_RECORD_FORM },
        { "bitacora/v2 erasure", REASON_VERSION },
        { "bitacora/v2 anything at all", REASON_VERSION },
        { "bitacora/v10 erasure", REASON_VERSION },
        { "bitacora/v9223372036854775808 erasure", REASON_VERSION },
        { "bitacora/v99999999999999999999999 erasure", REASON_VERSION },
        { "bitacora/v9999999999999999999999x erasure", REASON_RECORD_FORM },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_text(text_of("%s\n" GOOD_LINE "\n", cases[i].line), cases[i].reason);
}

/* A later version may look different in any way but its first line. */
static void a_later_version_is_known_by_its_first_line_alone(void **state)
{
    (void)state;
    expect(span_str("bitacora/v2 x\n"), REASON_VERSION);
    expect(span_str("bitacora/v2 x\n\x01\xff"), REASON_VERSION);
    expect(span_str("bitacora/v2 x"), REASON_RECORD_FORM); /* no line */
    expect(span_str("bitacora/v1 x\n"), REASON_NOTE_FORM);
    expect(span_str(""), REASON_RECORD_FORM);
}

/* Everything about the second line is json's and kind's; here only that it gets there. */
static void the_second_line_is_strict_json_of_its_kind(void **state)
{
    static const struct {
        const char *line;
        enum reason reason;
    } cases[] = {
        { " " GOOD_LINE, REASON_JSON_FORM },
        { GOOD_LINE " ", REASON_JSON_FORM },
        { GOOD_LINE "\t", REASON_NOTE_FORM }, /* a note has no tab at all */
        { "{\"id\":1,\"id\":2}", REASON_JSON_DUPLICATE },
        { "{\"\\u0069d\":1,\"id\":2}", REASON_JSON_DUPLICATE },
        { "{\"id\":\"\\u202e\"}", REASON_JSON_CHARACTER },
        { "{\"id\":-0}", REASON_JSON_NUMBER },
        { "{\"a\":[[[[[[[[1]]]]]]]]}", REASON_JSON_DEPTH },
        { "{}", REASON_MEMBER_MISSING },
        { "{\"x\":1}", REASON_MEMBER_UNKNOWN },
        { "{\"id\":\"x\"}", REASON_MEMBER_WRONG },
        { "[]", REASON_JSON_FORM },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_text(text_of("bitacora/v1 erasure\n%s\n", cases[i].line), cases[i].reason);
}

/* A request whose text has exactly n bytes, all of it within the caps of its members. */
static void text_of_length(struct buf *out, size_t n)
{
    buf_adds(out, "bitacora/v1 warrant\n");
    buf_adds(out, "{\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"at\":"
                  "\"2026-11-21T16:00:00.000Z\",\"under\":{\"entry\":1,\"hash\":"
                  "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"},\"matter\":\"m\",\"used_by\":["
                  "\"u\"],\"categories\":[\"c\"],\"window\":{\"from\":\"2026-11-21T16:00:00.000Z\","
                  "\"until\":\"2026-12-21T16:00:00.000Z\"},\"ref\":");
    while (out->n < n - 5)
        buf_adds(out, " ");
    buf_adds(out, "\"x\"}\n");
}

static void the_text_has_at_most_48_kib(void **state)
{
    (void)state;
    for (int extra = 0; extra <= 1; extra++) {
        struct buf text = { 0 }, note = { 0 };
        text_of_length(&text, RECORD_TEXT_MAX + (size_t)extra);
        assert_int_equal(text.n, RECORD_TEXT_MAX + (size_t)extra);
        note_sign(&note, buf_span(&text), &l.who[JUDGE].key);
        expect(buf_span(&note), extra ? REASON_RECORD_TOO_LARGE : REASON_NONE);
        buf_free(&text);
        buf_free(&note);
    }
}

/* ---- the signature line -------------------------------------------------------------------- */

static void there_is_exactly_one_signature_line(void **state)
{
    struct buf note = { 0 }, other = { 0 };
    (void)state;
    note_sign(&note, span_str(GOOD_TEXT), &l.who[JUDGE].key);
    note_sign(&other, span_str(GOOD_TEXT), &l.who[HOLDER].key);
    buf_adds(&note, strstr(buf_str(&other), "\n\n") + 2);
    expect(buf_span(&note), REASON_RECORD_FORM);
    expect(span_str(GOOD_TEXT), REASON_NOTE_FORM);
    expect(span_str(GOOD_TEXT "\n"), REASON_NOTE_FORM);
    buf_free(&note);
    buf_free(&other);
}

static void only_plain_names_sign(void **state)
{
    static const char *const bad[] = { "A", "Juez", "ñ", "_a", "a:b", "a@b" };
    static const uint8_t seed[32] = { 1 };
    char longest[SIGNER_NAME_MAX + 2];
    (void)state;
    memset(longest, 'a', sizeof longest);
    for (size_t i = 0; i < COUNT(bad) + 2; i++) {
        struct buf note = { 0 };
        struct skey k;
        struct span name = i < COUNT(bad) ? span_str(bad[i])
                                          : span_of(longest, SIGNER_NAME_MAX + (i - COUNT(bad)));
        skey_from_seed(&k, name, KEY_NOTE, seed);
        note_sign(&note, span_str(GOOD_TEXT), &k);
        expect(buf_span(&note), i == COUNT(bad) ? REASON_NONE : REASON_RECORD_FORM);
        buf_free(&note);
    }
}

static void only_ed25519_signs(void **state)
{
    static const size_t lengths[] = { 1, 63, 65, 72, 2420 };
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct buf note = { 0 };
        uint8_t raw[4 + 2420] = { 1, 2, 3, 4 };
        buf_adds(&note, GOOD_TEXT "\n\xE2\x80\x94 juez.mx ");
        buf_add_base64(&note, raw, 4 + lengths[i]);
        buf_adds(&note, "\n");
        expect(buf_span(&note), REASON_RECORD_FORM);
        buf_free(&note);
    }
}

/* No byte behind the note, and none that a line-based reader would take differently. */
static void notes_are_not_padded(void **state)
{
    struct buf note = { 0 };
    (void)state;
    note_sign(&note, span_str(GOOD_TEXT), &l.who[JUDGE].key);
    buf_adds(&note, "\n");
    expect(buf_span(&note), REASON_NOTE_FORM);
    note.n--;
    expect(span_of(note.p, note.n - 1), REASON_NOTE_FORM);
    expect(buf_span(&note), REASON_NONE);
    buf_free(&note);
}

static void every_flipped_bit_changes_form_or_signature(void **state)
{
    struct buf note = { 0 };
    struct record r;
    struct refusal why;
    (void)state;
    note_sign(&note, span_str(GOOD_TEXT), &l.who[JUDGE].key);
    for (size_t bit = 0; bit < 8 * note.n; bit++) {
        note.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (record_parse(&r, buf_span(&note), &why) == 0) {
            if (record_signed_by(&r, &l.who[JUDGE].key.vkey))
                fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
            record_free(&r);
        }
        note.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_free(&note);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_is_read_into_its_parts),
        TEST(a_signature_is_one_key_s_over_the_text),
        TEST(what_is_signed_can_be_read_again),
        TEST(the_text_is_exactly_two_lines),
        TEST(the_first_line_names_version_and_kind),
        TEST(a_later_version_is_known_by_its_first_line_alone),
        TEST(the_second_line_is_strict_json_of_its_kind),
        TEST(the_text_has_at_most_48_kib),
        TEST(there_is_exactly_one_signature_line),
        TEST(only_plain_names_sign),
        TEST(only_ed25519_signs),
        TEST(notes_are_not_padded),
        TEST(every_flipped_bit_changes_form_or_signature),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
