/* bitacora.h: what a gate decides, and whether a warrant covers a request. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "proto/base/base64.h"
#include "proto/base/when.h"
#include "proto/judge/presentation.h"

#define MINUTE INT64_C(60000)

static bitacora_gate *gate;
static struct buf receipt; /* of the fixture's request, cosigned */

static int gate_start(void **state)
{
    group_start(state);
    receipt_of(&receipt, &l, l.request, log_seconds());
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &gate), BITACORA_PROVEN);
    return 0;
}

static int gate_stop(void **state)
{
    bitacora_gate_free(gate);
    buf_free(&receipt);
    return group_stop(state);
}

/* What is presented; a test may alter it. */
struct visit {
    const char *origin, *holder;
    uint64_t entry;
    enum who who;
    int64_t at;
};

static struct visit honest(void)
{
    return (struct visit){ ORIGIN, "mx.holder", l.request, REQUESTER, l.now };
}

static void sign(struct buf *out, const struct visit *v)
{
    struct entry_ref ref = { .entry = v->entry };
    memcpy(ref.hash, l.leaf[v->entry].b, HASH_BYTES);
    presentation_sign(out, v->origin, v->holder, &ref, v->at, NULL, &l.who[v->who].key);
    assert_false(out->failed);
}

/* Decides at the time of the log's next entry. */
static bitacora_result decide(const bitacora_gate *g, const struct buf *shown,
                              const struct visit *v)
{
    bitacora_receipt *request;
    struct buf note = { 0 };
    sign(&note, v);
    bitacora_result result =
        bitacora_gate_decide(ctx, g, l.now, shown->p, shown->n, note.p, note.n, &request);
    assert_true((request != NULL) == (result == BITACORA_PROVEN));
    if (request != NULL)
        assert_string_equal(bitacora_receipt_kind(request), "request");
    bitacora_receipt_free(request);
    buf_free(&note);
    return result;
}

static void lets_in_who_presents_his_request(void **state)
{
    (void)state;
    struct visit v = honest();
    assert_int_equal(decide(gate, &receipt, &v), BITACORA_PROVEN);
    none();
}

static void presentations_must_be_for_this_holder_entry_and_key(void **state)
{
    (void)state;
    struct visit v = honest();
    static const struct {
        struct visit v;
        const char *subject;
    } rows[] = {
        { { "other.example.mx/log", "mx.holder", 7, REQUESTER, 0 }, "origin" },
        { { ORIGIN, "mx.other", 7, REQUESTER, 0 }, "holder" },
        { { ORIGIN, "mx.holder", 6, REQUESTER, 0 }, "request" },
        { { ORIGIN, "mx.holder", 7, HOLDER, 0 }, "telco.example.mx/legal" },
        { { ORIGIN, "mx.holder", 7, STRANGER, 0 }, NULL },
    };
    assert_int_equal(l.request, 7);
    for (size_t i = 0; i < COUNT(rows); i++) {
        v = rows[i].v;
        v.at = l.now;
        assert_int_equal(decide(gate, &receipt, &v), BITACORA_BAD);
        only("presentation", BITACORA_BAD);
        assert_true(bitacora_finding_entry(bitacora_finding_at(ctx, 0)) == l.request);
        assert_true(has_found("presentation", rows[i].subject));
    }
}

static void presentations_must_be_fresh(void **state)
{
    (void)state;
    static const struct {
        int64_t before; /* now */
        bitacora_result result;
    } rows[] = { { 0, BITACORA_PROVEN },
                 { 5 * MINUTE, BITACORA_PROVEN },
                 { 5 * MINUTE + 1, BITACORA_BAD },
                 { -MINUTE, BITACORA_PROVEN },
                 { -MINUTE - 1, BITACORA_BAD } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit v = honest();
        v.at = l.now - rows[i].before;
        assert_int_equal(decide(gate, &receipt, &v), rows[i].result);
        if (rows[i].result == BITACORA_BAD)
            only("presentation", BITACORA_BAD);
    }
}

