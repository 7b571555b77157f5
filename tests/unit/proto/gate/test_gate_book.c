/* What a gate's book knows of requests, from the entries of a log. */
#include "tests/unit/fixture.h"

#include <malloc.h>

#include "proto/gate/gate_book.h"

static struct log l;
static struct judge *judge;
static struct gate_book *book;
static struct found found;
static uint64_t taken; /* entries that the judge has seen */

/* A judged_fn. */
static void take(void *ctx, const struct judged *e)
{
    (void)ctx;
    assert_int_equal(gate_book_take(book, e, judge_registry(judge)), 0);
}

static enum lookup lookup(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    (void)index;
    (void)out;
    return LOOKUP_UNKNOWN;
}

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .lookup = lookup,
                                 .found = found_add,
                                 .found_ctx = &found,
                                 .judged = take };
    found = (struct found){ .n = 0 };
    taken = 0;
    judge = judge_new(&setup);
    book = gate_book_new("mx.holder");
    return judge == NULL || book == NULL ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    judge_free(judge);
    gate_book_free(book);
    log_free(&l);
    return 0;
}

/* The entries that the judge has not seen yet. */
static void read_on(void)
{
    for (; taken < l.n; taken++)
        judge_entry(judge, taken, &l.leaf[taken], buf_span(&l.entry[taken]));
}

static struct entry_ref ref_of(uint64_t entry)
{
    struct entry_ref ref = { .entry = entry };
    memcpy(ref.hash, l.leaf[entry].b, HASH_BYTES);
    return ref;
}

/* What the book says of a request, after all entries of the log. */
static struct gate_booked booked(uint64_t entry)
{
    struct gate_booked b;
    const struct entry_ref ref = ref_of(entry);
    read_on();
    assert_int_equal(gate_book_find(book, &ref, judge_registry(judge), &b), GATE_FOUND);
    return b;
}

static uint64_t request(const char *more)
{
    return log_add(&l, BY(REQUESTER, KIND_REQUEST,
                          .members = text_of("%s%s", log_members(&l, KIND_REQUEST), more)));
}

static uint64_t warrant(enum who who, const char *ref)
{
    const char *members =
        text_of("\"ref\":\"%s\",\"matter\":\"criminal\",\"used_by\":[\"mx.requester\"],"
                "\"categories\":[\"bank\"],\"window\":{\"from\":\"2026-11-21T15:00:00.000Z\","
                "\"until\":\"2026-12-21T15:00:00.000Z\"}",
                ref);
    return log_add(&l, BY(who, KIND_WARRANT, .members = members));
}

/* Enrols a free signer of another body than those of the fixture. */
static void enrol_elsewhere(enum who who, const char *role)
{
    l.who[who].entry = log_add(
        &l, BY(REGISTRAR, KIND_ENROLL,
               .members = text_of("\"vkey\":\"%s\",\"role\":\"%s\",\"authority\":\"mx.elsewhere\","
                                  "\"level\":\"federal\",\"name\":\"%s\"",
                                  vkey_text(&l, who), role, l.who[who].key.vkey.name)));
}

static uint64_t about(enum who who, enum kind kind, const char *member, uint64_t entry,
                      const char *more)
{
    return log_add(
        &l, BY(who, kind, .members = text_of("\"%s\":%s%s", member, log_ref(&l, entry), more)));
}

/* ---- requests -------------------------------------------------------------------------------- */

static void a_request_is_found_by_index_and_hash(void **state)
{
    struct gate_booked b = booked(l.request);
    struct entry_ref ref = ref_of(l.request);
    (void)state;
    const struct enrolment *key = registry_get(judge_registry(judge), b.signer);
    assert_string_equal(key->key.name, l.who[REQUESTER].key.vkey.name);
    assert_true(b.accepted > 0 && b.response == NO_ENTRY);
    assert_true(b.standing.revoked == NO_ENTRY && b.standing.ratification == NO_ENTRY);
    assert_int_equal(b.standing.cited, CITED_NOTHING);
    ref.hash[0] ^= 1;
    assert_int_equal(gate_book_find(book, &ref, judge_registry(judge), &b), GATE_NO_ENTRY);
    ref = ref_of(l.warrant);
    assert_int_equal(gate_book_find(book, &ref, judge_registry(judge), &b), GATE_NO_ENTRY);
    ref.entry = l.n;
    assert_int_equal(gate_book_find(book, &ref, judge_registry(judge), &b), GATE_NOT_YET);
}

