/* What the judge says of signers: what they state of themselves, how they come and go. */
#include "tests/unit/proto/judge/judge_fixture.h"

/* ---- what a record states of its signer ---------------------------------------------------- */

static void a_request_in_another_s_name_is_found(void **state)
{
    (void)state;
    bad(REASON_AUTHORITY, log_add(&judged, BY(REQUESTER, KIND_REQUEST,
                                              .members = request_of("mx.other", "federal"))));
}

static void a_request_of_another_level_is_found(void **state)
{
    (void)state;
    bad(REASON_LEVEL, log_add(&judged, BY(REQUESTER, KIND_REQUEST,
                                          .members = request_of("mx.requester", "state"))));
}

static void a_response_for_another_holder_is_found(void **state)
{
    (void)state;
    bad(REASON_HOLDER,
        log_add(&judged,
                BY(HOLDER, KIND_RESPONSE,
                   .members = "\"holder\":\"mx.other\",\"outcome\":\"full\",\"received_at\":"
                              "\"2026-11-21T16:00:00.000Z\"")));
}

/* ---- enrolments ---------------------------------------------------------------------------- */

static uint64_t enroll_vkey(const char *vkey, const char *name, const char *more)
{
    return log_add(&judged,
                   BY(REGISTRAR, KIND_ENROLL,
                      .members = text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":"
                                         "\"mx.x\",\"level\":\"federal\",\"name\":"
                                         "\"%s\"%s",
                                         vkey, name, more)));
}

static const char *vkey_of(const char *name, enum key_type type, const uint8_t *key)
{
    struct vkey k;
    struct buf text = { 0 };
    vkey_make(&k, span_str(name), type, key);
    vkey_format(&text, &k);
    const char *out = text_of("%s", buf_str(&text));
    buf_free(&text);
    return out;
}

static void an_unusable_vkey_is_found(void **state)
{
    static const uint8_t small_order[32] = { 1 };
    const uint8_t *key = judged.who[STRANGER].key.vkey.key;
    const char *const cases[][2] = {
        { "nonsense", "nonsense" },
        { vkey_of("evil", KEY_NOTE, small_order), "evil" },
        { vkey_of("witness", KEY_COSIGNATURE, key), "witness" },
        { vkey_of("Upper", KEY_NOTE, key), "Upper" },
        { text_of("%s ", vkey_text(&judged, STRANGER)), judged.who[STRANGER].key.vkey.name },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        judge_stop(NULL);
        judge_start(NULL);
        bad(REASON_VKEY, enroll_vkey(cases[i][0], cases[i][1], ""));
    }
}

static struct finding only_finding(void)
{
    struct run *r = run_log(&judged);
    assert_int_equal(r->found.n, 1);
    struct finding f = r->found.f[0];
    run_free(r);
    return f;
}

static void what_is_wrong_with_a_vkey_is_said(void **state)
{
    const uint8_t *key = judged.who[STRANGER].key.vkey.key;
    (void)state;
    enroll_vkey(vkey_of("witness", KEY_COSIGNATURE, key), "witness", "");
    assert_string_equal(only_finding().why.subject, "type is not 0x01");
    judge_stop(NULL);
    judge_start(NULL);
    enroll_vkey(vkey_of("Upper", KEY_NOTE, key), "Upper", "");
    assert_string_equal(only_finding().why.subject, "bad name");
}

static void enrolling_the_log_s_key_is_found(void **state)
{
    (void)state;
    bad(REASON_VKEY_LOG,
        enroll_vkey(vkey_of("otro", KEY_NOTE, judged.who[THE_LOG].key.vkey.key), "otro", ""));
}

static void enrolling_a_key_again_is_found(void **state)
{
    (void)state;
    uint64_t at =
        enroll_vkey(vkey_of("otro", KEY_NOTE, judged.who[JUDGE].key.vkey.key), "otro", "");
    struct run *r = run_log(&judged);
    expect_only(&r->found, REASON_VKEY_AGAIN, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, 1);
    run_free(r);
}

static void enrolling_a_registrar_of_genesis_is_found(void **state)
{
    (void)state;
    bad(REASON_VKEY_AGAIN, log_enroll(&judged, REGISTRAR2, "judge", ""));
}

static void enrolling_a_revoked_key_again_is_found(void **state)
{
    (void)state;
    log_add(&judged, BY(REGISTRAR, KIND_REVOKE));
    bad(REASON_VKEY_AGAIN, log_enroll(&judged, AUDITOR, "auditor", ""));
}

static void another_name_than_the_key_s_is_found(void **state)
{
    (void)state;
    bad(REASON_NAME, enroll_vkey(vkey_text(&judged, STRANGER), "nadie.example.mx/y", ""));
}

static const char *possession(const char *text, enum who who)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct buf b = { 0 };
    skey_sign(signature, &judged.who[who].key, span_str(text));
    buf_adds(&b, ",\"proof\":\"");
    buf_add_base64(&b, signature, sizeof signature);
    buf_adds(&b, "\"");
    const char *out = text_of("%s", buf_str(&b));
    buf_free(&b);
    return out;
}

