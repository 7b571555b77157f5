/* bitacora.h: keys, records, sealing, tokens, presentations, and what a log answers. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "proto/base/base64.h"
#include "proto/judge/presentation.h"
#include "proto/judge/token.h"
#include "proto/record/opening.h"
#include "proto/tlog/sealed_key.h"

#define T0 INT64_C(1795276800000) /* 2026-11-21T16:00:00.000Z */
#define MEMBERS                                                                                    \
    "{\n  \"holder\": \"mx.holder\",\n  \"outcome\": \"full\",\n"                                  \
    "  \"received_at\": \"2026-11-21T15:00:00.000Z\"\n}\n"

static bitacora_key *key_of(enum who who)
{
    struct buf text = { 0 };
    bitacora_key *k;
    skey_format(&text, &l.who[who].key);
    assert_int_equal(bitacora_key_parse(ctx, text.p, text.n, &k), BITACORA_PROVEN);
    buf_free(&text);
    return k;
}

static bitacora_ref ref_of(uint64_t index)
{
    bitacora_ref ref = { .entry = index };
    memcpy(ref.hash, l.leaf[index].b, HASH_BYTES);
    return ref;
}

static bitacora_receipt *verified(uint64_t index)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    receipt_of(&text, &l, index, log_seconds());
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    buf_free(&text);
    return r;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void a_key_is_read_and_named(void **state)
{
    (void)state;
    bitacora_key *k = key_of(HOLDER);
    assert_string_equal(bitacora_key_name(k), l.who[HOLDER].key.vkey.name);
    assert_string_equal(bitacora_key_verifier(k), vkey_text(&l, HOLDER));
    bitacora_key_free(k);
}

static void expect_no_key(const char *text, size_t n)
{
    bitacora_key *k;
    assert_int_equal(bitacora_key_parse(ctx, text, n, &k), BITACORA_USAGE);
    only("key_file", BITACORA_USAGE);
    assert_null(k);
}

static void what_is_no_signers_key_is_refused(void **state)
{
    (void)state;
    struct buf text = { 0 };
    struct skey odd;
    expect_no_key("", 0);
    expect_no_key("x", 1);
    expect_no_key(vkey_text(&l, HOLDER), strlen(vkey_text(&l, HOLDER)));
    skey_format(&text, &witness); /* it signs cosignatures */
    expect_no_key((const char *)text.p, text.n);
    buf_clear(&text);
    skey_generate(&odd, span_str("Upper.example"), KEY_NOTE);
    skey_format(&text, &odd);
    expect_no_key((const char *)text.p, text.n);
    buf_clear(&text);
    skey_format(&text, &l.who[HOLDER].key);
    buf_adds(&text, "\n");
    expect_no_key((const char *)text.p, text.n);
    text.p[20] ^= 1;
    expect_no_key((const char *)text.p, text.n - 1);
    buf_free(&text);
}

/* ---- records --------------------------------------------------------------------------------- */

static bitacora_result sign(bitacora_key *k, const char *kind, const char *members,
                            const bitacora_ref *under, struct buf *note)
{
    char *bytes;
    size_t n;
    bitacora_result result = bitacora_record_sign(ctx, k, kind, members, under, T0, &bytes, &n);
    assert_true((result == BITACORA_PROVEN) == (bytes != NULL));
    if (bytes != NULL)
        buf_add(note, bytes, n);
    bitacora_free(bytes);
    return result;
}

static void a_key_under_a_passphrase_is_opened(void **state)
{
    const struct sealed_key_cost least = { .memory = SEALED_KEY_MEMORY_MIN, .passes = 1 };
    struct buf text = { 0 };
    const char *cause;
    bitacora_key *k;
    (void)state;
    assert_int_equal(sealed_key_make(&text, &l.who[HOLDER].key, span_str("horse"), &least, &cause),
                     0);
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, "horse", 5, &k), BITACORA_PROVEN);
    assert_string_equal(bitacora_key_verifier(k), vkey_text(&l, HOLDER));
    bitacora_key_free(k);
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, "horsf", 5, &k), BITACORA_USAGE);
    only("key_file", BITACORA_USAGE);
    assert_null(k);
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, "", 0, &k), BITACORA_USAGE);
    only("key_file", BITACORA_USAGE);
    expect_no_key((const char *)text.p, text.n); /* not without one */
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, NULL, 0, &k), BITACORA_MISUSE);
    assert_int_equal(bitacora_key_open(ctx, NULL, 1, "horse", 5, &k), BITACORA_MISUSE);
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, "horse", 5, NULL), BITACORA_MISUSE);
    buf_clear(&text); /* it signs cosignatures */
    assert_int_equal(sealed_key_make(&text, &witness, span_str("horse"), &least, &cause), 0);
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, "horse", 5, &k), BITACORA_USAGE);
    only("key_file", BITACORA_USAGE);
    buf_clear(&text); /* it is under none */
    skey_format(&text, &l.who[HOLDER].key);
    assert_int_equal(bitacora_key_open(ctx, text.p, text.n, "horse", 5, &k), BITACORA_USAGE);
    only("key_file", BITACORA_USAGE);
    buf_free(&text);
}