static void requests_to_others_and_those_that_do_not_count_are_not_kept(void **state)
{
    struct gate_booked b;
    const char *other = "\"authority\":\"mx.requester\",\"function\":\"prosecution\",\"level\":"
                        "\"federal\",\"holder\":\"mx.other\",\"source\":\"other\",\"categories\":["
                        "\"bank\"],\"basis\":\"LIC-142\",\"purpose\":{\"code\":\"other\"},"
                        "\"persons\":1";
    uint64_t elsewhere = log_add(&l, BY(REQUESTER, KIND_REQUEST, .members = other));
    uint64_t forged = log_add(&l, BY(JUDGE, KIND_REQUEST));
    (void)state;
    read_on();
    for (uint64_t i = elsewhere; i <= forged; i++) {
        const struct entry_ref ref = ref_of(i);
        assert_int_equal(gate_book_find(book, &ref, judge_registry(judge), &b), GATE_NO_ENTRY);
    }
    assert_true(found_bad(&found)); /* the judge's request */
}

static void a_revocation_counts_from_its_entry_on(void **state)
{
    (void)state;
    assert_true(booked(l.request).standing.revoked == NO_ENTRY);
    uint64_t revoked =
        log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                       .members = text_of("\"vkey\":\"%s\",\"reason\":\"left_office\"",
                                          vkey_text(&l, REQUESTER))));
    assert_int_equal(booked(l.request).standing.revoked, revoked);
}

static void the_end_of_the_enrolment_is_known(void **state)
{
    (void)state;
    log_enroll(&l, STRANGER, "requester", ",\"until\":\"2027-01-01T00:00:00.000Z\"");
    uint64_t r = log_add(&l, BY(STRANGER, KIND_REQUEST));
    assert_int_equal(booked(r).standing.key_until, INT64_C(1798761600000));
    assert_int_equal(booked(l.request).standing.key_until, INT64_MAX);
}

/* ---- ratifications, responses ---------------------------------------------------------------- */

static void the_last_ratification_counts(void **state)
{
    (void)state;
    about(JUDGE, KIND_RATIFICATION, "request", l.request,
          ",\"result\":\"partial\",\"categories\":[\"bank\"]");
    struct gate_booked b = booked(l.request);
    assert_int_equal(b.standing.ratified, RATIFICATION_PARTIAL);
    assert_int_equal(value_size(b.standing.ratified_categories), 1);
    about(JUDGE, KIND_RATIFICATION, "request", l.request, ",\"result\":\"partial\"");
    assert_null(booked(l.request).standing.ratified_categories);
    uint64_t last =
        about(JUDGE, KIND_RATIFICATION, "request", l.request, ",\"result\":\"refused\"");
    b = booked(l.request);
    assert_int_equal(b.standing.ratified, RATIFICATION_REFUSED);
    assert_int_equal(b.standing.ratification, last);
    about(JUDGE, KIND_RATIFICATION, "request", l.request, ",\"result\":\"total\"");
    assert_int_equal(booked(l.request).standing.ratified, RATIFICATION_TOTAL);
    about(JUDGE, KIND_RATIFICATION, "request", l.request,
          ",\"result\":\"total\",\"categories\":[\"bank\"]");
    assert_null(booked(l.request).standing.ratified_categories); /* they limit nothing */
    about(REQUESTER, KIND_RATIFICATION, "request", l.request, ",\"result\":\"refused\"");
    assert_int_equal(booked(l.request).standing.ratified, RATIFICATION_TOTAL); /* no judge's */
}

static void the_first_direct_access_is_what_data_rest_on(void **state)
{
    const char *direct = ",\"holder\":\"mx.holder\",\"outcome\":\"direct_access\",\"received_at\":"
                         "\"2026-11-21T15:00:00.000Z\"";
    (void)state;
    assert_true(booked(l.request).response == NO_ENTRY);
    uint64_t r = request("");
    uint64_t first = about(HOLDER, KIND_RESPONSE, "request", r, direct);
    about(HOLDER, KIND_RESPONSE, "request", r, direct);
    struct gate_booked b = booked(r);
    assert_int_equal(b.response, first);
    const struct enrolment *key = registry_get(judge_registry(judge), b.response_signer);
    assert_string_equal(key->key.name, l.who[HOLDER].key.vkey.name);
    /* Another outcome is no direct access. */
    assert_true(booked(l.request).response == NO_ENTRY);
}