static void a_wrong_proof_of_possession_is_found(void **state)
{
    const char *vkey = vkey_text(&judged, STRANGER);
    const char *right = text_of("bitacora/v1 possession\n" ORIGIN "\n%s\n", vkey);
    (void)state;
    log_enroll(&judged, STRANGER, "judge", possession(right, STRANGER));
    nothing();
    judge_stop(NULL);
    judge_start(NULL);
    bad(REASON_POSSESSION, log_enroll(&judged, STRANGER, "judge", possession(right, STRANGER2)));
    judge_stop(NULL);
    judge_start(NULL);
    bad(REASON_POSSESSION,
        log_enroll(&judged, STRANGER, "judge",
                   possession(text_of("bitacora/v1 possession\nother.mx\n%s\n", vkey), STRANGER)));
}

/* A refused enrolment enrols nobody. */
static void a_bad_enrolment_has_no_effect(void **state)
{
    (void)state;
    uint64_t at = enroll_vkey(vkey_text(&judged, STRANGER), "nadie.example.mx/y", "");
    judged.who[STRANGER].entry = at;
    uint64_t act = log_add(&judged, BY(STRANGER, KIND_ERASURE));
    struct run *r = run_log(&judged);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_NAME, at));
    assert_true(found_at(&r->found, REASON_KEY_UNKNOWN, act));
    run_free(r);
}

/* ---- revocations --------------------------------------------------------------------------- */

static void revoking_an_unknown_key_is_found(void **state)
{
    (void)state;
    bad(REASON_REVOKE_UNKNOWN, revoke(REGISTRAR, vkey_text(&judged, STRANGER)));
}

/* An entry that cannot be read may have enrolled it. */
static void behind_an_undecided_entry_no_key_is_unknown(void **state)
{
    (void)state;
    uint64_t later = log_add_note(&judged, span_str("bitacora/v2 enroll\nwhatever\n"));
    revoke(REGISTRAR, vkey_text(&judged, STRANGER));
    only(REASON_VERSION, VERDICT_UNDECIDED, later);
}

static void revoking_a_key_under_another_name_is_found(void **state)
{
    (void)state;
    bad(REASON_REVOKE_UNKNOWN,
        revoke(REGISTRAR, vkey_of("otro", KEY_NOTE, judged.who[JUDGE].key.vkey.key)));
}

/* What speaks against it is the enrolment of that key. */
static void revoking_under_another_name_names_the_enrolment(void **state)
{
    (void)state;
    revoke(REGISTRAR, vkey_of("otro", KEY_NOTE, judged.who[JUDGE].key.vkey.key));
    assert_true(only_finding().related == judged.who[JUDGE].entry);
    judge_stop(NULL);
    judge_start(NULL);
    revoke(REGISTRAR, vkey_text(&judged, STRANGER));
    assert_true(only_finding().related == NO_ENTRY);
}

static void revoking_nonsense_is_found(void **state)
{
    (void)state;
    bad(REASON_VKEY, revoke(REGISTRAR, "nonsense"));
}

static void revoking_twice_is_found(void **state)
{
    (void)state;
    uint64_t first = revoke(REGISTRAR, vkey_text(&judged, JUDGE));
    uint64_t at = revoke(REGISTRAR2, vkey_text(&judged, JUDGE));
    struct run *r = run_log(&judged);
    expect_only(&r->found, REASON_REVOKE_AGAIN, VERDICT_BAD, at);
    assert_int_equal(r->found.f[0].related, first);
    run_free(r);
}

/* Nor can the last registrar go, as only he could revoke himself. */
static void a_registrar_revoking_himself_is_found(void **state)
{
    (void)state;
    revoke(REGISTRAR, vkey_text(&judged, REGISTRAR2));
    bad(REASON_REVOKE_SELF, revoke(REGISTRAR, vkey_text(&judged, REGISTRAR)));
}

static void a_bad_revocation_has_no_effect(void **state)
{
    (void)state;
    uint64_t at = revoke(JUDGE, vkey_text(&judged, AUDITOR));
    log_add(&judged, BY(AUDITOR, KIND_ANCHOR));
    bad(REASON_ROLE, at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(a_request_in_another_s_name_is_found),
        JUDGE_TEST(a_request_of_another_level_is_found),
        JUDGE_TEST(a_response_for_another_holder_is_found),
        JUDGE_TEST(an_unusable_vkey_is_found),
        JUDGE_TEST(enrolling_the_log_s_key_is_found),
        JUDGE_TEST(enrolling_a_key_again_is_found),
        JUDGE_TEST(enrolling_a_registrar_of_genesis_is_found),
        JUDGE_TEST(enrolling_a_revoked_key_again_is_found),
        JUDGE_TEST(another_name_than_the_key_s_is_found),
        JUDGE_TEST(a_wrong_proof_of_possession_is_found),
        JUDGE_TEST(a_bad_enrolment_has_no_effect),
        JUDGE_TEST(revoking_an_unknown_key_is_found),
        JUDGE_TEST(behind_an_undecided_entry_no_key_is_unknown),
        JUDGE_TEST(revoking_a_key_under_another_name_is_found),
        JUDGE_TEST(revoking_nonsense_is_found),
        JUDGE_TEST(revoking_twice_is_found),
        JUDGE_TEST(a_registrar_revoking_himself_is_found),
        JUDGE_TEST(a_bad_revocation_has_no_effect),
        JUDGE_TEST(what_is_wrong_with_a_vkey_is_said),
        JUDGE_TEST(revoking_under_another_name_names_the_enrolment),
    };
    return cmocka_run_group_tests_name("judge_enrolments", tests, NULL, NULL);
}