static void what_is_absent_is_filled_in(void **state)
{
    (void)state;
    bitacora_key *k = key_of(HOLDER);
    bitacora_ref under = ref_of(l.who[HOLDER].entry);
    struct buf note = { 0 }, again = { 0 };
    struct record r;
    struct refusal why;
    assert_int_equal(sign(k, "response", MEMBERS, &under, &note), BITACORA_PROVEN);
    assert_int_equal(record_parse(&r, buf_span(&note), &why), 0);
    assert_int_equal(r.kind, KIND_RESPONSE);
    assert_true(record_signed_by(&r, &l.who[HOLDER].key.vkey));
    assert_true(r.at == T0 && r.under.entry == under.entry);
    assert_memory_equal(r.under.hash, under.hash, HASH_BYTES);
    assert_int_equal(r.id[6] >> 4, 7);
    assert_int_equal(r.id[8] >> 6, 2);
    assert_string_equal(record_string(&r, "outcome"), "full");
    record_free(&r);
    assert_int_equal(sign(k, "response", MEMBERS, &under, &again), BITACORA_PROVEN);
    assert_false(span_eq(buf_span(&note), buf_span(&again))); /* another id */
    bitacora_key_free(k);
    buf_free(&note);
    buf_free(&again);
}

static void what_is_there_is_kept(void **state)
{
    (void)state;
    bitacora_key *k = key_of(HOLDER);
    bitacora_ref under = ref_of(0);
    struct buf note = { 0 }, again = { 0 };
    struct record r;
    struct refusal why;
    const char *members =
        text_of("{\"id\":\"0193a1b2-0000-7000-8000-00000000000a\",\"at\":"
                "\"2026-11-21T15:30:00.000Z\",\"under\":%s,\"holder\":\"mx.holder\",\"outcome\":"
                "\"full\",\"received_at\":\"2026-11-21T15:00:00.000Z\"}",
                log_ref(&l, l.who[HOLDER].entry));
    assert_int_equal(sign(k, "response", members, &under, &note), BITACORA_PROVEN);
    assert_int_equal(sign(k, "response", members, NULL, &again), BITACORA_PROVEN);
    assert_true(span_eq(buf_span(&note), buf_span(&again)));
    assert_int_equal(record_parse(&r, buf_span(&note), &why), 0);
    assert_true(r.at == T0 - 1800000 && r.id[15] == 10);
    assert_int_equal(r.under.entry, l.who[HOLDER].entry);
    record_free(&r);
    bitacora_key_free(k);
    buf_free(&note);
    buf_free(&again);
}

static void what_has_not_its_form_is_not_signed(void **state)
{
    (void)state;
    bitacora_key *k = key_of(HOLDER);
    bitacora_ref under = ref_of(l.who[HOLDER].entry);
    struct buf note = { 0 };
    static const char *const bad[][2] = {
        { "response", "" },
        { "response", "[]" },
        { "response", "{\"holder\":" },
        { "response", "{\"holder\":\"a\",\"holder\":\"a\"}" },
        { "response", "{}" },
        { "response", "{\"holder\":1}" },
        { "response", "{\"holder\":\"mx.holder\",\"outcome\":\"full\",\"received_at\":\"2026\"}" },
        { "response", "{\"holder\":\"mx.holder\",\"outcome\":\"full\",\"received_at\":"
                      "\"2026-11-21T15:00:00.000Z\",\"more\":true}" },
        { "genesis", MEMBERS },
        { "index", MEMBERS },
        { "Response", MEMBERS },
        { "", MEMBERS },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(sign(k, bad[i][0], bad[i][1], &under, &note), BITACORA_USAGE);
        only("form", BITACORA_USAGE);
    }
    assert_int_equal(sign(k, "response", MEMBERS, NULL, &note), BITACORA_USAGE);
    assert_string_equal(bitacora_finding_subject(bitacora_finding_at(ctx, 0)), "under");
    assert_int_equal(note.n, 0);
    bitacora_key_free(k);
}