static void a_receipt_alone_is_no_credential(void **state)
{
    (void)state;
    bitacora_receipt *request;
    static const char *const notes[] = { "", "x", "bitacora/v1 presentation\n" };
    for (size_t i = 0; i < COUNT(notes); i++) {
        assert_int_equal(bitacora_gate_decide(ctx, gate, l.now, receipt.p, receipt.n, notes[i],
                                              strlen(notes[i]), &request),
                         BITACORA_BAD);
        only("presentation", BITACORA_BAD);
        assert_null(request);
    }
    assert_int_equal(
        bitacora_gate_decide(ctx, gate, l.now, receipt.p, receipt.n, NULL, 0, &request),
        BITACORA_BAD);
}

static void other_holders_and_authorities_are_refused(void **state)
{
    (void)state;
    bitacora_gate *g;
    struct visit v = honest();
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.bank", &g), BITACORA_PROVEN);
    v.holder = "mx.bank";
    assert_int_equal(decide(g, &receipt, &v), BITACORA_BAD);
    only("holder", BITACORA_BAD);
    assert_true(has_found("holder", "mx.holder"));
    bitacora_gate_free(g);

    v = honest();
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &g), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_allow_authority(g, "mx.other"), BITACORA_PROVEN);
    assert_int_equal(decide(g, &receipt, &v), BITACORA_BAD);
    only("authority", BITACORA_BAD);
    assert_true(has_found("authority", "mx.requester"));
    assert_int_equal(bitacora_gate_allow_authority(g, "mx.requester"), BITACORA_PROVEN);
    assert_int_equal(decide(g, &receipt, &v), BITACORA_PROVEN);
    bitacora_gate_free(g);
}

static void other_kinds_are_refused(void **state)
{
    (void)state;
    struct visit v = honest();
    struct buf text = { 0 };
    receipt_of(&text, &l, l.warrant, log_seconds());
    assert_int_equal(decide(gate, &text, &v), BITACORA_BAD);
    only("kind", BITACORA_BAD);
    assert_true(has_found("kind", "warrant"));
    buf_free(&text);
}

static void old_requests_and_checkpoints_are_refused(void **state)
{
    (void)state;
    bitacora_gate *g;
    struct visit v = honest();
    int64_t age = l.now - (l.now - 1000 * (int64_t)(l.n - l.request));
    assert_int_equal(bitacora_gate_new(ctx, policy, "mx.holder", &g), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, age, 0), BITACORA_PROVEN);
    assert_int_equal(decide(g, &receipt, &v), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, age - 1, 0), BITACORA_PROVEN);
    assert_int_equal(decide(g, &receipt, &v), BITACORA_BAD);
    only("stale", BITACORA_BAD);

    struct buf text = { 0 };
    receipt_of(&text, &l, l.request, log_seconds() - 10);
    assert_int_equal(bitacora_gate_max_age(g, 0, 10999), BITACORA_PROVEN);
    assert_int_equal(decide(g, &text, &v), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, 0, 9000), BITACORA_PROVEN);
    assert_int_equal(decide(g, &text, &v), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    int64_t exactly = l.now - (int64_t)(log_seconds() - 10) * 1000;
    assert_int_equal(bitacora_gate_max_age(g, 0, exactly), BITACORA_PROVEN);
    assert_int_equal(decide(g, &text, &v), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, 0, exactly - 1), BITACORA_PROVEN);
    assert_int_equal(decide(g, &text, &v), BITACORA_UNDECIDED);
    only("stale", BITACORA_UNDECIDED);
    buf_clear(&text);
    receipt_of(&text, &l, l.request, 0); /* no cosignature is no old one */
    assert_int_equal(decide(g, &text, &v), BITACORA_UNDECIDED);
    only("quorum", BITACORA_UNDECIDED);
    buf_free(&text);
    bitacora_gate_free(g);
}

static void what_the_receipt_lacks_the_gate_lacks(void **state)
{
    (void)state;
    struct visit v = honest();
    struct buf text = { 0 };
    receipt_of(&text, &l, l.request, 0);
    assert_int_equal(decide(gate, &text, &v), BITACORA_UNDECIDED);
    only("quorum", BITACORA_UNDECIDED);
    text.p[text.n / 3] ^= 1;
    assert_true(decide(gate, &text, &v) != BITACORA_PROVEN);
    buf_clear(&text);
    assert_int_equal(decide(gate, &text, &v), BITACORA_UNDECIDED);
    only("receipt", BITACORA_UNDECIDED);
    buf_free(&text);
}

