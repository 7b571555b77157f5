/* What the judge says of entries that name others. */
#include "tests/unit/proto/judge/judge_fixture.h"

static uint64_t product_of(const char *refs)
{
    return log_add(&judged, BY(REQUESTER, KIND_PRODUCT,
                               .members = text_of("\"requests\":[%s],\"class\":\"other\"", refs)));
}

static void a_reference_to_a_later_entry_is_found(void **state)
{
    const char *hash = strchr(log_ref(&judged, 7), ',');
    (void)state;
    uint64_t at = product_of(text_of("{\"entry\":%zu%s", judged.n + 1, hash));
    log_add(&judged, BY(JUDGE, KIND_ERASURE));
    bad(REASON_REF_LATER, at);
}

static void a_reference_to_itself_is_found(void **state)
{
    const char *hash = strchr(log_ref(&judged, 7), ',');
    (void)state;
    bad(REASON_REF_LATER, product_of(text_of("{\"entry\":%zu%s", judged.n, hash)));
}

static void a_reference_by_another_hash_is_found(void **state)
{
    const char *hash = strchr(log_ref(&judged, 6), ',');
    (void)state;
    bad(REASON_REF_HASH, product_of(text_of("{\"entry\":7%s", hash)));
}

static void a_reference_of_the_wrong_kind_is_found(void **state)
{
    (void)state;
    bad(REASON_REF_KIND, product_of(log_ref(&judged, judged.warrant)));
}

static void the_second_of_several_references_is_judged(void **state)
{
    (void)state;
    bad(REASON_REF_KIND, product_of(text_of("%s,%s", log_ref(&judged, judged.request),
                                            log_ref(&judged, judged.warrant))));
}

/* Each kind with a reference, and the kind of entry that it may point at. */
static const struct {
    enum who who;
    enum kind kind, target;
    const char *members; /* %s is the reference */
} referring[] = {
    { JUDGE, KIND_EXTENSION, KIND_WARRANT,
      "\"warrant\":%s,\"until\":\"2026-11-21T16:00:00.000Z\"" },
    { JUDGE, KIND_RATIFICATION, KIND_REQUEST, "\"request\":%s,\"result\":\"total\"" },
    { JUDGE, KIND_DEFERRAL, KIND_REQUEST,
      "\"request\":%s,\"until\":\"2026-11-21T16:00:00.000Z\",\"reason\":\"other\"" },
    { REQUESTER, KIND_JUDICIAL_NOTICE, KIND_REQUEST,
      "\"request\":%s,\"fulfilled_at\":\"2026-11-21T16:00:00.000Z\",\"notified_at\":"
      "\"2026-11-21T16:00:00.000Z\"" },
    { REQUESTER, KIND_TRANSFER, KIND_REQUEST,
      "\"requests\":[%s],\"recipient\":{\"country\":\"US\",\"authority\":\"us.x\"}" },
    { REQUESTER, KIND_CLOSING, KIND_WARRANT,
      "\"warrant\":%s,\"executed\":{\"from\":\"2026-11-21T16:00:00.000Z\",\"until\":"
      "\"2026-11-22T16:00:00.000Z\"}" },
    { REQUESTER, KIND_DESTRUCTION, KIND_REQUEST, "\"requests\":[%s]" },
    { REQUESTER, KIND_NOTICE, KIND_REQUEST,
      "\"request\":%s,\"delivered_at\":\"2026-11-21T16:00:00.000Z\",\"means\":\"other\"" },
    { HOLDER, KIND_RESPONSE, KIND_REQUEST,
      "\"request\":%s,\"holder\":\"mx.holder\",\"outcome\":\"full\",\"received_at\":"
      "\"2026-11-21T16:00:00.000Z\"" },
    { OVERSIGHT, KIND_CORRECTION, KIND_ANY, "\"about\":%s,\"cause\":\"other\"" },
    { OVERSIGHT, KIND_CORRECTION, KIND_ENROLL,
      "\"about\":{\"entry\":0,\"hash\":\"$\"},\"cause\":\"other\",\"note\":{\"commit\":\"$\","
      "\"sealed\":\"$\",\"to\":%s}" },
    { JUDGE, KIND_WARRANT, KIND_ENROLL,
      "\"ref\":\"2\",\"matter\":\"m\",\"used_by\":[\"u\"],\"categories\":[\"c\"],\"window\":{"
      "\"from\":\"2026-11-21T16:00:00.000Z\",\"until\":\"2026-11-22T16:00:00.000Z\"},"
      "\"subjects\":[{\"type\":\"t\",\"commit\":\"$\",\"sealed\":\"$\",\"to\":%s}]" },
};

/* Whether a reference of that row, pointed at entry `to`, is judged as it must be. */
static void expect_reference(size_t i, uint64_t to, const char *root)
{
    static const enum kind kinds[] = { KIND_GENESIS, KIND_ENROLL,  KIND_ENROLL,
                                       KIND_ENROLL,  KIND_ENROLL,  KIND_ENROLL,
                                       KIND_WARRANT, KIND_REQUEST, KIND_RESPONSE };
    struct buf format = { 0 };
    struct log copy;
    for (const char *c = referring[i].members; *c != 0; c++)
        buf_add(&format, *c == '$' ? root : c, *c == '$' ? 44 : 1);
    char *slot = strstr(buf_str(&format), "%s");
    const char *members = text_of("%.*s%s%s", (int)(slot - (char *)format.p), buf_str(&format),
                                  log_ref(&judged, to), slot + 2);
    log_copy(&copy, &judged, judged.n);
    uint64_t at = log_add(&copy, BY(referring[i].who, referring[i].kind, .members = members));
    struct run *r = run_log(&copy);
    if (referring[i].target == KIND_ANY || referring[i].target == kinds[to])
        expect_none(&r->found);
    else
        expect_only(&r->found, REASON_REF_KIND, VERDICT_BAD, at);
    run_free(r);
    log_free(&copy);
    buf_free(&format);
}