/* ---- sealing --------------------------------------------------------------------------------- */

static bitacora_sealed *seal(const bitacora_receipt *to, const char *type, const char *value,
                             const void *again)
{
    bitacora_sealed *s;
    assert_int_equal(bitacora_seal(ctx, to, type, value, again, &s), BITACORA_PROVEN);
    assert_non_null(s);
    return s;
}

static void a_person_is_sealed_to_oversight(void **state)
{
    (void)state;
    struct opening o;
    struct refusal why;
    uint8_t commit[HASH_BYTES];
    char text[48];
    bitacora_receipt *to = verified(l.who[OVERSIGHT].entry);
    bitacora_sealed *s = seal(to, "curp", "gomc850315hdfrrr07", NULL);
    assert_int_equal(opening_unseal(&o, bitacora_sealed_blob(s), &l.who[OVERSIGHT].key, &why), 0);
    assert_string_equal(o.type, "curp");
    assert_string_equal(o.value, "GOMC850315HDFRRR07"); /* as it is committed to */
    opening_commit(commit, &o);
    base64_encode(text, commit, HASH_BYTES);
    const char *member = bitacora_sealed_member(s);
    assert_non_null(strstr(member, text));
    assert_non_null(strstr(member, text_of("\"to\":%s", log_ref(&l, l.who[OVERSIGHT].entry))));
    assert_non_null(strstr(member, "\"type\":\"curp\""));
    assert_int_equal(strlen(bitacora_sealed_name(s)), 64);
    bitacora_sealed *same = seal(to, "curp", "GOMC850315HDFRRR07", bitacora_sealed_opening(s));
    assert_string_equal(bitacora_sealed_member(same), member);
    bitacora_sealed *fresh = seal(to, "curp", "GOMC850315HDFRRR07", NULL);
    assert_string_not_equal(bitacora_sealed_member(fresh), member);
    bitacora_sealed *note = seal(to, "note", "one thing", NULL);
    assert_null(strstr(bitacora_sealed_member(note), "type"));
    bitacora_sealed_free(note);
    bitacora_sealed_free(fresh);
    bitacora_sealed_free(same);
    bitacora_sealed_free(s);
    bitacora_receipt_free(to);
}

static void expect_unsealed(const bitacora_receipt *to, const char *type, const char *value,
                            const void *again, const char *code)
{
    bitacora_sealed *s;
    assert_int_equal(bitacora_seal(ctx, to, type, value, again, &s), BITACORA_USAGE);
    only(code, BITACORA_USAGE);
    assert_null(s);
}

static void nobody_is_sealed_wrongly(void **state)
{
    (void)state;
    uint8_t zero[BITACORA_OPENING_BYTES] = { 0 };
    bitacora_receipt *to = verified(l.who[OVERSIGHT].entry), *other = verified(l.who[HOLDER].entry),
                     *request = verified(l.request);
    bitacora_sealed *s = seal(to, "curp", "GOMC850315HDFRRR07", NULL);
    expect_unsealed(other, "curp", "GOMC850315HDFRRR07", NULL, "oversight");
    expect_unsealed(request, "curp", "GOMC850315HDFRRR07", NULL, "oversight");
    struct buf text = { 0 }; /* what no witness has seen is no reason to name anybody */
    bitacora_receipt *unseen;
    receipt_of(&text, &l, l.who[OVERSIGHT].entry, 0);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &unseen),
                     BITACORA_UNDECIDED);
    expect_unsealed(unseen, "curp", "GOMC850315HDFRRR07", NULL, "oversight");
    bitacora_receipt_free(unseen);
    buf_free(&text);
    expect_unsealed(to, "curp", "GOMC850315HDFRRR08", NULL, "identifier");
    expect_unsealed(to, "curp", "", NULL, "identifier");
    expect_unsealed(to, "curp", "MARP800101MDFRTR03", bitacora_sealed_opening(s), "identifier");
    expect_unsealed(to, "rfc", "GOMC850315HDFRRR07", bitacora_sealed_opening(s), "identifier");
    expect_unsealed(to, "curp", "GOMC850315HDFRRR07", zero, "opening");
    bitacora_sealed_free(s);
    bitacora_receipt_free(to);
    bitacora_receipt_free(other);
    bitacora_receipt_free(request);
}

