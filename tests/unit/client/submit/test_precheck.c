/* precheck.h: what the log would refuse is refused before it is signed, for the same reason. */
#include "client/submit/precheck.h"

#include "tests/unit/client/in_force_fake.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/fixture.h"

static struct log l;
static struct policy *policy;
static struct trust trust;
static struct log_client *client;
static struct in_force *in_force;

static int each_start(void **state)
{
    (void)state;
    log_start(&l, "");
    clock_fake_set(l.now);
    policy = log_policy(&l);
    trust = (struct trust){ .policy = policy, .max_age = -1 };
    client = log_fake_client(&l, l.n);
    in_force = in_force_fake(&l, l.n);
    return 0;
}

static int each_end(void **state)
{
    (void)state;
    log_client_free(client);
    in_force_close(in_force);
    policy_free(policy);
    log_free(&l);
    return 0;
}

/* Judges a draft as `who` would sign it; the reason's name, or "" if it may be signed. */
static const char *judged(struct draft d, bool allow_plain)
{
    static struct complaint complaint;
    struct buf note = { 0 };
    struct record record;
    struct refusal why;
    struct identity id;
    const struct precheck_options options = { .allow_plain = allow_plain };
    log_fake_identity(&id, &l, l.n, d.who);
    struct precheck *p = precheck_new(client, in_force, &trust, &id, &options);
    log_note(&note, &l, &d);
    assert_int_equal(record_parse(&record, buf_span(&note), &why), 0);
    complaint.code[0] = 0;
    int failed = precheck_record(p, &record, span_of(NULL, 0), &complaint);
    if (failed == 0)
        failed = precheck_witnessed(p, "product", &complaint);
    assert_int_equal(failed != 0, complaint.code[0] != 0);
    record_free(&record);
    buf_free(&note);
    precheck_free(p);
    log_fake_identity_free(&id);
    return complaint.code;
}

static void expect_refused(struct draft d, enum reason reason)
{
    assert_string_equal(judged(d, false), reason_name(reason));
}

static const char *product_of(const char *ref)
{
    return text_of("\"requests\":[%s],\"class\":\"other\"", ref);
}

static void what_the_log_takes_may_be_signed(void **state)
{
    (void)state;
    assert_string_equal(judged(BY(REQUESTER, KIND_REQUEST), false), "");
    assert_string_equal(judged(BY(REQUESTER, KIND_PRODUCT), false), "");
    assert_string_equal(judged(BY(HOLDER, KIND_RESPONSE), false), "");
    assert_string_equal(judged(BY(JUDGE, KIND_WARRANT), false), "");
}

static void a_role_that_may_not_is_refused(void **state)
{
    (void)state;
    expect_refused(BY(HOLDER, KIND_WARRANT), REASON_ROLE);
    expect_refused(BY(AUDITOR, KIND_REQUEST), REASON_ROLE);
}

static void a_revoked_signer_is_refused(void **state)
{
    (void)state;
    log_add(&l, BY(REGISTRAR, KIND_REVOKE)); /* the auditor's key */
    in_force_close(in_force);
    in_force = in_force_fake(&l, l.n);
    expect_refused(BY(AUDITOR, KIND_ANCHOR), REASON_REVOKED);
    assert_string_equal(judged(BY(HOLDER, KIND_RESPONSE), false), "");
}

static void references_are_looked_up(void **state)
{
    (void)state;
    const char *wrong_hash =
        text_of("{\"entry\":%llu,\"hash\":\"%s\"}", (unsigned long long)l.request,
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    expect_refused(BY(REQUESTER, KIND_PRODUCT, .members = product_of(wrong_hash)), REASON_REF_HASH);
    expect_refused(BY(REQUESTER, KIND_PRODUCT, .members = product_of(log_ref(&l, l.warrant))),
                   REASON_REF_KIND);
    const char *later = text_of("{\"entry\":%zu,\"hash\":\"%s\"}", l.n + 5,
                                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    expect_refused(BY(REQUESTER, KIND_PRODUCT, .members = product_of(later)), REASON_REF_LATER);
}

static void a_service_that_is_away_is_no_refusal(void **state)
{
    (void)state;
    log_fake_set(client, true, false);
    assert_string_equal(judged(BY(REQUESTER, KIND_PRODUCT), false), "unreachable");
}

static void what_no_quorum_has_seen_is_told_apart(void **state)
{
    (void)state;
    log_fake_set(client, false, true);
    expect_refused(BY(REQUESTER, KIND_PRODUCT), REASON_RESTS_UNWITNESSED);
    assert_string_equal(judged(BY(JUDGE, KIND_WARRANT), false), ""); /* it refers to nothing */
}

static void codes_are_those_of_the_ruleset(void **state)
{
    (void)state;
    struct draft d = BY(REQUESTER, KIND_PRODUCT,
                        .members = text_of("\"requests\":[%s],\"class\":\"no_such_class\"",
                                           log_ref(&l, l.request)));
    expect_refused(d, REASON_CODE_UNKNOWN);
}

static struct draft warrant_of(const char *ref)
{
    return BY(JUDGE, KIND_WARRANT,
              .members = text_of("\"ref\":\"%s\",\"matter\":\"criminal\",\"used_by\":[\"mx.a\"],"
                                 "\"categories\":[\"geolocation_live\"],"
                                 "\"window\":{\"from\":\"2026-11-21T15:00:00.000Z\","
                                 "\"until\":\"2026-12-21T15:00:00.000Z\"}",
                                 ref));
}

static void nobody_stands_in_a_text_in_the_clear(void **state)
{
    (void)state;
    expect_refused(warrant_of("curp=GOMC850315HDFRRR07"), REASON_PERSON_PLAIN);
    expect_refused(warrant_of("a.lopez@example.mx"), REASON_PERSON_LIKE);
    /* What only looks like a person may be allowed; a certain one never. */
    assert_string_equal(judged(warrant_of("a.lopez@example.mx"), true), "");
    assert_string_equal(judged(warrant_of("curp=GOMC850315HDFRRR07"), true),
                        reason_name(REASON_PERSON_PLAIN));
}

#define precheck_test(f) cmocka_unit_test_setup_teardown(f, each_start, each_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        precheck_test(what_the_log_takes_may_be_signed),
        precheck_test(a_role_that_may_not_is_refused),
        precheck_test(a_revoked_signer_is_refused),
        precheck_test(references_are_looked_up),
        precheck_test(a_service_that_is_away_is_no_refusal),
        precheck_test(what_no_quorum_has_seen_is_told_apart),
        precheck_test(codes_are_those_of_the_ruleset),
        precheck_test(nobody_stands_in_a_text_in_the_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
