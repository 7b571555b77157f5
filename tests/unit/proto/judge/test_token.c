#include "tests/unit/fixture.h"

#include "proto/judge/token.h"

static struct log l;
static struct registry *r;

#define MINUTES INT64_C(300000)   /* the longest */
#define T0 INT64_C(1795276800000) /* 2026-11-21T16:00:00.000Z */
#define FROM "2026-11-21T16:00:00.000Z"
#define UNTIL "2026-11-21T16:05:00.000Z"
#define PATH "/v1/blobs/00"

static void apply(uint64_t index)
{
    struct entry e;
    struct record record;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    assert_int_equal(record_parse(&record, e.note, &why), 0);
    assert_int_equal(registry_apply(r, index, &l.leaf[index], &record), 0);
    record_free(&record);
}

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    r = registry_new();
    for (uint64_t i = 0; i < l.n; i++)
        apply(i);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    registry_free(r);
    log_free(&l);
    return 0;
}

static struct entry_ref under(enum who who)
{
    struct entry_ref ref = { .entry = l.who[who].entry };
    memcpy(ref.hash, l.leaf[ref.entry].b, HASH_BYTES);
    return ref;
}

static void sign_under(struct buf *out, enum who who, const char *origin,
                       const struct entry_ref *ref)
{
    const struct token_claim claim = { .origin = origin,
                                       .under = *ref,
                                       .from = T0,
                                       .until = T0 + MINUTES,
                                       .method = "GET",
                                       .path = PATH };
    token_sign(out, &claim, &l.who[who].key);
    assert_false(out->failed);
}

/* A token as a client makes it: of that signer, for GET of PATH, for five minutes from T0 on. */
static void sign(struct buf *out, enum who who, const char *origin)
{
    const struct entry_ref ref = under(who);
    sign_under(out, who, origin, &ref);
}

/* ---- form ------------------------------------------------------------------------------------ */

/* Parses a note; fails unless it is refused with that cause (NULL: it is good). */
static void expect(struct span note, const char *cause)
{
    struct token t;
    struct refusal why = { .reason = REASON_NONE };
    int got = token_parse(&t, note, &why);
    if (got != (cause == NULL ? 0 : -1) ||
        (cause != NULL && (why.reason != REASON_TOKEN_FORM || strcmp(why.subject, cause) != 0)))
        fail_msg("%s (%s) instead of %s for %.*s", reason_name(why.reason), why.subject,
                 cause == NULL ? "good" : cause, (int)(note.n < 400 ? note.n : 400),
                 (const char *)note.p);
}

static void expect_text(const char *text, const char *cause)
{
    struct buf note = { 0 };
    note_sign(&note, span_str(text), &l.who[JUDGE].key);
    expect(buf_span(&note), cause);
    buf_free(&note);
}

#define HASH_TEXT "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""
#define UNDER "\"under\":{\"entry\":1,\"hash\":" HASH_TEXT "}"
#define TIMES "\"from\":\"" FROM "\",\"until\":\"" UNTIL "\""
#define TARGET "\"method\":\"GET\",\"path\":\"" PATH "\""
#define LINE "{\"origin\":\"" ORIGIN "\"," UNDER "," TIMES "," TARGET "}"
#define TEXT "bitacora/v1 token\n" LINE "\n"

static void a_token_is_read_into_its_parts(void **state)
{
    struct buf note = { 0 };
    struct token t;
    struct refusal why;
    (void)state;
    note_sign(&note, span_str(TEXT), &l.who[JUDGE].key);
    assert_int_equal(token_parse(&t, buf_span(&note), &why), 0);
    assert_true(span_is(t.text, TEXT) && span_is(t.signer, l.who[JUDGE].key.vkey.name));
    assert_int_equal(t.key_id, l.who[JUDGE].key.vkey.id);
    assert_true(vkey_verify(&l.who[JUDGE].key.vkey, t.text, t.signature));
    assert_string_equal(t.origin, ORIGIN);
    assert_int_equal(t.under.entry, 1);
    assert_int_equal(t.under.hash[31], 31);
    assert_true(t.from == T0 && t.until == T0 + MINUTES);
    buf_free(&note);
}