/* ---- tokens and presentations ---------------------------------------------------------------- */

static void a_token_is_what_the_daemon_reads(void **state)
{
    (void)state;
    bitacora_key *k = key_of(HOLDER);
    bitacora_ref under = ref_of(l.who[HOLDER].entry);
    uint8_t note[TOKEN_NOTE_MAX];
    char *text;
    size_t n, length;
    struct token t;
    struct refusal why;
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/v1/find?id=1", T0,
                                        T0 + 300000, &text, &n),
                     BITACORA_PROVEN);
    assert_int_equal(strlen(text), n);
    assert_int_equal(base64_decode(note, sizeof note, &length, span_of(text, n)), 0);
    assert_int_equal(token_parse(&t, span_of(note, length), &why), 0);
    assert_true(vkey_verify(&l.who[HOLDER].key.vkey, t.text, t.signature));
    assert_string_equal(t.origin, ORIGIN);
    assert_true(t.from == T0 && t.until == T0 + 300000 && t.under.entry == under.entry);
    assert_string_equal(t.method, "GET");
    assert_string_equal(t.path, "/v1/find?id=1");
    bitacora_free(text);
    assert_int_equal(
        bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/", T0, T0 + 300001, &text, &n),
        BITACORA_USAGE);
    only("token", BITACORA_USAGE);
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/", T0, T0, &text, &n),
                     BITACORA_USAGE);
    assert_int_equal(
        bitacora_token_for(ctx, k, "No log", &under, "GET", "/", T0, T0 + 1, &text, &n),
        BITACORA_USAGE);
    assert_int_equal(
        bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/", INT64_MAX - 1, INT64_MAX, &text, &n),
        BITACORA_USAGE);
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, "HEAD", "/", T0, T0 + 1, &text, &n),
                     BITACORA_USAGE);
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "v1", T0, T0 + 1, &text, &n),
                     BITACORA_USAGE);
    under.entry = UINT64_MAX;
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", "/", T0, T0 + 1, &text, &n),
                     BITACORA_USAGE);
    assert_null(text);
    bitacora_key_free(k);
}

static void a_presentation_is_of_the_requests_own_key(void **state)
{
    (void)state;
    bitacora_key *k = key_of(REQUESTER), *stranger = key_of(JUDGE);
    bitacora_receipt *request = verified(l.request), *enrolment = verified(1);
    char *note;
    size_t n;
    struct presentation p;
    struct refusal why;
    assert_int_equal(bitacora_presentation_sign(ctx, k, request, "mx.holder", T0, &note, &n),
                     BITACORA_PROVEN);
    assert_int_equal(presentation_parse(&p, span_of(note, n), &why), 0);
    assert_string_equal(p.holder, "mx.holder");
    assert_int_equal(p.request.entry, l.request);
    assert_true(vkey_verify(&l.who[REQUESTER].key.vkey, p.text, p.signature));
    bitacora_free(note);
    assert_int_equal(bitacora_presentation_sign(ctx, stranger, request, "mx.holder", T0, &note, &n),
                     BITACORA_USAGE);
    only("presentation", BITACORA_USAGE);
    assert_int_equal(bitacora_presentation_sign(ctx, k, request, "no code", T0, &note, &n),
                     BITACORA_USAGE);
    assert_int_equal(bitacora_presentation_sign(ctx, k, enrolment, "mx.holder", T0, &note, &n),
                     BITACORA_USAGE);
    assert_null(note);
    bitacora_key_free(k);
    bitacora_key_free(stranger);
    bitacora_receipt_free(request);
    bitacora_receipt_free(enrolment);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void expect_problem(int status, const char *body, const char *code, const char *detail,
                           bool again)
{
    bitacora_problem *p;
    assert_int_equal(bitacora_problem_read(ctx, status, body, strlen(body), &p), BITACORA_PROVEN);
    assert_string_equal(bitacora_problem_code(p), code);
    assert_string_equal(bitacora_problem_detail(p), detail);
    assert_int_equal(bitacora_problem_again(p), again);
    bitacora_problem_free(p);
}

static void problems_are_read_whatever_they_are(void **state)
{
    (void)state;
    expect_problem(422, "{\"type\":\"/problems/skew\",\"detail\":\"too late\"}", "skew", "too late",
                   false);
    expect_problem(503, "{\"type\":\"https://x/problems/busy\",\"detail\":\"a\\u001b[31m\"}",
                   "busy", "a?[31m", true);
    expect_problem(502, "<html>", "HTTP 502", "HTTP 502", true);
    expect_problem(429, "", "HTTP 429", "HTTP 429", true);
    expect_problem(504, "{}", "HTTP 504", "HTTP 504", true);
    expect_problem(0, "", "HTTP 0", "HTTP 0", true);
    expect_problem(404, "{\"type\":7,\"detail\":[]}", "HTTP 404", "HTTP 404", false);
    expect_problem(500, "{\"type\":\"noslash\"}", "HTTP 500", "HTTP 500", false);
}

static void lists_are_read_as_hints(void **state)
{
    (void)state;
    bitacora_hints *h;
    const char *good = "{\"size\":9,\"entries\":[1,5,\"x\",-1,7],\"next\":7}";
    assert_int_equal(bitacora_hints_read(ctx, good, strlen(good), &h), BITACORA_PROVEN);
    assert_int_equal(bitacora_hints_count(h), 3);
    assert_int_equal(bitacora_hints_at(h, 1), 5);
    assert_int_equal(bitacora_hints_at(h, 2), 7);
    assert_true(bitacora_hints_at(h, 3) == BITACORA_NO_ENTRY);
    assert_int_equal(bitacora_hints_next(h), 7);
    bitacora_hints_free(h);
    good = "{\"entries\":[],\"next\":null}";
    assert_int_equal(bitacora_hints_read(ctx, good, strlen(good), &h), BITACORA_PROVEN);
    assert_int_equal(bitacora_hints_count(h), 0);
    assert_true(bitacora_hints_next(h) == BITACORA_NO_ENTRY);
    bitacora_hints_free(h);
    static const char *const bad[] = { "", "[]", "{}", "{\"entries\":1}", "<html>" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(bitacora_hints_read(ctx, bad[i], strlen(bad[i]), &h), BITACORA_UNDECIDED);
        only("unreadable", BITACORA_UNDECIDED);
        assert_null(h);
    }
}

/* The note of an entry, as it was sent. */
static struct span note_of(uint64_t index)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    return e.note;
}

