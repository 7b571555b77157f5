/* Records whose signatures were checked ahead, alone or eight at a time: a hint is believed of the
 * very bytes that it is about, and of no others. */
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

/* ---- signatures that were checked ahead -------------------------------------------------------- */

static bool give_key(void *ctx, struct span name, uint32_t id, uint8_t key[static PUBLIC_KEY_BYTES])
{
    const struct vkey *k = ctx;
    (void)name;
    (void)id;
    memcpy(key, k->key, PUBLIC_KEY_BYTES);
    return true;
}

static bool give_nothing(void *ctx, struct span name, uint32_t id,
                         uint8_t key[static PUBLIC_KEY_BYTES])
{
    (void)ctx;
    (void)name;
    (void)id;
    (void)key;
    return false;
}

static void only_good_signatures_are_noted(void **state)
{
    struct vkey judge = l.who[JUDGE].key.vkey, other = l.who[REQUESTER].key.vkey;
    struct checked_note c = { .good = true };
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_WARRANT));
    record_check(&c, buf_span(&note), give_key, &judge);
    assert_true(c.good);
    record_check(&c, buf_span(&note), give_key, &other);
    assert_false(c.good);
    c.good = true;
    record_check(&c, buf_span(&note), give_nothing, NULL);
    assert_false(c.good);
    /* Each after a good one: nothing of that is believed of what cannot be split. */
    struct buf two = { 0 };
    buf_add_span(&two, buf_span(&note));
    buf_adds(&two, strstr(buf_str(&note), "\n\n") + 2);
    const struct span bad[] = { span_str("x"), span_of(note.p, note.n - 1), buf_span(&two) };
    for (size_t i = 0; i < COUNT(bad); i++) {
        record_check(&c, buf_span(&note), give_key, &judge);
        assert_true(c.good);
        record_check(&c, bad[i], give_key, &judge);
        assert_false(c.good);
    }
    buf_free(&two);
    const size_t text =
        l.n == 0 ? 0 : (size_t)(strstr(buf_str(&note), "\n\n") + 1 - (char *)note.p);
    for (size_t i = 0; i < text; i++) {
        note.p[i] ^= 1;
        c.good = true;
        record_check(&c, buf_span(&note), give_key, &judge);
        if (c.good &&
            i < note.n - 100) /* not the key's name and id: who asks later compares these */
            fail_msg("byte %zu altered, and good", i);
        note.p[i] ^= 1;
    }
    buf_free(&note);
}

/* Text, signature and key are those that were checked, or the signature is verified. */
static void what_was_checked_is_believed_of_these_bytes_only(void **state)
{
    struct vkey judge = l.who[JUDGE].key.vkey, other = judge;
    struct checked_note c;
    struct buf note = { 0 }, copy = { 0 };
    struct record r, s;
    struct refusal why;
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_WARRANT));
    buf_add_span(&copy, buf_span(&note));
    record_check(&c, buf_span(&note), give_key, &judge);
    assert_int_equal(record_parse(&r, buf_span(&note), &why), 0);
    assert_null(r.checked);
    r.checked = &c;
    assert_true(record_signed_by(&r, &judge));

    uint8_t *byte = (uint8_t *)(uintptr_t)strstr(buf_str(&note), "warrant");
    *byte ^= 1; /* it must not change: here one sees that it is not verified again */
    assert_true(record_signed_by(&r, &judge));
    r.signature[40] ^= 1;
    assert_false(record_signed_by(&r, &judge));
    r.signature[40] ^= 1;
    memcpy(other.key, l.who[REQUESTER].key.vkey.key, PUBLIC_KEY_BYTES);
    assert_false(record_signed_by(&r, &other));
    other = judge;
    other.id ^= 1;
    assert_false(record_signed_by(&r, &other));
    other = judge;
    other.name[0] ^= 1;
    assert_false(record_signed_by(&r, &other));
    c.good = false;
    assert_false(record_signed_by(&r, &judge));
    c.good = true;
    *byte ^= 1;

    byte = (uint8_t *)(uintptr_t)strstr(buf_str(&copy), "\"ref\":\"") + 7;
    *byte ^= 1; /* the same note elsewhere, with another text of the same length */
    assert_int_equal(record_parse(&s, buf_span(&copy), &why), 0);
    s.checked = &c;
    assert_int_equal(s.text.n, r.text.n);
    assert_memory_equal(s.signature, r.signature, SIGNATURE_BYTES);
    assert_false(record_signed_by(&s, &judge));
    record_free(&r);
    record_free(&s);
    buf_free(&note);
    buf_free(&copy);
}