/* What is said of another holder's request changes nothing of ours behind it. */
static void what_is_said_of_others_requests_is_not_of_ours(void **state)
{
    const char *other = "\"authority\":\"mx.requester\",\"function\":\"prosecution\",\"level\":"
                        "\"federal\",\"holder\":\"mx.other\",\"source\":\"other\",\"categories\":["
                        "\"bank\"],\"basis\":\"LIC-142\",\"purpose\":{\"code\":\"other\"},"
                        "\"persons\":1";
    const char *direct = ",\"holder\":\"%s\",\"outcome\":\"direct_access\",\"received_at\":"
                         "\"2026-11-21T15:00:00.000Z\"";
    (void)state;
    uint64_t elsewhere = log_add(&l, BY(REQUESTER, KIND_REQUEST, .members = other));
    uint64_t ours = request(""), last = request("");
    about(JUDGE, KIND_RATIFICATION, "request", elsewhere, ",\"result\":\"refused\"");
    about(HOLDER, KIND_RESPONSE, "request", elsewhere, text_of(direct, "mx.holder"));
    assert_true(booked(ours).standing.ratification == NO_ENTRY);
    assert_true(booked(ours).response == NO_ENTRY);
    /* Nor does another holder's answer to ours. */
    about(HOLDER, KIND_RESPONSE, "request", ours, text_of(direct, "mx.other"));
    assert_true(booked(ours).response == NO_ENTRY);
    enrol_elsewhere(STRANGER, "holder");
    about(STRANGER, KIND_RESPONSE, "request", ours, text_of(direct, "mx.elsewhere"));
    assert_true(booked(ours).response == NO_ENTRY);
    about(JUDGE, KIND_RATIFICATION, "request", ours, ",\"result\":\"refused\"");
    assert_int_equal(booked(ours).standing.ratified, RATIFICATION_REFUSED);
    assert_true(booked(last).standing.ratification == NO_ENTRY);
}

static void a_book_without_requests_finds_none(void **state)
{
    struct gate_booked b;
    char longest[CODE_MAX + 2];
    (void)state;
    gate_book_free(book);
    book = gate_book_new("mx.nobody");
    read_on();
    const struct entry_ref ref = ref_of(l.request);
    assert_int_equal(gate_book_find(book, &ref, judge_registry(judge), &b), GATE_NO_ENTRY);
    memset(longest, 'a', sizeof longest);
    longest[CODE_MAX + 1] = 0;
    assert_null(gate_book_new(longest));
    longest[CODE_MAX] = 0;
    struct gate_book *holder = gate_book_new(longest);
    assert_non_null(holder);
    gate_book_free(holder);
}

/* ---- warrants -------------------------------------------------------------------------------- */

static enum gate_cited cited(const char *member)
{
    return booked(request(text_of(",\"warrant\":{%s}", member))).standing.cited;
}

static void warrants_are_found_by_reference_court_and_entry(void **state)
{
    (void)state;
    uint64_t a = warrant(JUDGE, "A/1");
    enrol_elsewhere(STRANGER, "judge");
    assert_int_equal(cited("\"ref\":\"A/1\""), CITED_ONE);
    assert_int_equal(cited("\"ref\":\"A/2\""), CITED_UNKNOWN);
    assert_int_equal(cited("\"ref\":\"A/1\",\"court\":\"mx.judge\""), CITED_ONE);
    assert_int_equal(cited("\"ref\":\"A/1\",\"court\":\"mx.other\""), CITED_UNKNOWN);
    struct gate_booked b =
        booked(request(text_of(",\"warrant\":{\"ref\":\"A/1\",\"entry\":%llu,\"hash\":%s",
                               (unsigned long long)a, strchr(log_ref(&l, a), ',') + 8)));
    assert_int_equal(b.standing.cited, CITED_ONE);
    assert_int_equal(b.standing.warrant_entry, a);
    assert_int_equal(cited(text_of("\"ref\":\"A/2\",\"entry\":%llu,\"hash\":%.*s",
                                   (unsigned long long)a, 46, strchr(log_ref(&l, a), ',') + 8)),
                     CITED_UNKNOWN); /* the entry has another reference */
    uint64_t other = warrant(STRANGER, "A/1");
    assert_int_equal(cited("\"ref\":\"A/1\""), CITED_SEVERAL);
    b = booked(request(",\"warrant\":{\"ref\":\"A/1\",\"court\":\"mx.elsewhere\"}"));
    assert_int_equal(b.standing.warrant_entry, other);
}