static void a_receipt_is_of_what_was_sent(void **state)
{
    (void)state;
    struct buf text = { 0 }, unwitnessed = { 0 };
    struct span note = note_of(l.request), other = note_of(l.warrant);
    bitacora_receipt *r;
    receipt_of(&text, &l, l.request, log_seconds());
    receipt_of(&unwitnessed, &l, l.request, 0);
    for (int status = 200; status <= 201; status++) {
        assert_int_equal(
            bitacora_submitted(ctx, policy, note.p, note.n, status, text.p, text.n, &r),
            BITACORA_PROVEN);
        assert_int_equal(bitacora_receipt_index(r), l.request);
        bitacora_receipt_free(r);
    }
    assert_int_equal(bitacora_submitted(ctx, policy, other.p, other.n, 201, text.p, text.n, &r),
                     BITACORA_BAD);
    only("receipt", BITACORA_BAD);
    assert_null(r);
    assert_int_equal(
        bitacora_submitted(ctx, policy, note.p, note.n, 201, unwitnessed.p, unwitnessed.n, &r),
        BITACORA_UNDECIDED);
    only("quorum", BITACORA_UNDECIDED);
    assert_int_equal(bitacora_receipt_index(r), l.request);
    bitacora_receipt_free(r);
    assert_int_equal(bitacora_submitted(ctx, policy, note.p, note.n, 201, "x", 1, &r),
                     BITACORA_BAD); /* of a file it would be undecided; a log has just said it */
    only("receipt", BITACORA_BAD);
    assert_null(r);
    assert_int_equal(bitacora_submitted(ctx, policy, note.p, note.n, 503, text.p, text.n, &r),
                     BITACORA_UNDECIDED);
    only("unreadable", BITACORA_UNDECIDED);
    assert_null(r);
    buf_free(&text);
    buf_free(&unwitnessed);
}

/* ---- wrong calls ----------------------------------------------------------------------------- */