static const char request_members[] =
    "\"authority\":\"mx.requester\",\"function\":\"f\",\"level\":\"federal\",\"holder\":"
    "\"mx.holder\",\"source\":\"s\",\"basis\":\"b\",\"persons\":1,\"purpose\":{\"code\":\"c\"}";

static void a_term_that_is_past_is_refused(void **state)
{
    (void)state;
    static const struct {
        int64_t after; /* now */
        bitacora_result result;
    } rows[] = { { 0, BITACORA_PROVEN }, { -1, BITACORA_BAD } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct log more;
        char term[WHEN_TEXT + 1];
        struct buf text = { 0 }, note = { 0 };
        bitacora_receipt *request;
        log_copy(&more, &l, l.n);
        int64_t now = more.now + 5000;
        when_format(term, now + rows[i].after);
        uint64_t at = log_add(&more, BY(REQUESTER, KIND_REQUEST,
                                        .members = text_of("%s,\"categories\":[\"c\"],"
                                                           "\"term\":\"%s\"",
                                                           request_members, term)));
        struct entry_ref ref = { .entry = at };
        memcpy(ref.hash, more.leaf[at].b, HASH_BYTES);
        presentation_sign(&note, ORIGIN, "mx.holder", &ref, now, NULL, &l.who[REQUESTER].key);
        receipt_of(&text, &more, at, (uint64_t)(now / 1000));
        assert_int_equal(
            bitacora_gate_decide(ctx, gate, now, text.p, text.n, note.p, note.n, &request),
            rows[i].result);
        if (rows[i].result == BITACORA_BAD)
            only("term", BITACORA_BAD);
        bitacora_receipt_free(request);
        buf_free(&text);
        buf_free(&note);
        log_free(&more);
    }
}

/* ---- warrants -------------------------------------------------------------------------------- */

/* A log of the fixture's entries, a warrant and a request that cites it. */
struct pair {
    struct log log;
    bitacora_receipt *warrant, *request;
};

static bitacora_receipt *take(const struct log *of, uint64_t index)
{
    bitacora_receipt *r;
    struct buf text = { 0 };
    receipt_of(&text, of, index, (uint64_t)(of->now / 1000));
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    buf_free(&text);
    return r;
}

static void pair_make(struct pair *p, const char *warrant, const char *categories)
{
    log_copy(&p->log, &l, l.n);
    uint64_t w =
        log_add(&p->log, BY(JUDGE, KIND_WARRANT,
                            .members = text_of("\"ref\":\"X\",\"matter\":\"m\",%s", warrant)));
    struct hash leaf = p->log.leaf[w];
    char hash[48];
    base64_encode(hash, leaf.b, HASH_BYTES);
    uint64_t r = log_add(
        &p->log, BY(REQUESTER, KIND_REQUEST,
                    .members = text_of("%s,\"categories\":%s,\"warrant\":{\"ref\":\"X\","
                                       "\"entry\":%llu,\"hash\":\"%s\"}",
                                       request_members, categories, (unsigned long long)w, hash)));
    p->warrant = take(&p->log, w);
    p->request = take(&p->log, r);
}

static void pair_free(struct pair *p)
{
    bitacora_receipt_free(p->warrant);
    bitacora_receipt_free(p->request);
    log_free(&p->log);
}

#define WINDOW                                                                                     \
    ",\"window\":{\"from\":\"2026-01-01T00:00:00.000Z\",\"until\":\"2026-12-01T00:00:00.000Z\"}"
#define JANUARY INT64_C(1767225600000)  /* 2026-01-01 */
#define DECEMBER INT64_C(1796083200000) /* 2026-12-01 */