static enum gate_cited cited_entry(const char *ref, uint64_t entry)
{
    return cited(text_of("\"ref\":\"%s\",%.*s", ref, (int)strlen(log_ref(&l, entry)) - 2,
                         log_ref(&l, entry) + 1));
}

static void of_several_with_one_reference_the_entry_tells_which(void **state)
{
    (void)state;
    uint64_t w[] = { warrant(JUDGE, "F/1"), warrant(JUDGE, "F/1"), warrant(JUDGE, "F/1") };
    assert_int_equal(cited("\"ref\":\"F/1\",\"court\":\"mx.judge\""), CITED_SEVERAL);
    for (size_t i = 0; i < COUNT(w); i++) {
        assert_int_equal(cited_entry("F/1", w[i]), CITED_ONE);
        assert_int_equal(booked(l.n - 1).standing.warrant_entry, w[i]);
    }
}

/* Nobody's warrant but a judge's is one; the next one of its reference is not taken for it. */
static void a_warrant_that_does_not_count_is_none(void **state)
{
    const char *later = ",\"until\":\"2027-01-01T00:00:00.000Z\"";
    const char *executed = ",\"executed\":{\"from\":\"2026-11-21T15:00:00.000Z\",\"until\":"
                           "\"2026-11-21T15:30:00.000Z\"}";
    (void)state;
    uint64_t none = warrant(REQUESTER, "G/1"), good = warrant(JUDGE, "G/1");
    uint64_t r = request(",\"warrant\":{\"ref\":\"G/1\"}");
    uint64_t past = warrant(REQUESTER, "G/2");
    int64_t until = booked(r).standing.warrant_until;
    assert_int_equal(booked(r).standing.warrant_entry, good);
    about(JUDGE, KIND_EXTENSION, "warrant", none, later);
    about(REQUESTER, KIND_CLOSING, "warrant", none, executed);
    about(JUDGE, KIND_EXTENSION, "warrant", past, later);
    about(REQUESTER, KIND_CLOSING, "warrant", past, executed);
    assert_true(booked(r).standing.closed == NO_ENTRY);
    assert_true(booked(r).standing.warrant_until == until);
    assert_int_equal(cited_entry("G/1", none), CITED_UNKNOWN);
    assert_int_equal(cited_entry("G/2", past), CITED_UNKNOWN);
}

/* Genesis and enrolments. */
static void without_warrants(void)
{
    struct log without;
    log_copy(&without, &l, 6);
    log_free(&l);
    l = without;
}

static void where_there_is_no_warrant_none_is_found(void **state)
{
    (void)state;
    without_warrants();
    assert_int_equal(cited("\"ref\":\"A/1\""), CITED_UNKNOWN);
    assert_int_equal(booked(request("")).standing.cited, CITED_NOTHING);
    uint64_t none = warrant(REQUESTER, "A/1"); /* does not count */
    assert_int_equal(cited_entry("A/1", none), CITED_UNKNOWN);
}

/* The first warrant, of a reference in the last bucket; new memory is not all zeros. */
static void the_last_bucket_is_one_too(void **state)
{
    const char *ref;
    struct hash h;
    int i = 0;
    (void)state;
    without_warrants();
    do {
        ref = text_of("H/%d", i++);
        hash_bytes(&h, span_str(ref));
    } while ((h.b[0] & 63) != 63);
    mallopt(M_PERTURB, 0xaa);
    uint64_t w = warrant(JUDGE, ref);
    assert_int_equal(cited(text_of("\"ref\":\"H/%d\"", i - 1)), CITED_ONE);
    assert_int_equal(booked(l.n - 1).standing.warrant_entry, w);
    mallopt(M_PERTURB, 0);
}