static void wrong_calls_are_misuse(void **state)
{
    (void)state;
    bitacora_key *k = key_of(HOLDER), *no_key;
    bitacora_ref under = ref_of(0);
    bitacora_receipt *r = verified(l.request), *no_receipt;
    bitacora_sealed *s;
    bitacora_problem *p;
    bitacora_hints *h;
    char *out;
    size_t n;
    const bitacora_result misuse = BITACORA_MISUSE;
    assert_int_equal(bitacora_key_parse(ctx, NULL, 1, &no_key), misuse);
    assert_int_equal(bitacora_key_parse(ctx, "", 0, NULL), misuse);
    assert_int_equal(bitacora_record_sign(ctx, NULL, "", "", NULL, 0, &out, &n), misuse);
    assert_int_equal(bitacora_record_sign(ctx, k, NULL, "", NULL, 0, &out, &n), misuse);
    assert_int_equal(bitacora_record_sign(ctx, k, "", NULL, NULL, 0, &out, &n), misuse);
    assert_int_equal(bitacora_record_sign(ctx, k, "", "", NULL, INT64_MAX, &out, &n), misuse);
    assert_int_equal(bitacora_record_sign(ctx, k, "", "", NULL, 0, NULL, &n), misuse);
    assert_int_equal(bitacora_record_sign(ctx, k, "", "", NULL, 0, &out, NULL), misuse);
    assert_int_equal(bitacora_seal(ctx, NULL, "curp", "x", NULL, &s), misuse);
    assert_int_equal(bitacora_seal(ctx, r, "no code", "x", NULL, &s), misuse);
    assert_int_equal(bitacora_seal(ctx, r, "curp", NULL, NULL, &s), misuse);
    assert_int_equal(bitacora_token_for(ctx, k, NULL, &under, "GET", "/", 0, 1, &out, &n), misuse);
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, NULL, "GET", "/", 0, 1, &out, &n), misuse);
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, NULL, "/", 0, 1, &out, &n), misuse);
    assert_int_equal(bitacora_token_for(ctx, k, ORIGIN, &under, "GET", NULL, 0, 1, &out, &n),
                     misuse);
    assert_int_equal(bitacora_presentation_sign(ctx, k, NULL, "a", 0, &out, &n), misuse);
    assert_int_equal(bitacora_presentation_sign(ctx, k, r, NULL, 0, &out, &n), misuse);
    assert_int_equal(bitacora_problem_read(ctx, -1, "", 0, &p), misuse);
    assert_int_equal(bitacora_problem_read(ctx, 200, NULL, 1, &p), misuse);
    assert_int_equal(bitacora_hints_read(ctx, NULL, 1, &h), misuse);
    assert_int_equal(bitacora_hints_read(NULL, "", 0, &h), misuse);
    assert_int_equal(bitacora_submitted(ctx, NULL, "", 0, 200, "", 0, &no_receipt), misuse);
    assert_int_equal(bitacora_submitted(ctx, policy, NULL, 0, 200, "", 0, &no_receipt), misuse);
    bitacora_key_free(NULL);
    bitacora_sealed_free(NULL);
    bitacora_problem_free(NULL);
    bitacora_hints_free(NULL);
    assert_null(bitacora_key_name(NULL));
    assert_null(bitacora_key_verifier(NULL));
    assert_null(bitacora_sealed_member(NULL));
    assert_null(bitacora_sealed_blob(NULL));
    assert_null(bitacora_sealed_name(NULL));
    assert_null(bitacora_sealed_opening(NULL));
    assert_null(bitacora_problem_code(NULL));
    assert_null(bitacora_problem_detail(NULL));
    assert_false(bitacora_problem_again(NULL));
    assert_int_equal(bitacora_hints_count(NULL), 0);
    assert_true(bitacora_hints_next(NULL) == BITACORA_NO_ENTRY);
    bitacora_key_free(k);
    bitacora_receipt_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_read_and_named),
        cmocka_unit_test(what_is_no_signers_key_is_refused),
        cmocka_unit_test(a_key_under_a_passphrase_is_opened),
        cmocka_unit_test(what_is_absent_is_filled_in),
        cmocka_unit_test(what_is_there_is_kept),
        cmocka_unit_test(what_has_not_its_form_is_not_signed),
        cmocka_unit_test(a_person_is_sealed_to_oversight),
        cmocka_unit_test(nobody_is_sealed_wrongly),
        cmocka_unit_test(a_token_is_what_the_daemon_reads),
        cmocka_unit_test(a_presentation_is_of_the_requests_own_key),
        cmocka_unit_test(problems_are_read_whatever_they_are),
        cmocka_unit_test(lists_are_read_as_hints),
        cmocka_unit_test(a_receipt_is_of_what_was_sent),
        cmocka_unit_test(wrong_calls_are_misuse),
    };
    return cmocka_run_group_tests(tests, group_start, group_stop);
}