/* What was split ahead says the same as the note itself, is not split again, and is not taken for another note. */
static void what_was_split_is_believed_of_these_bytes_only(void **state)
{
    struct vkey judge = l.who[JUDGE].key.vkey;
    struct checked_note c;
    struct buf note = { 0 }, copy = { 0 };
    struct record whole, ahead;
    struct refusal why;
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_WARRANT));
    buf_add_span(&copy, buf_span(&note));
    record_check(&c, buf_span(&note), give_key, &judge);
    assert_int_equal(record_parse(&whole, buf_span(&note), &why), 0);
    assert_int_equal(record_parse_checked(&ahead, buf_span(&note), &c, &why), 0);
    assert_true(ahead.text.p == whole.text.p && ahead.text.n == whole.text.n);
    assert_true(ahead.signer.p == whole.signer.p && ahead.signer.n == whole.signer.n);
    assert_int_equal(ahead.key_id, whole.key_id);
    assert_memory_equal(ahead.signature, whole.signature, SIGNATURE_BYTES);
    assert_true(record_signed_by(&ahead, &judge));
    record_free(&ahead);

    c.key_id ^= 1; /* it must not change: here one sees that the note is not split again */
    assert_int_equal(record_parse_checked(&ahead, buf_span(&note), &c, &why), 0);
    assert_int_equal(ahead.key_id, whole.key_id ^ 1);
    record_free(&ahead);
    assert_int_equal(record_parse_checked(&ahead, buf_span(&copy), &c, &why), 0);
    assert_int_equal(ahead.key_id, whole.key_id);
    record_free(&ahead);
    /* The same place, one signature line more. */
    const uint8_t *line = (const uint8_t *)strstr(buf_str(&note), "\n\n") + 2;
    size_t length = (size_t)(note.p + note.n - line);
    struct buf two = { 0 };
    buf_add_span(&two, buf_span(&note));
    buf_add_span(&two, span_of(line, length));
    c.note.p = two.p;
    assert_int_equal(record_parse_checked(&ahead, buf_span(&two), &c, &why), -1);
    c.note = buf_span(&note);
    c.text = span_str("bitacora/v1 unheard\n{}\n"); /* a good signature is none of the form */
    assert_int_equal(record_parse_checked(&ahead, buf_span(&note), &c, &why), -1);
    assert_int_equal(why.reason, REASON_KIND_UNKNOWN);
    c.good = false;
    assert_int_equal(record_parse_checked(&ahead, buf_span(&note), &c, &why), 0);
    assert_int_equal(ahead.key_id, whole.key_id);
    record_free(&ahead);
    record_free(&whole);
    buf_free(&note);
    buf_free(&copy);
    buf_free(&two);
}

static void a_version_is_read_from_its_line_alone(void **state)
{
    static const struct {
        const char *line;
        uint64_t version;
    } cases[] = {
        { "bitacora/v1 x", 1 },
        { "bitacora/v23 x", 23 },
        { "bitacora/v99999999999999999999 x", UINT64_MAX },
        { "bitacora/v1", 0 },
        { "bitacora/v1 ", 0 },
        { "bitacora/v", 0 },
        { "bitacora/v x", 0 },
        { "bitacora/v0 x", 0 },
        { "bitacora/v01 x", 0 },
        { "bitacora/va1 x", 0 },
        { "bitacora/v1a x", 0 },
        { "bitacora/v:1 x", 0 },
        { "", 0 },
        { "x", 0 },
        { "bitacora/v99999999999999999999a x", 0 },
    };
    struct span word;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (version_line(fenced(span_str(cases[i].line)), &word) != cases[i].version)
            fail_msg("%s", cases[i].line);
}

/* ---- eight at a time ------------------------------------------------------------------------- */

static int lanes(void *ctx, const struct sig_lanes *of)
{
    int mask = 0;
    (void)ctx;
    for (unsigned i = 0; i < SIG_LANES; i++) {
        uint8_t signature[SIGNATURE_BYTES];
        memcpy(signature, of->r[i], 32);
        memcpy(signature + 32, of->s[i], 32);
        mask |= signature_good(of->key[i], span_of(of->message[i], of->length[i]), signature) << i;
    }
    return mask;
}

static bool any_key(void *ctx, struct span name, uint32_t key_id,
                    uint8_t key[static PUBLIC_KEY_BYTES])
{
    (void)ctx;
    (void)name;
    for (int who = 0; who < WHO_COUNT; who++)
        if (l.who[who].key.vkey.id == key_id)
            memcpy(key, l.who[who].key.vkey.key, PUBLIC_KEY_BYTES);
    return true;
}

static void gather_one(struct note_gather *g, struct buf *note, struct checked_note *out,
                       enum who who, enum kind kind)
{
    buf_clear(note);
    log_note(note, &l, &BY(who, kind));
    record_gather(g, out, buf_span(note));
}