static void warrants_cover_what_they_name(void **state)
{
    (void)state;
    static const struct {
        const char *warrant, *categories;
        int64_t now;
        bitacora_result result;
        const char *subject;
    } rows[] = {
        { "\"used_by\":[\"a\",\"mx.requester\"],\"categories\":[\"c\",\"d\"]" WINDOW, "[\"c\"]",
          JANUARY, BITACORA_PROVEN, NULL },
        { "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\",\"d\"],\"holders\":[\"mx."
          "holder\"]" WINDOW,
          "[\"c\",\"d\"]", DECEMBER - 1, BITACORA_PROVEN, NULL },
        { "\"used_by\":[\"mx.other\"],\"categories\":[\"c\"]" WINDOW, "[\"c\"]", JANUARY,
          BITACORA_BAD, "used_by" },
        { "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"],\"holders\":[\"mx.bank\"]" WINDOW,
          "[\"c\"]", JANUARY, BITACORA_BAD, "holders" },
        { "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"]" WINDOW, "[\"c\",\"d\"]", JANUARY,
          BITACORA_BAD, "d" },
        { "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"]" WINDOW, "[\"c\"]", JANUARY - 1,
          BITACORA_BAD, "window.from" },
        { "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"]" WINDOW, "[\"c\"]", DECEMBER,
          BITACORA_UNDECIDED, "window.until" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair p;
        pair_make(&p, rows[i].warrant, rows[i].categories);
        assert_int_equal(bitacora_gate_check_warrant(ctx, rows[i].now, p.request, p.warrant),
                         rows[i].result);
        if (rows[i].subject == NULL) {
            none();
        } else {
            only("warrant", rows[i].result);
            assert_true(has_found("warrant", rows[i].subject));
        }
        pair_free(&p);
    }
}

/* A member `subjects` that names one person. */
static const char *person(const char *commit)
{
    return text_of(",\"subjects\":[{\"type\":\"curp\",\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":"
                   "%s}]",
                   commit, commit, log_ref(&l, l.who[OVERSIGHT].entry));
}

static void a_warrant_for_persons_covers_these_alone(void **state)
{
    static const char ana[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    static const char eva[] = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const char *warrant = "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"]" WINDOW;
    const struct {
        const char *asked;
        bitacora_result result;
    } rows[] = {
        { person(ana), BITACORA_PROVEN },
        { person(eva), BITACORA_BAD },
        { "", BITACORA_BAD }, /* it does not say whom it is about */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair p;
        pair_make(&p, text_of("%s%s", warrant, person(ana)), text_of("[\"c\"]%s", rows[i].asked));
        assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, p.request, p.warrant),
                         rows[i].result);
        if (rows[i].result == BITACORA_BAD)
            assert_true(has_found("warrant", "subjects"));
        pair_free(&p);
    }
}

static void only_the_warrant_that_is_cited_covers(void **state)
{
    (void)state;
    struct pair p;
    pair_make(&p, "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"]" WINDOW, "[\"c\"]");
    bitacora_receipt *other = take(&l, l.warrant);
    bitacora_receipt *uncited = take(&l, l.request);
    assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, p.request, other), BITACORA_BAD);
    assert_true(has_found("warrant", "warrant"));
    assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, uncited, p.warrant), BITACORA_BAD);
    assert_true(has_found("warrant", "warrant"));
    assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, p.request, p.request), BITACORA_BAD);
    only("kind", BITACORA_BAD);
    assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, p.warrant, p.warrant), BITACORA_BAD);
    only("kind", BITACORA_BAD);
    bitacora_receipt_free(other);
    bitacora_receipt_free(uncited);
    /* The entry's number with the hash of another: of a log that has shown two. */
    uint64_t r = log_add(
        &p.log, BY(REQUESTER, KIND_REQUEST,
                   .members = text_of("%s,\"categories\":[\"c\"],\"warrant\":{\"ref\":\"X\","
                                      "\"entry\":%llu,\"hash\":"
                                      "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}",
                                      request_members,
                                      (unsigned long long)bitacora_receipt_index(p.warrant))));
    uncited = take(&p.log, r);
    assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, uncited, p.warrant), BITACORA_BAD);
    assert_true(has_found("warrant", "warrant"));
    bitacora_receipt_free(uncited);
    pair_free(&p);
}

/* ---- misuse ---------------------------------------------------------------------------------- */

/* A log that no witness has seen may show anything to a single gate. */
static void a_pair_that_is_not_proven_covers_nothing(void **state)
{
    (void)state;
    struct pair p;
    struct buf text = { 0 };
    bitacora_receipt *r;
    pair_make(&p, "\"used_by\":[\"mx.requester\"],\"categories\":[\"c\"]" WINDOW, "[\"c\"]");
    for (int which = 0; which < 2; which++) {
        bitacora_receipt *good = which == 0 ? p.warrant : p.request;
        buf_clear(&text);
        receipt_of(&text, &p.log, bitacora_receipt_index(good), 0);
        assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r),
                         BITACORA_UNDECIDED);
        assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, which == 0 ? p.request : r,
                                                     which == 0 ? r : p.warrant),
                         BITACORA_UNDECIDED);
        only("quorum", BITACORA_UNDECIDED);
        assert_true(bitacora_finding_entry(bitacora_finding_at(ctx, 0)) ==
                    bitacora_receipt_index(good));
        bitacora_receipt_free(r);
    }
    assert_int_equal(bitacora_receipt_verify(ctx, alone, text.p, text.n, &r), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_check_warrant(ctx, JANUARY, r, p.warrant), BITACORA_MISUSE);
    assert_true(has_found("misuse", "policy"));
    bitacora_receipt_free(r);
    pair_free(&p);
    buf_free(&text);
}

