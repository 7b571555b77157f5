/* What the judge says of the first entry. */
#include "tests/unit/proto/judge/judge_fixture.h"

static void every_wrong_genesis_is_found(void **state)
{
    (void)state;
    const char *log = vkey_text(&judged, THE_LOG), *registrar = vkey_text(&judged, REGISTRAR);
    struct vkey cosigner, other_name, no_point;
    struct buf text[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
    static const uint8_t zeros[PUBLIC_KEY_BYTES];
    vkey_make(&cosigner, span_str("c"), KEY_COSIGNATURE, judged.who[REGISTRAR].key.vkey.key);
    vkey_make(&other_name, span_str("R"), KEY_NOTE, judged.who[REGISTRAR].key.vkey.key);
    vkey_format(&text[0], &cosigner);
    vkey_format(&text[1], &other_name);
    vkey_make(&no_point, span_str("registro.example.mx/uno"), KEY_NOTE, zeros);
    vkey_format(&text[2], &no_point);
    other_name = judged.who[REGISTRAR].key.vkey;
    other_name.id ^= 1; /* not that of the key */
    vkey_format(&text[3], &other_name);
    const struct {
        const char *origin, *vkey, *registrars;
    } cases[] = {
        { "other.example.mx", log, registrar },
        { ORIGIN, vkey_text(&judged, STRANGER), registrar },
        { ORIGIN, "nonsense", registrar },
        { ORIGIN, log, "nonsense" },
        { ORIGIN, log, log },
        { ORIGIN, log, text_of("%s\",\"%s", registrar, registrar) },
        { ORIGIN, log, buf_str(&text[0]) },
        { ORIGIN, log, buf_str(&text[1]) },
        { ORIGIN, log, buf_str(&text[2]) },
        { ORIGIN, log, buf_str(&text[3]) },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        start_with(text_of("\"origin\":\"%s\",\"vkey\":\"%s\",\"registrars\":[\"%s\"]",
                           cases[i].origin, cases[i].vkey, cases[i].registrars),
                   THE_LOG);
        bad(REASON_GENESIS, 0);
    }
    for (size_t i = 0; i < COUNT(text); i++)
        buf_free(&text[i]);
}

/* A genesis that names STRANGER as the key of the log before; with a proof by `by` over text, if
 * there is one. */
static const char *succeeding(const char *origin, enum who by, const char *text)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct buf proof = { 0 };
    if (text != NULL) {
        skey_sign(signature, &judged.who[by].key, span_str(text));
        buf_adds(&proof, ",\"proof\":\"");
        buf_add_base64(&proof, signature, sizeof signature);
        buf_adds(&proof, "\"");
    }
    const char *members = text_of(
        "%s,\"predecessor\":{\"origin\":\"%s\",\"vkey\":\"%s\",\"size\":7,"
        "\"root\":\"" ZEROES "\"%s}",
        log_members(&judged, KIND_GENESIS), origin, vkey_text(&judged, STRANGER), buf_str(&proof));
    buf_free(&proof);
    return members;
}

static void a_predecessor_is_another_log_and_its_proof_good(void **state)
{
    const char *before = "nadie.example.mx/x", *vkey = vkey_text(&judged, THE_LOG);
    const char *right =
        text_of("bitacora/v1 succession\n%s\n7\n" ZEROES "\n" ORIGIN "\n%s\n", before, vkey);
    const char *wrong[] = {
        text_of("bitacora/v1 succession\n%s\n8\n" ZEROES "\n" ORIGIN "\n%s\n", before, vkey),
        text_of("bitacora/v1 succession\n%s\n7\n" ZEROES "\n%s\n%s\n", before, before, vkey),
        text_of("bitacora/v1 succession\n%s\n7\n" ZEROES "\n" ORIGIN "\n%s\n", before,
                vkey_text(&judged, STRANGER)),
    };
    (void)state;
    start_with(succeeding(before, STRANGER, right), THE_LOG);
    nothing();
    start_with(succeeding(before, STRANGER, NULL), THE_LOG);
    nothing();
    for (size_t i = 0; i < COUNT(wrong); i++) {
        start_with(succeeding(before, STRANGER, wrong[i]), THE_LOG);
        bad(REASON_GENESIS, 0);
    }
    start_with(succeeding(before, STRANGER2, right), THE_LOG);
    bad(REASON_GENESIS, 0);
    start_with(succeeding("otro.example.mx", STRANGER, NULL), THE_LOG);
    bad(REASON_GENESIS, 0);
    start_with(succeeding(ORIGIN, STRANGER, NULL), THE_LOG);
    bad(REASON_GENESIS, 0);
}

