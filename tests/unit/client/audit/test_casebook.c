/* casebook.h: the facts of small logs, made for the purpose. */
#include "client/audit/casebook.h"

#include <stdlib.h>

#include "tests/unit/fixture.h"

/* ---- a log and its casebook ------------------------------------------------------------------ */

struct reading {
    struct casebook cb;
    struct judge *judge;
    struct ruleset *ruleset;
    bool lost;
};

/* A judged_fn: as an audit takes entries in. */
static void take(void *ctx, const struct judged *e)
{
    struct reading *r = ctx;
    if (!e->counts) {
        casebook_skip(&r->cb, e);
        return;
    }
    const struct event event = { .e = e,
                                 .object = e->record->object,
                                 .signer = e->signer == NO_SIGNER
                                               ? NULL
                                               : registry_get(judge_registry(r->judge), e->signer),
                                 .ruleset = r->ruleset };
    r->lost = !casebook_take(&r->cb, &event) || r->lost;
}

static enum lookup look_up(void *ctx, uint64_t index, struct known_entry *out)
{
    const struct log *l = ctx;
    struct entry e;
    struct record record;
    struct refusal why;
    if (entry_parse(&e, buf_span(&l->entry[index]), &why) != 0 ||
        record_parse(&record, e.note, &why) != 0)
        return LOOKUP_FAILED;
    *out = (struct known_entry){ .kind = record.kind, .leaf = l->leaf[index] };
    record_free(&record);
    return LOOKUP_FOUND;
}

static void nothing_found(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

/* The casebook of a whole log. */
static struct reading *read_log(struct log *l)
{
    struct reading *r = calloc(1, sizeof *r);
    struct refusal why;
    const struct judge_setup setup = { .log = l->who[THE_LOG].key.vkey,
                                       .size = l->n,
                                       .lookup = look_up,
                                       .lookup_ctx = l,
                                       .found = nothing_found,
                                       .judged = take,
                                       .judged_ctx = r };
    casebook_open(&r->cb);
    r->ruleset = ruleset_parse(ruleset_builtin(), &why);
    r->judge = judge_new(&setup);
    for (uint64_t i = 0; i < l->n; i++)
        judge_entry(r->judge, i, &l->leaf[i], buf_span(&l->entry[i]));
    assert_false(r->lost);
    assert_int_equal(r->cb.rows.n, l->n);
    return r;
}

static void reading_free(struct reading *r)
{
    judge_free(r->judge);
    ruleset_free(r->ruleset);
    casebook_close(&r->cb);
    free(r);
}

static struct log l;

static int each_start(void **state)
{
    (void)state;
    log_start(&l, "");
    return 0;
}

static int each_end(void **state)
{
    (void)state;
    log_free(&l);
    return 0;
}

static void expect_word(const struct reading *r, word w, const char *text)
{
    assert_string_equal(casebook_text(&r->cb, w), text);
}

#define WINDOW                                                                                     \
    "\"window\":{\"from\":\"2026-11-21T15:00:00.000Z\",\"until\":\"2026-12-21T15:00:00.000Z\"}"

static uint64_t add_warrant(enum who judge, const char *ref)
{
    return log_add(&l, BY(judge, KIND_WARRANT,
                          .members = text_of("\"ref\":\"%s\",\"matter\":\"criminal\","
                                             "\"used_by\":[\"mx.requester\"],\"categories\":"
                                             "[\"geolocation_live\"]," WINDOW,
                                             ref)));
}

static uint64_t add_request(const char *more)
{
    return log_add(&l, BY(REQUESTER, KIND_REQUEST,
                          .members = text_of("%s%s", log_members(&l, KIND_REQUEST), more)));
}

static int64_t accepted_at(uint64_t entry)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[entry]), &why), 0);
    return e.accepted;
}

/* ---- facts of a request ---------------------------------------------------------------------- */

static void a_request_has_what_its_record_says(void **state)
{
    (void)state;
    struct reading *r = read_log(&l);
    const struct request *q = casebook_request(&r->cb, l.request);
    assert_non_null(q);
    assert_int_equal(q->entry, l.request);
    assert_int_equal(q->accepted, accepted_at(l.request));
    expect_word(r, q->authority, "mx.requester");
    expect_word(r, q->holder, "mx.holder");
    expect_word(r, q->basis, "LIC-142");
    assert_int_equal(q->categories_n, 1);
    expect_word(r, casebook_words(&r->cb, q->categories)[0], "bank");
    assert_int_equal(q->persons, 1);
    assert_int_equal(q->resolved, RESOLVED_UNNAMED);
    assert_false(q->emergency);
    assert_int_equal(q->answer, l.request + 1); /* log_start()'s response */
    expect_word(r, q->outcome, "full");
    assert_int_equal(q->delivery, l.request + 1);
    assert_int_equal(q->notice, NO_ENTRY);
    assert_int_equal(q->ratified, RATIFIED_NOT);
    assert_null(casebook_request(&r->cb, l.warrant));
    assert_null(casebook_request(&r->cb, l.n));
    reading_free(r);
}