/* Requests and responses wait until eight are there, or nobody else comes. */
static void the_mass_is_gathered(void **state)
{
    struct sig_verifier verifier = { .lanes = lanes };
    struct buf note[SIG_LANES + 1] = { { 0 } };
    struct checked_note out[SIG_LANES + 1];
    (void)state;
    struct note_gather g = { .key = any_key, .verifier = &verifier };
    for (unsigned i = 0; i < SIG_LANES; i++) {
        assert_int_equal(g.n, i);
        gather_one(&g, &note[i], &out[i], i % 2 == 0 ? REQUESTER : HOLDER,
                   i % 2 == 0 ? KIND_REQUEST : KIND_RESPONSE);
        assert_int_equal(out[0].good, i + 1 == SIG_LANES);
    }
    assert_int_equal(g.n, 0);
    for (unsigned i = 0; i < SIG_LANES; i++)
        assert_true(out[i].good);
    assert_true(verifier.by_lanes > 0);
    for (unsigned i = 0; i < 5; i++)
        gather_one(&g, &note[i], &out[i], REQUESTER, KIND_REQUEST);
    char *persons = strstr((char *)note[3].p, "\"persons\":1");
    assert_non_null(persons);
    persons[10] = '2';
    assert_int_equal(g.n, 5);
    record_gather_end(&g);
    assert_int_equal(g.n, 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(out[i].good, i != 3);
    for (unsigned i = 0; i < COUNT(note); i++)
        buf_free(&note[i]);
}

/* All else is judged at once, by libsodium. */
static void what_is_not_of_the_mass_is_judged_at_once(void **state)
{
    static const struct {
        enum who who;
        enum kind kind;
    } others[] = { { THE_LOG, KIND_GENESIS }, { REGISTRAR, KIND_ENROLL }, { JUDGE, KIND_WARRANT },
                   { JUDGE, KIND_EXTENSION }, { AUDITOR, KIND_ANCHOR },   { THE_LOG, KIND_INDEX } };
    struct sig_verifier verifier = { .lanes = lanes };
    struct buf note = { 0 };
    struct checked_note out;
    (void)state;
    struct note_gather g = { .key = any_key, .verifier = &verifier };
    for (size_t i = 0; i < COUNT(others); i++) {
        gather_one(&g, &note, &out, others[i].who, others[i].kind);
        assert_true(out.good);
        assert_int_equal(g.n, 0);
    }
    /* Nor does a signature wait that lanes do not take: S is not below the order. */
    struct note split;
    struct refusal why;
    struct buf high = { 0 };
    gather_one(&g, &note, &out, REQUESTER, KIND_REQUEST);
    assert_int_equal(g.n, 1);
    record_gather_end(&g);
    assert_int_equal(note_parse(&split, buf_span(&note), &why), 0);
    uint8_t bytes[4 + SIGNATURE_BYTES];
    const uint8_t *line = split.text.p + split.text.n + 1;
    const uint8_t *space = memrchr(line, ' ', (size_t)(note.p + note.n - line));
    struct span code = span_of(space + 1, (size_t)(note.p + note.n - space) - 2);
    assert_int_equal(base64_decode_exact(bytes, sizeof bytes, code), 0);
    bytes[sizeof bytes - 1] |= 0xF0;
    buf_add(&high, note.p, (size_t)(space + 1 - note.p));
    buf_add_base64(&high, bytes, sizeof bytes);
    buf_adds(&high, "\n");
    record_gather(&g, &out, buf_span(&high));
    assert_int_equal(g.n, 0);
    assert_false(out.good);
    /* Without lanes nobody waits. */
    g.verifier = NULL;
    gather_one(&g, &note, &out, REQUESTER, KIND_REQUEST);
    assert_true(out.good);
    assert_int_equal(g.n, 0);
    buf_free(&high);
    buf_free(&note);
}

static void a_text_is_judged_before_it_is_signed(void **state)
{
    struct record r;
    struct refusal why;
    struct buf text = { 0 };
    (void)state;
    record_text(&text, KIND_GENESIS,
                text_of("{\"at\":\"2026-11-21T15:00:00.000Z\",%s}", log_members(&l, KIND_GENESIS)));
    assert_int_equal(record_parse_text(&r, buf_span(&text), &why), 0);
    assert_int_equal(r.kind, KIND_GENESIS);
    assert_int_equal(r.signer.n, 0);
    record_free(&r);
    assert_int_equal(record_parse_text(&r, span_of(text.p, text.n - 1), &why), -1);
    assert_int_equal(why.reason, REASON_RECORD_FORM);
    buf_clear(&text);
    record_text(&text, KIND_GENESIS, "{}");
    assert_int_equal(record_parse_text(&r, buf_span(&text), &why), -1);
    assert_int_equal(why.reason, REASON_MEMBER_MISSING);
    buf_free(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_good_signatures_are_noted),
        TEST(what_was_checked_is_believed_of_these_bytes_only),
        TEST(what_was_split_is_believed_of_these_bytes_only),
        TEST(a_version_is_read_from_its_line_alone),
        TEST(the_mass_is_gathered),
        TEST(what_is_not_of_the_mass_is_judged_at_once),
        TEST(a_text_is_judged_before_it_is_signed),
    };
    return cmocka_run_group_tests_name("record_ahead", tests, NULL, NULL);
}