static void wrong_arguments_are_misuse(void **state)
{
    (void)state;
    bitacora_gate *g;
    bitacora_receipt *r;
    static const char *const holders[] = { "", " ", "a b", "ñ" };
    for (size_t i = 0; i < COUNT(holders); i++) {
        assert_int_equal(bitacora_gate_new(ctx, policy, holders[i], &g), BITACORA_MISUSE);
        assert_null(g);
        assert_int_equal(bitacora_gate_allow_authority(gate, holders[i]), BITACORA_MISUSE);
    }
    assert_int_equal(bitacora_gate_new(ctx, policy, NULL, &g), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_new(ctx, NULL, "a", &g), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_new(NULL, policy, "a", &g), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_new(ctx, policy, "a", NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_allow_authority(NULL, "a"), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_max_age(NULL, 0, 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_max_age(gate, -1, 0), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_max_age(gate, 0, -1), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_new(ctx, alone, "a", &g), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_max_age(g, 0, 1), BITACORA_MISUSE); /* nobody cosigns */
    bitacora_gate_free(g);
    bitacora_gate_free(NULL);
    assert_int_equal(bitacora_gate_decide(NULL, gate, 0, "", 0, "", 0, &r), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_decide(ctx, NULL, 0, "", 0, "", 0, &r), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_decide(ctx, gate, 0, NULL, 1, "", 0, &r), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_decide(ctx, gate, 0, "", 0, NULL, 1, &r), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_decide(ctx, gate, 0, "", 0, "", 0, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_decide(ctx, gate, INT64_MAX, "", 0, "", 0, &r), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_decide(ctx, gate, INT64_MIN, "", 0, "", 0, &r), BITACORA_MISUSE);
    only("misuse", BITACORA_MISUSE);
    assert_true(has_found("misuse", "now"));
    assert_int_equal(bitacora_gate_check_warrant(ctx, 0, NULL, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_check_warrant(NULL, 0, NULL, NULL), BITACORA_MISUSE);
    bitacora_receipt *request = take(&l, l.request);
    assert_int_equal(bitacora_gate_check_warrant(ctx, 0, request, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_gate_check_warrant(ctx, INT64_MAX, request, request),
                     BITACORA_MISUSE);
    bitacora_receipt_free(request);
}

static void a_decision_can_be_cancelled(void **state)
{
    (void)state;
    int left = 2;
    struct visit v = honest();
    bitacora_set_cancel(ctx, stop_after, &left);
    assert_int_equal(decide(gate, &receipt, &v), BITACORA_CANCELLED);
    bitacora_set_cancel(ctx, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_in_who_presents_his_request),
        cmocka_unit_test(presentations_must_be_for_this_holder_entry_and_key),
        cmocka_unit_test(presentations_must_be_fresh),
        cmocka_unit_test(a_receipt_alone_is_no_credential),
        cmocka_unit_test(other_holders_and_authorities_are_refused),
        cmocka_unit_test(other_kinds_are_refused),
        cmocka_unit_test(old_requests_and_checkpoints_are_refused),
        cmocka_unit_test(what_the_receipt_lacks_the_gate_lacks),
        cmocka_unit_test(a_term_that_is_past_is_refused),
        cmocka_unit_test(warrants_cover_what_they_name),
        cmocka_unit_test(a_warrant_for_persons_covers_these_alone),
        cmocka_unit_test(only_the_warrant_that_is_cited_covers),
        cmocka_unit_test(a_pair_that_is_not_proven_covers_nothing),
        cmocka_unit_test(wrong_arguments_are_misuse),
        cmocka_unit_test(a_decision_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, gate_start, gate_stop);
}