static void what_does_not_count_gives_no_facts(void **state)
{
    (void)state;
    uint64_t foreign = log_add(&l, BY(STRANGER, KIND_REQUEST));
    uint64_t role = log_add(&l, BY(AUDITOR, KIND_WARRANT));
    log_add(&l, BY(STRANGER, KIND_RESPONSE,
                   .members =
                       text_of("\"request\":%s,\"holder\":\"mx.holder\",\"outcome\":\"rejected\","
                               "\"received_at\":\"2026-11-21T15:00:00.000Z\"",
                               log_ref(&l, l.request))));
    struct reading *r = read_log(&l);
    assert_null(casebook_request(&r->cb, foreign));
    assert_null(casebook_warrant(&r->cb, role));
    expect_word(r, casebook_request(&r->cb, l.request)->outcome, "full");
    assert_int_equal(r->cb.requests.n, 1);
    reading_free(r);
}

static void respond(const char *outcome)
{
    log_add(&l, BY(HOLDER, KIND_RESPONSE,
                   .members = text_of("\"request\":%s,\"holder\":\"mx.holder\",\"outcome\":\"%s\","
                                      "\"received_at\":\"2026-11-21T15:00:00.000Z\"",
                                      log_ref(&l, l.request), outcome)));
}

static void the_first_answer_counts_and_the_last_outcome(void **state)
{
    (void)state;
    l.request = add_request("");
    respond("pending"); /* which is no answer */
    uint64_t answer = l.n;
    respond("rejected_form");
    uint64_t delivery = l.n;
    respond("partial");
    struct reading *r = read_log(&l);
    const struct request *q = casebook_request(&r->cb, l.request);
    assert_int_equal(q->answer, answer);
    assert_int_equal(q->answer_accepted, accepted_at(answer));
    assert_int_equal(q->delivery, delivery);
    expect_word(r, q->outcome, "partial");
    reading_free(r);
}

static void ratify(const char *result)
{
    log_add(&l,
            BY(JUDGE, KIND_RATIFICATION,
               .members = text_of("\"request\":%s,\"result\":%s", log_ref(&l, l.request), result)));
}

static void ratifications_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *result;
        enum ratified ratified;
    } cases[] = {
        { "\"total\"", RATIFIED_TOTAL },
        { "\"refused\"", RATIFIED_REFUSED },
        { "\"partial\"", RATIFIED_PARTIAL_UNSAID },
        { "\"partial\",\"categories\":[\"bank\"]", RATIFIED_PARTIAL },
        { "\"partial\",\"categories\":[\"geolocation_live\"]", RATIFIED_PARTIAL_OUTSIDE },
    };
    uint64_t first = l.n;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t last = l.n;
        ratify(cases[i].result);
        struct reading *r = read_log(&l);
        const struct request *q = casebook_request(&r->cb, l.request);
        assert_int_equal(q->ratified, cases[i].ratified);
        assert_int_equal(q->ratification, last);
        assert_int_equal(q->first_ratification, first);
        reading_free(r);
    }
}

static void what_the_person_was_told_is_known(void **state)
{
    (void)state;
    uint64_t deferral = log_add(&l, BY(JUDGE, KIND_DEFERRAL));
    uint64_t notice = log_add(&l, BY(REQUESTER, KIND_JUDICIAL_NOTICE));
    uint64_t told = log_add(&l, BY(REQUESTER, KIND_NOTICE));
    log_add(&l, BY(REQUESTER, KIND_NOTICE));
    struct reading *r = read_log(&l);
    const struct request *q = casebook_request(&r->cb, l.request);
    assert_int_equal(q->deferral, deferral);
    assert_int_equal(q->notice, notice);
    assert_int_equal(q->told, told);
    assert_int_equal(q->told_accepted, accepted_at(told));
    reading_free(r);
}

static void only_transfers_abroad_count(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        log_add(&l, BY(REQUESTER, KIND_TRANSFER,
                       .members = text_of("\"requests\":[%s],\"recipient\":{\"country\":\"%s\","
                                          "\"authority\":\"x.y\"}",
                                          log_ref(&l, l.request), i == 1 ? "MX" : "US")));
    struct reading *r = read_log(&l);
    assert_int_equal(casebook_request(&r->cb, l.request)->foreign_transfers, 2);
    reading_free(r);
}

/* ---- warrants -------------------------------------------------------------------------------- */