/* One public key under two names is one registrar twice. */
static void a_registrar_under_two_names_is_found(void **state)
{
    struct vkey other;
    struct buf text = { 0 };
    (void)state;
    vkey_make(&other, span_str("otro"), KEY_NOTE, judged.who[REGISTRAR].key.vkey.key);
    vkey_format(&text, &other);
    start_with(text_of("\"origin\":\"" ORIGIN "\",\"vkey\":\"%s\",\"registrars\":[\"%s\",\"%s\"]",
                       vkey_text(&judged, THE_LOG), vkey_text(&judged, REGISTRAR), buf_str(&text)),
               THE_LOG);
    bad(REASON_GENESIS, 0);
    buf_free(&text);
}

static void a_genesis_signed_by_another_key_is_found(void **state)
{
    (void)state;
    start_with(log_members(&judged, KIND_GENESIS), REGISTRAR);
    bad(REASON_SIGNATURE, 0);
}

static void a_genesis_with_a_bad_signature_is_found(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    log_note(&note, &judged, &BY(THE_LOG, KIND_GENESIS));
    note.p[30] ^= 1; /* a digit of `at` */
    log_add_note(&judged, buf_span(&note));
    bad(REASON_SIGNATURE, 0);
    buf_free(&note);
}

static void a_log_that_begins_with_another_record_is_found(void **state)
{
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    log_add(&judged, BY(REGISTRAR, KIND_ENROLL,
                        .under = text_of("{\"entry\":0,\"hash\":\"%s\"}",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
    bad(REASON_GENESIS, 0);
}

static void a_second_genesis_is_found(void **state)
{
    (void)state;
    bad(REASON_GENESIS, log_add(&judged, BY(THE_LOG, KIND_GENESIS)));
}

static void a_genesis_too_far_from_its_time_is_found(void **state)
{
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    log_add(&judged, BY(THE_LOG, KIND_GENESIS, .at = judged.now - 600001));
    bad(REASON_SKEW, 0);
}

static void another_genesis_than_the_pinned_one_is_found(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .has_pin = true,
                                 .pin = judged.leaf[0],
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    struct judge *j = judge_new(&setup);
    judge_entry(j, 0, &judged.leaf[0], buf_span(&judged.entry[0]));
    judge_entry(j, 1, &judged.leaf[1], buf_span(&judged.entry[1])); /* which nobody pinned */
    judge_unreadable(j, 2, &judged.leaf[2]);
    expect_none(&found);
    judge_free(j);
    setup.pin.b[31] ^= 1;
    j = judge_new(&setup);
    judge_entry(j, 0, &judged.leaf[0], buf_span(&judged.entry[0]));
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    judge_free(j);
    found.n = 0;
    j = judge_new(&setup);
    judge_unreadable(j, 0, &judged.leaf[0]);
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    judge_free(j);
}

/* A genesis that cannot be read leaves everything undecided, not bad. */
static void a_genesis_of_a_later_version_leaves_all_undecided(void **state)
{
    struct log copy;
    (void)state;
    log_copy(&copy, &judged, 0);
    log_add_note(&copy, span_str("bitacora/v2 genesis\nwhatever\n"));
    copy.now += 80000000; /* far from any record's `at`: a skew that nobody knows */
    for (size_t i = 1; i < judged.n; i++) {
        struct entry e;
        struct refusal why;
        assert_int_equal(entry_parse(&e, buf_span(&judged.entry[i]), &why), 0);
        log_add_note(&copy, e.note);
    }
    struct run *r = run_log(&copy);
    assert_true(found_at(&r->found, REASON_VERSION, 0));
    for (size_t i = 0; i < r->found.n; i++) /* references carry hashes, and are judged */
        assert_true(r->found.f[i].verdict == VERDICT_UNDECIDED ||
                    r->found.f[i].why.reason == REASON_REF_HASH);
    run_free(r);
    log_free(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(every_wrong_genesis_is_found),
        JUDGE_TEST(a_predecessor_is_another_log_and_its_proof_good),
        JUDGE_TEST(a_registrar_under_two_names_is_found),
        JUDGE_TEST(a_genesis_signed_by_another_key_is_found),
        JUDGE_TEST(a_genesis_with_a_bad_signature_is_found),
        JUDGE_TEST(a_log_that_begins_with_another_record_is_found),
        JUDGE_TEST(a_second_genesis_is_found),
        JUDGE_TEST(a_genesis_too_far_from_its_time_is_found),
        JUDGE_TEST(another_genesis_than_the_pinned_one_is_found),
        JUDGE_TEST(a_genesis_of_a_later_version_leaves_all_undecided),
    };
    return cmocka_run_group_tests_name("judge_genesis", tests, NULL, NULL);
}