static void what_was_cited_before_is_not_found_later(void **state)
{
    (void)state;
    uint64_t before = request(",\"warrant\":{\"ref\":\"B/1\"}");
    warrant(JUDGE, "B/1");
    assert_int_equal(booked(before).standing.cited, CITED_UNKNOWN);
    assert_null(booked(before).standing.warrant);
}

static void a_thousand_warrants_are_told_apart(void **state)
{
    uint64_t first = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t w = warrant(JUDGE, text_of("C/%d", i));
        first = i == 0 ? w : first;
    }
    static const uint64_t some[] = { 0, 61, 62, 63, 125, 126, 127, 253, 254, 255, 510, 511, 999 };
    for (size_t i = 0; i < COUNT(some); i++) { /* also the last ones before there is more room */
        struct gate_booked b = booked(
            request(text_of(",\"warrant\":{\"ref\":\"C/%llu\"}", (unsigned long long)some[i])));
        assert_int_equal(b.standing.cited, CITED_ONE);
        assert_int_equal(b.standing.warrant_entry, first + some[i]);
    }
}

static void only_its_own_court_extends_a_warrant(void **state)
{
    const char *later = ",\"until\":\"2027-01-01T00:00:00.000Z\"";
    const int64_t window = INT64_C(1797865200000), until = INT64_C(1798761600000);
    (void)state;
    enrol_elsewhere(STRANGER, "judge");
    uint64_t w = warrant(JUDGE, "D/1");
    uint64_t r = request(",\"warrant\":{\"ref\":\"D/1\"}");
    assert_int_equal(booked(r).standing.warrant_until, window);
    about(JUDGE, KIND_EXTENSION, "warrant", w, ",\"until\":\"2026-11-30T00:00:00.000Z\"");
    assert_int_equal(booked(r).standing.warrant_until, window); /* not later than it is */
    about(REQUESTER, KIND_EXTENSION, "warrant", w, later);
    assert_int_equal(booked(r).standing.warrant_until, window); /* no judge */
    about(STRANGER, KIND_EXTENSION, "warrant", w, later);
    assert_int_equal(booked(r).standing.warrant_until, window); /* another court */
    about(JUDGE, KIND_EXTENSION, "warrant", w, later);
    assert_int_equal(booked(r).standing.warrant_until, until);
}

static void whoever_may_use_a_warrant_closes_it(void **state)
{
    const char *executed = ",\"executed\":{\"from\":\"2026-11-21T15:00:00.000Z\",\"until\":"
                           "\"2026-11-21T15:30:00.000Z\"}";
    (void)state;
    uint64_t w = warrant(JUDGE, "E/1");
    uint64_t r = request(",\"warrant\":{\"ref\":\"E/1\"}");
    enrol_elsewhere(STRANGER, "requester");
    about(JUDGE, KIND_CLOSING, "warrant", w, executed);    /* judges close nothing */
    about(STRANGER, KIND_CLOSING, "warrant", w, executed); /* it is not for him to use */
    assert_true(booked(r).standing.closed == NO_ENTRY);
    uint64_t closed = about(REQUESTER, KIND_CLOSING, "warrant", w, executed);
    about(REQUESTER, KIND_CLOSING, "warrant", w, executed);
    assert_int_equal(booked(r).standing.closed, closed);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_found_by_index_and_hash),
        TEST(requests_to_others_and_those_that_do_not_count_are_not_kept),
        TEST(a_revocation_counts_from_its_entry_on),
        TEST(the_end_of_the_enrolment_is_known),
        TEST(the_last_ratification_counts),
        TEST(the_first_direct_access_is_what_data_rest_on),
        TEST(what_is_said_of_others_requests_is_not_of_ours),
        TEST(a_book_without_requests_finds_none),
        TEST(of_several_with_one_reference_the_entry_tells_which),
        TEST(a_warrant_that_does_not_count_is_none),
        TEST(where_there_is_no_warrant_none_is_found),
        TEST(the_last_bucket_is_one_too),
        TEST(warrants_are_found_by_reference_court_and_entry),
        TEST(what_was_cited_before_is_not_found_later),
        TEST(a_thousand_warrants_are_told_apart),
        TEST(only_its_own_court_extends_a_warrant),
        TEST(whoever_may_use_a_warrant_closes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