static void a_warrant_is_found_by_what_a_request_names(void **state)
{
    (void)state;
    const char *second = text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"mx.dos\","
                                 "\"level\":\"federal\",\"name\":\"%s\"",
                                 vkey_text(&l, STRANGER), l.who[STRANGER].key.vkey.name);
    l.who[STRANGER].entry = log_add(&l, BY(REGISTRAR, KIND_ENROLL, .members = second));
    uint64_t here = add_warrant(JUDGE, "7/2026");
    uint64_t there = add_warrant(STRANGER, "7/2026");
    const struct {
        const char *names;
        enum resolved resolved;
        uint64_t warrant;
    } cases[] = {
        { ",\"warrant\":{\"ref\":\"1/2026\"}", RESOLVED, l.warrant },
        { ",\"warrant\":{\"ref\":\"7/2026\"}", RESOLVED_SEVERAL, NO_ENTRY },
        { ",\"warrant\":{\"ref\":\"7/2026\",\"court\":\"mx.dos\"}", RESOLVED, there },
        { ",\"warrant\":{\"ref\":\"7/2026\",\"court\":\"mx.tres\"}", RESOLVED_NONE, NO_ENTRY },
        { ",\"warrant\":{\"ref\":\"8/2026\"}", RESOLVED_NONE, NO_ENTRY },
        { text_of(",\"warrant\":{\"ref\":\"7/2026\",%s", log_ref(&l, here) + 1), RESOLVED, here },
        { text_of(",\"warrant\":{\"ref\":\"1/2026\",%s", log_ref(&l, here) + 1), RESOLVED_NONE,
          NO_ENTRY },
    };
    uint64_t entry[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++)
        entry[i] = add_request(cases[i].names);
    struct reading *r = read_log(&l);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct request *q = casebook_request(&r->cb, entry[i]);
        if (q == NULL || q->resolved != cases[i].resolved)
            fail_msg("%s", cases[i].names);
        const struct warrant *w = casebook_warrant_of(&r->cb, q);
        assert_int_equal(w == NULL ? NO_ENTRY : w->entry, cases[i].warrant);
    }
    reading_free(r);
}

static void an_extension_moves_the_end(void **state)
{
    (void)state;
    struct reading *r = read_log(&l);
    int64_t end = casebook_warrant(&r->cb, l.warrant)->end;
    assert_int_equal(end, casebook_warrant(&r->cb, l.warrant)->window.until);
    reading_free(r);
    uint64_t extension =
        log_add(&l, BY(JUDGE, KIND_EXTENSION,
                       .members = text_of("\"warrant\":%s,\"until\":\"2027-01-21T15:00:00.000Z\"",
                                          log_ref(&l, l.warrant))));
    r = read_log(&l);
    const struct warrant *w = casebook_warrant(&r->cb, l.warrant);
    assert_int_equal(w->end - end, INT64_C(31) * 24 * 3600 * 1000);
    assert_int_equal(w->window.until, end);
    assert_int_equal(w->extensions, 1);
    assert_int_equal(w->extension, extension);
    assert_true(w->live);
    reading_free(r);
}

static void references_that_look_alike_are_found(void **state)
{
    (void)state;
    uint64_t alike = add_warrant(JUDGE, "l/2026"); /* a letter for the digit */
    struct reading *r = read_log(&l);
    const struct warrant *w = casebook_lookalike(&r->cb, "1/2026");
    assert_non_null(w);
    assert_int_equal(w->entry, alike);
    assert_int_equal(casebook_lookalike(&r->cb, "l/2026")->entry, l.warrant);
    assert_null(casebook_lookalike(&r->cb, "2/2026"));
    reading_free(r);
}

/* ---- words and order ------------------------------------------------------------------------- */

static void equal_strings_have_equal_numbers(void **state)
{
    (void)state;
    struct casebook cb;
    casebook_open(&cb);
    word a = casebook_word(&cb, "mx.pjf"), b = casebook_word(&cb, "mx.fgr");
    assert_int_not_equal(a, b);
    assert_int_equal(casebook_word(&cb, "mx.pjf"), a);
    assert_int_equal(casebook_word(&cb, NULL), 0);
    assert_string_equal(casebook_text(&cb, a), "mx.pjf");
    assert_string_equal(casebook_text(&cb, b), "mx.fgr");
    assert_string_equal(casebook_text(&cb, 0), "");
    casebook_close(&cb);
}

static void a_log_whose_times_go_back_is_known_as_such(void **state)
{
    (void)state;
    struct reading *r = read_log(&l);
    assert_false(r->cb.disordered);
    assert_int_equal(r->cb.last, accepted_at(l.n - 1));
    reading_free(r);
    l.now -= 3600 * INT64_C(1000);
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    r = read_log(&l);
    assert_true(r->cb.disordered);
    reading_free(r);
}

#define casebook_test(f) cmocka_unit_test_setup_teardown(f, each_start, each_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        casebook_test(a_request_has_what_its_record_says),
        casebook_test(what_does_not_count_gives_no_facts),
        casebook_test(the_first_answer_counts_and_the_last_outcome),
        casebook_test(ratifications_are_told_apart),
        casebook_test(what_the_person_was_told_is_known),
        casebook_test(only_transfers_abroad_count),
        casebook_test(a_warrant_is_found_by_what_a_request_names),
        casebook_test(an_extension_moves_the_end),
        casebook_test(references_that_look_alike_are_found),
        casebook_test(equal_strings_have_equal_numbers),
        casebook_test(a_log_whose_times_go_back_is_known_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