static void the_text_is_two_lines_under_its_own_first_line(void **state)
{
    (void)state;
    expect_text(TEXT, NULL);
    expect_text("bitacora/v1 token\n", "first line");
    expect_text(TEXT "more\n", "first line");
    expect_text(TEXT "\n", "first line");
    expect_text("\n" TEXT, "first line");
    expect_text("bitacora/v1 tokens\n" LINE "\n", "first line");
    expect_text("bitacora/v2 token\n" LINE "\n", "first line");
    expect_text("bitacora/v1 request\n" LINE "\n", "first line");
    expect(span_str(TEXT), "the note"); /* not signed */
    expect(span_str(""), "the note");
}

static void the_second_line_is_a_strict_object_of_six_members(void **state)
{
    static const struct {
        const char *line, *cause;
    } cases[] = {
        { "[]", "the line" },
        { "{\"origin\":1,\"origin\":2}", "the line" },
        { LINE " ", "the line" },
        { "{}", "members" },
        { "{\"origin\":\"" ORIGIN "\"," TIMES "," TARGET "}", "members" },
        { "{\"origin\":\"" ORIGIN "\"," UNDER "," TIMES "}", "members" },
        { "{\"origin\":\"" ORIGIN "\"," UNDER "," TIMES "," TARGET ",\"x\":1}", "members" },
        { "{\"x\":\"" ORIGIN "\"," UNDER "," TIMES "," TARGET "}", "origin" },
        { "{\"origin\":7," UNDER "," TIMES "," TARGET "}", "origin" },
        { "{\"origin\":\"\"," UNDER "," TIMES "," TARGET "}", "origin" },
        { "{\"origin\":\"Log\"," UNDER "," TIMES "," TARGET "}", "origin" },
        { "{\"origin\":\"" ORIGIN "\",\"under\":1," TIMES "," TARGET "}", "under" },
        { "{\"origin\":\"" ORIGIN "\",\"under\":{\"entry\":1}," TIMES "," TARGET "}", "under" },
        { "{\"origin\":\"" ORIGIN "\",\"under\":{\"entry\":1,\"hash\":\"AA==\"}," TIMES "," TARGET
          "}",
          "under" },
        { "{\"origin\":\"" ORIGIN "\",\"under\":{\"entry\":1,\"hash\":" HASH_TEXT ",\"x\":1}," TIMES
          "," TARGET "}",
          "under" },
        { "{\"origin\":\"" ORIGIN "\"," UNDER ",\"from\":1,\"until\":\"" UNTIL "\"," TARGET "}",
          "from" },
        { "{\"origin\":\"" ORIGIN "\"," UNDER ",\"from\":\"2026-11-21\",\"until\":\"" UNTIL
          "\"," TARGET "}",
          "from" },
        { "{\"origin\":\"" ORIGIN "\"," UNDER ",\"from\":\"" FROM "\",\"until\":true," TARGET "}",
          "until" },
        { "{\"origin\":\"" ORIGIN "\"," UNDER ",\"from\":\"" FROM
          "\",\"until\":\"2026-11-31T17:00:00.000Z\"," TARGET "}",
          "until" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_text(text_of("bitacora/v1 token\n%s\n", cases[i].line), cases[i].cause);
}

/* An origin of 128 bytes is the longest that there is. */
static void the_origin_is_capped(void **state)
{
    static char name[SIGNER_NAME_MAX + 2];
    (void)state;
    memset(name, 'o', SIGNER_NAME_MAX);
    expect_text(
        text_of("bitacora/v1 token\n{\"origin\":\"%s\"," UNDER "," TIMES "," TARGET "}\n", name),
        NULL);
    name[SIGNER_NAME_MAX] = 'o';
    expect_text(
        text_of("bitacora/v1 token\n{\"origin\":\"%s\"," UNDER "," TIMES "," TARGET "}\n", name),
        "origin");
}

static void it_lasts_five_minutes_at_most(void **state)
{
    static const struct {
        const char *from, *until;
        bool good;
    } cases[] = {
        { "16:00:00.000", "16:05:00.000", true },  { "16:00:00.000", "16:05:00.001", false },
        { "16:00:00.000", "17:01:00.000", false }, { "16:00:00.000", "16:00:00.001", true },
        { "16:00:00.000", "16:00:00.000", false }, { "16:00:00.001", "16:00:00.000", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_text(text_of("bitacora/v1 token\n{\"origin\":\"" ORIGIN "\"," UNDER
                            ",\"from\":\"2026-11-21T%sZ\",\"until\":\"2026-11-21T%sZ\"," TARGET
                            "}\n",
                            cases[i].from, cases[i].until),
                    cases[i].good ? NULL : "from and until, at most five minutes apart");
    expect_text(
        "bitacora/v1 token\n{\"origin\":\"" ORIGIN "\"," UNDER
        ",\"from\":\"0001-01-01T00:00:00.000Z\",\"until\":\"9999-12-31T23:59:59.999Z\"," TARGET
        "}\n",
        "from and until, at most five minutes apart");
}

static void expect_target(const char *method, const char *path, bool good)
{
    expect_text(text_of("bitacora/v1 token\n{\"origin\":\"" ORIGIN "\"," UNDER "," TIMES
                        ",\"method\":%s,\"path\":%s}\n",
                        method, path),
                good ? NULL : "method and path");
}

static void the_target_is_a_method_and_a_path(void **state)
{
    static char longest[TOKEN_PATH_MAX + 4];
    static const char *const bad[] = { "\"\"",   "\"v1\"", "\"/ \"",    "\"/\\\"\"", "\"/\\\\\"",
                                       "\"/ñ\"", "7",      "[\"/v1\"]", "null" };
    (void)state;
    expect_target("\"GET\"", "\"/\"", true);
    expect_target("\"PUT\"", "\"/v1/find?warrant=a%20b&after=1\"", true);
    expect_target("\"POST\"", "\"/~!\"", true);
    expect_target("\"HEAD\"", "\"/\"", false);
    expect_target("\"get\"", "\"/\"", false);
    expect_target("\"\"", "\"/\"", false);
    expect_target("1", "\"/\"", false);
    for (int c = 1; c < 256; c++) { /* visible ASCII without two that JSON writes otherwise */
        const char path[] = { '/', (char)c, 0 };
        assert_int_equal(token_target_allowed(span_str("GET"), span_str(path)),
                         c > ' ' && c <= '~' && c != '"' && c != '\\');
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_target("\"GET\"", bad[i], false);
    memset(longest, 'x', sizeof longest - 1);
    memcpy(longest, "\"/", 2);
    longest[TOKEN_PATH_MAX + 1] = '"';
    longest[TOKEN_PATH_MAX + 2] = 0;
    expect_target("\"GET\"", longest, true);
    memcpy(longest + TOKEN_PATH_MAX + 1, "x\"", 3);
    expect_target("\"GET\"", longest, false);
}

static void there_is_one_ed25519_signature_by_a_signer_s_name(void **state)
{
    struct buf note = { 0 }, more = { 0 };
    struct skey k;
    (void)state;
    note_sign(&note, span_str(TEXT), &l.who[JUDGE].key);
    note_sign(&more, span_str(TEXT), &l.who[HOLDER].key);
    buf_add(&note, more.p + strlen(TEXT) + 1, more.n - strlen(TEXT) - 1);
    expect(buf_span(&note), "more than one signature line");
    buf_clear(&note);
    skey_generate(&k, span_str("A B"),
                  KEY_NOTE); /* no signer's name, though vkey_make() takes it */
    snprintf(k.vkey.name, sizeof k.vkey.name, "Juez");
    note_sign(&note, span_str(TEXT), &k);
    expect(buf_span(&note), "name on the signature line");
    buf_clear(&note);
    buf_adds(&note, TEXT "\n");
    note_cosign(&note, span_str(TEXT), &l.who[JUDGE].key, 1795276800);
    expect(buf_span(&note), "not an Ed25519 signature");
    buf_free(&note);
    buf_free(&more);
}

/* A note may have as many spaces in its JSON as its signer likes; a token's may not. */
static void a_token_is_small(void **state)
{
    struct buf note = { 0 };
    char text[TOKEN_NOTE_MAX + 512];
    (void)state;
    for (int over = 0; over <= 1; over++) {
        buf_clear(&note);
        note_sign(&note, span_str(TEXT), &l.who[JUDGE].key);
        int pad = TOKEN_NOTE_MAX - (int)note.n + over;
        snprintf(text, sizeof text, "bitacora/v1 token\n{%*s%s\n", pad, "", &LINE[1]);
        buf_clear(&note);
        note_sign(&note, span_str(text), &l.who[JUDGE].key);
        assert_int_equal(note.n, TOKEN_NOTE_MAX + over);
        expect(buf_span(&note), over ? "too large" : NULL);
    }
    buf_free(&note);
}

/* The token that docs/FORMATS.md shows. */
static void the_documented_token_is_one(void **state)
{
    struct buf note = { 0 }, again = { 0 };
    struct token t;
    struct refusal why;
    struct skey k;
    uint8_t seed[32];
    (void)state;
    for (int i = 0; i < 32; i++)
        seed[i] = (uint8_t)(0x20 + i);
    skey_from_seed(&k, span_str("registro.example/r1"), KEY_NOTE, seed);
    vector_read(&note, "token/registrar.txt");
    assert_int_equal(token_parse(&t, buf_span(&note), &why), 0);
    assert_true(vkey_verify(&k.vkey, t.text, t.signature));
    const struct token_claim claim = { .origin = t.origin,
                                       .under = t.under,
                                       .from = t.from,
                                       .until = t.until,
                                       .method = t.method,
                                       .path = t.path };
    token_sign(&again, &claim, &k);
    assert_true(span_eq(buf_span(&again), buf_span(&note)));
    buf_free(&note);
    buf_free(&again);
}

static void what_is_signed_can_be_read_again(void **state)
{
    struct buf note = { 0 };
    struct token t;
    struct refusal why;
    (void)state;
    sign(&note, HOLDER, ORIGIN);
    assert_int_equal(token_parse(&t, buf_span(&note), &why), 0);
    assert_string_equal(t.origin, ORIGIN);
    assert_int_equal(t.under.entry, l.who[HOLDER].entry);
    assert_memory_equal(t.under.hash, l.leaf[t.under.entry].b, HASH_BYTES);
    assert_true(t.from == T0 && t.until == T0 + MINUTES);
    buf_free(&note);
}

/* ---- judgement ------------------------------------------------------------------------------- */

/* Judges a note that has its form, shown with that request; fails unless the reason is that. */
static void judge_use(const struct buf *note, const char *method, const char *path, int64_t now,
                      enum reason reason)
{
    const struct token_use use = {
        .origin = ORIGIN, .method = method, .path = span_str(path), .now = now
    };
    struct token t;
    struct refusal why = { .reason = REASON_NONE };
    uint32_t number;
    assert_int_equal(token_parse(&t, buf_span(note), &why), 0);
    int got = token_judge(r, &t, &use, &number, &why);
    if ((got == 0) != (reason == REASON_NONE) || why.reason != reason)
        fail_msg("%s (%s) instead of %s", reason_name(why.reason), why.subject,
                 reason_name(reason));
    if (reason == REASON_TOKEN_TIME) /* from when on, or until when it is in force */
        assert_string_equal(why.subject,
                            now < T0 ? "2026-11-21T16:00:00.000Z" : "2026-11-21T16:05:00.000Z");
    if (got == 0)
        assert_true(span_is(t.signer, registry_get(r, number)->key.name));
}

/* The same, shown with the request that it is for. */
static void judge(const struct buf *note, int64_t now, enum reason reason)
{
    judge_use(note, "GET", PATH, now, reason);
}

static void each_of_them_who_is_enrolled_may_have_one(void **state)
{
    struct buf note = { 0 };
    (void)state;
    for (int who = REGISTRAR; who <= AUDITOR; who++) {
        buf_clear(&note);
        sign(&note, (enum who)who, ORIGIN);
        judge(&note, T0 + 1, REASON_NONE);
    }
    buf_clear(&note);
    sign(&note, STRANGER, ORIGIN);
    judge(&note, T0 + 1, REASON_TOKEN_SIGNER);
    buf_clear(&note);
    sign(&note, THE_LOG, ORIGIN);
    judge(&note, T0 + 1, REASON_TOKEN_SIGNER);
    buf_free(&note);
}

static void it_is_for_this_log(void **state)
{
    struct buf note = { 0 };
    (void)state;
    sign(&note, JUDGE, ORIGIN "2");
    judge(&note, T0 + 1, REASON_TOKEN_FORM);
    buf_free(&note);
}

static void it_is_for_one_method_and_path(void **state)
{
    static const char *const others[] = { PATH "0", "/v1/blobs/0",   "/v1/blobs/01", PATH "?",
                                          "",       "//v1/blobs/00", "/v1/Blobs/00", PATH "/" };
    struct buf note = { 0 };
    (void)state;
    sign(&note, JUDGE, ORIGIN);
    judge_use(&note, "HEAD", PATH, T0, REASON_NONE);
    judge_use(&note, "PUT", PATH, T0, REASON_TOKEN_TARGET);
    judge_use(&note, "get", PATH, T0, REASON_TOKEN_TARGET);
    for (size_t i = 0; i < COUNT(others); i++)
        judge_use(&note, "GET", others[i], T0, REASON_TOKEN_TARGET);
    buf_free(&note);
}

/* Whatever stands behind an empty path. */
static void a_path_is_not_empty(void **state)
{
    (void)state;
    assert_true(token_target_allowed(span_str("GET"), span_of("/", 1)));
    assert_false(token_target_allowed(span_str("GET"), span_of("/", 0)));
}

static void it_is_in_force_from_its_first_moment_to_before_its_last(void **state)
{
    struct buf note = { 0 };
    (void)state;
    sign(&note, JUDGE, ORIGIN);
    judge(&note, T0 - 1, REASON_TOKEN_TIME);
    judge(&note, T0, REASON_NONE);
    judge(&note, T0 + MINUTES - 1, REASON_NONE);
    judge(&note, T0 + MINUTES, REASON_TOKEN_TIME);
    buf_free(&note);
}

static void under_is_the_signer_s_enrolment_by_index_and_hash(void **state)
{
    struct buf note = { 0 };
    struct entry_ref ref = under(JUDGE);
    (void)state;
    ref.hash[31] ^= 1;
    sign_under(&note, JUDGE, ORIGIN, &ref);
    judge(&note, T0, REASON_TOKEN_SIGNER);
    buf_clear(&note);
    ref = under(JUDGE);
    ref.entry++;
    sign_under(&note, JUDGE, ORIGIN, &ref);
    judge(&note, T0, REASON_TOKEN_SIGNER);
    buf_clear(&note);
    ref = under(HOLDER);
    sign_under(&note, JUDGE, ORIGIN, &ref);
    judge(&note, T0, REASON_TOKEN_SIGNER);
    buf_free(&note);
}

static void the_signature_is_over_this_text(void **state)
{
    struct buf note = { 0 };
    (void)state;
    sign(&note, JUDGE, ORIGIN);
    char *until = memmem(note.p, note.n, "16:05:00.000", 12);
    assert_non_null(until);
    memcpy(until, "16:04:00.000", 12);
    judge(&note, T0, REASON_TOKEN_SIGNER);
    buf_free(&note);
}

static void the_enrolment_is_in_force_now(void **state)
{
    struct buf note = { 0 };
    (void)state;
    apply(log_enroll(
        &l, STRANGER, "oversight",
        ",\"from\":\"2026-11-21T16:01:00.000Z\",\"until\":\"2026-11-21T16:02:00.000Z\""));
    sign(&note, STRANGER, ORIGIN);
    judge(&note, T0 + 60000 - 1, REASON_TOKEN_SIGNER);
    judge(&note, T0 + 60000, REASON_NONE);
    judge(&note, T0 + 120000 - 1, REASON_NONE);
    judge(&note, T0 + 120000, REASON_TOKEN_SIGNER);
    buf_free(&note);
}

static void a_revoked_key_has_none(void **state)
{
    struct buf note = { 0 };
    const char *members;
    (void)state;
    sign(&note, AUDITOR, ORIGIN);
    judge(&note, T0, REASON_NONE);
    members = text_of("\"vkey\":\"%s\",\"reason\":\"left_office\"", vkey_text(&l, AUDITOR));
    apply(log_add(&l, BY(REGISTRAR, KIND_REVOKE, .members = members)));
    judge(&note, T0, REASON_TOKEN_SIGNER);
    buf_free(&note);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_is_read_into_its_parts),
        TEST(the_text_is_two_lines_under_its_own_first_line),
        TEST(the_second_line_is_a_strict_object_of_six_members),
        TEST(the_origin_is_capped),
        TEST(it_lasts_five_minutes_at_most),
        TEST(the_target_is_a_method_and_a_path),
        TEST(there_is_one_ed25519_signature_by_a_signer_s_name),
        TEST(a_token_is_small),
        TEST(the_documented_token_is_one),
        TEST(what_is_signed_can_be_read_again),
        TEST(each_of_them_who_is_enrolled_may_have_one),
        TEST(it_is_for_this_log),
        TEST(it_is_for_one_method_and_path),
        TEST(a_path_is_not_empty),
        TEST(it_is_in_force_from_its_first_moment_to_before_its_last),
        TEST(under_is_the_signer_s_enrolment_by_index_and_hash),
        TEST(the_signature_is_over_this_text),
        TEST(the_enrolment_is_in_force_now),
        TEST(a_revoked_key_has_none),
    };
    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