/* Pointed at an entry of every other kind. */
static void every_reference_has_its_kind(void **state)
{
    char root[45] = { 0 };
    (void)state;
    const char *zero = strstr(log_ref(&judged, 0), "hash") + 7;
    memcpy(root, zero, 44);
    for (size_t i = 0; i < COUNT(referring); i++)
        for (uint64_t to = 0; to < 9; to++)
            expect_reference(i, to, root);
}

/* `warrant` of a request is a reference only where it has {entry, hash}. */
static void a_bare_warrant_ref_is_not_judged(void **state)
{
    const char *whole = strchr(log_ref(&judged, judged.warrant), '{') + 1;
    const char *of_request = strchr(log_ref(&judged, judged.request), '{') + 1;
    (void)state;
    log_add(&judged, BY(REQUESTER, KIND_REQUEST,
                        .members = text_of("%s,\"warrant\":{\"ref\":\"no such\"}",
                                           request_of("mx.requester", "federal"))));
    log_add(&judged, BY(REQUESTER, KIND_REQUEST,
                        .members = text_of("%s,\"warrant\":{\"ref\":\"1/2026\",%s",
                                           request_of("mx.requester", "federal"), whole)));
    nothing();
    bad(REASON_REF_KIND,
        log_add(&judged,
                BY(REQUESTER, KIND_REQUEST,
                   .members = text_of("%s,\"warrant\":{\"ref\":\"1\",%s",
                                      request_of("mx.requester", "federal"), of_request))));
}

/* Whatever exists may be written about, malformed or not. */
static void anything_can_be_corrected(void **state)
{
    (void)state;
    uint64_t odd = log_add_note(&judged, span_str("hello\n"));
    uint64_t later = log_add_note(&judged, span_str("bitacora/v3 x\n"));
    const uint64_t to[] = { odd, later, 0, 8 };
    for (size_t i = 0; i < COUNT(to); i++)
        log_add(&judged, BY(OVERSIGHT, KIND_CORRECTION,
                            .members = text_of("\"about\":%s,\"cause\":\"other\"",
                                               log_ref(&judged, to[i]))));
    struct run *r = run_log(&judged);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_RECORD_FORM, odd));
    assert_true(found_at(&r->found, REASON_VERSION, later));
    run_free(r);
}

static void a_reference_to_a_malformed_entry_is_found(void **state)
{
    (void)state;
    uint64_t odd = log_add_note(&judged, span_str("hello\n"));
    uint64_t at = product_of(log_ref(&judged, odd));
    struct run *r = run_log(&judged);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_REF_KIND, at));
    run_free(r);
}

static void a_reference_to_an_undecided_entry_is_undecided(void **state)
{
    (void)state;
    uint64_t later = log_add_note(&judged, span_str("bitacora/v3 x\n"));
    uint64_t at = product_of(log_ref(&judged, later));
    uint64_t both =
        product_of(text_of("%s,%s", log_ref(&judged, later), log_ref(&judged, judged.warrant)));
    uint64_t turned =
        product_of(text_of("%s,%s", log_ref(&judged, judged.warrant), log_ref(&judged, later)));
    uint64_t hash = product_of(
        text_of("{\"entry\":7%s,%s", strchr(log_ref(&judged, 6), ','), log_ref(&judged, later)));
    uint64_t beyond = product_of(
        text_of("{\"entry\":900%s,%s", strchr(log_ref(&judged, 6), ','), log_ref(&judged, later)));
    struct run *r = run_log(&judged);
    assert_int_equal(r->found.n, 6);
    assert_true(found_at(&r->found, REASON_REF_HASH, hash));
    assert_true(found_at(&r->found, REASON_REF_LATER, beyond));
    assert_true(found_at(&r->found, REASON_UNKNOWN_BASIS, at));
    assert_true(found_at(&r->found, REASON_REF_KIND, both)); /* bad outranks undecided */
    assert_true(found_at(&r->found, REASON_REF_KIND, turned));
    assert_int_equal(r->found.f[1].verdict, VERDICT_UNDECIDED);
    assert_int_equal(r->found.f[2].verdict, VERDICT_BAD);
    assert_int_equal(r->found.f[3].verdict, VERDICT_BAD);
    run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(a_reference_to_a_later_entry_is_found),
        JUDGE_TEST(a_reference_to_itself_is_found),
        JUDGE_TEST(a_reference_by_another_hash_is_found),
        JUDGE_TEST(a_reference_of_the_wrong_kind_is_found),
        JUDGE_TEST(the_second_of_several_references_is_judged),
        JUDGE_TEST(every_reference_has_its_kind),
        JUDGE_TEST(a_bare_warrant_ref_is_not_judged),
        JUDGE_TEST(anything_can_be_corrected),
        JUDGE_TEST(a_reference_to_a_malformed_entry_is_found),
        JUDGE_TEST(a_reference_to_an_undecided_entry_is_undecided),
    };
    return cmocka_run_group_tests_name("judge_references", tests, NULL, NULL);
}
