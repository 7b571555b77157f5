/* What is concluded about the lines of a case, held against the same worked out line by line, over
 * logs of many warrants and requests of few references and courts. */
#include "client/warrant/warrant_case.h"

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "tests/unit/client/log_folder.h"

#define REF "7/2026"
#define OTHER_REF "8/2026"
#define PERSONS 4
#define LOGS 6 /* of so many kinds */

static struct log_folder folder;
static struct log l;
static struct skey witness;
static char policy[96];
static struct replay_options options;
static uint64_t warrants[64], requests[64];
static size_t warrants_n, requests_n;
static uint64_t erased[PERSONS]; /* the first erasure of each one's blob; NO_ENTRY: none */
static uint32_t chance;
static bool without_warrants; /* none has the case's reference */

static const enum who courts[] = { JUDGE, STRANGER, STRANGER2 };
static const char *const court_names[] = { "mx.judge", "mx.second", "mx.third" };

/* ---- logs ------------------------------------------------------------------------------------ */

static unsigned below(unsigned n)
{
    chance = chance * 1664525 + 1013904223;
    return (chance >> 8) % n;
}

static void enroll_court(enum who who, const char *authority)
{
    l.who[who].entry = log_add(
        &l, BY(REGISTRAR, KIND_ENROLL,
               .members = text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"%s\","
                                  "\"level\":\"federal\",\"name\":\"%s\"",
                                  vkey_text(&l, who), authority, l.who[who].key.vkey.name)));
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    enroll_court(STRANGER, court_names[1]);
    enroll_court(STRANGER2, court_names[2]);
    warrants_n = requests_n = 0;
    for (size_t i = 0; i < PERSONS; i++)
        erased[i] = NO_ENTRY;
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    log_folder_policy(&folder, &l, &witness, "none");
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    options = (struct replay_options){ .trust = { .policy = policy, .max_age = -1, .tolerate = -1 },
                                       .dir = folder.dir };
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* The blob of a person, of which nothing is known but its hash. */
static const char *blob_of(size_t person)
{
    uint8_t hash[HASH_BYTES] = { 9, (uint8_t)person };
    char text[48];
    base64_encode(text, hash, HASH_BYTES);
    return text_of("%s", text);
}

/* The member `subjects` with one of them; from PERSONS on: none. */
static const char *subjects(size_t person)
{
    return person >= PERSONS
               ? ""
               : text_of(",\"subjects\":[{\"type\":\"curp\",\"commit\":\"%s\",\"sealed\":"
                         "\"%s\",\"to\":%s}]",
                         blob_of(person + PERSONS), blob_of(person),
                         log_ref(&l, l.who[OVERSIGHT].entry));
}

static uint64_t add_warrant(size_t court, const char *ref)
{
    static const char *const windows[] = { "2026-12-21", "2026-11-22", "2026-11-23" };
    assert_in_range(warrants_n, 0, COUNT(warrants) - 1);
    return warrants[warrants_n++] =
               log_add(&l, BY(courts[court], KIND_WARRANT,
                              .members = text_of(
                                  "\"ref\":\"%s\",\"matter\":\"criminal\",\"used_by\":"
                                  "[\"%s\"],\"categories\":[\"%s\"],\"window\":{\"from\":"
                                  "\"2026-11-21T15:00:00.000Z\",\"until\":\"%sT15:00:00.000Z\"}%s",
                                  ref, below(4) == 0 ? "mx.nobody" : "mx.requester",
                                  below(2) == 0 ? "bank" : "geolocation_live",
                                  windows[below(COUNT(windows))], subjects(below(2 * PERSONS)))));
}

/* warrant: what follows "warrant": */
static uint64_t add_request(const char *warrant)
{
    assert_in_range(requests_n, 0, COUNT(requests) - 1);
    return requests[requests_n++] = log_add(
               &l, BY(REQUESTER, KIND_REQUEST,
                      .members = text_of("%s,\"warrant\":%s%s", log_members(&l, KIND_REQUEST),
                                         warrant, subjects(below(2 * PERSONS)))));
}

/* entry: NO_ENTRY: it names none; court: a number, or more than there are: it names none. */
static const char *cited(const char *ref, size_t court, uint64_t entry)
{
    return text_of("{\"ref\":\"%s\"%s%s%s%s%s}", ref, court < COUNT(courts) ? ",\"court\":\"" : "",
                   court < COUNT(courts) ? court_names[court] : "",
                   court < COUNT(courts) ? "\"" : "", entry == NO_ENTRY ? "" : ",",
                   entry == NO_ENTRY ? ""
                                     : text_of("%.*s", (int)strlen(log_ref(&l, entry)) - 2,
                                               log_ref(&l, entry) + 1));
}

/* An entry of that kind about one of the requests, or about the fixture's. */
static void add_act(enum who who, enum kind kind)
{
    uint64_t usual = l.request;
    if (requests_n > 0)
        l.request = requests[below((unsigned)requests_n)];
    log_add(&l, BY(who, kind));
    l.request = usual;
}

/* A product of two of the requests. */
static void add_product(void)
{
    uint64_t one = requests_n == 0 ? l.request : requests[below((unsigned)requests_n)],
             two = requests_n == 0 ? l.request : requests[below((unsigned)requests_n)];
    const char *const of[] = { log_ref(&l, one), log_ref(&l, two) };
    log_add(&l, BY(REQUESTER, KIND_PRODUCT,
                   .members = text_of("\"requests\":[%s%s%s],\"class\":\"other\"", of[0],
                                      strcmp(of[0], of[1]) == 0 ? "" : ",",
                                      strcmp(of[0], of[1]) == 0 ? "" : of[1])));
}

static void add_anything(void)
{
    uint64_t warrant =
        warrants_n == 0 || below(3) > 0 ? NO_ENTRY : warrants[below((unsigned)warrants_n)];
    size_t person = below(PERSONS);
    switch (below(10)) {
    case 0:
        add_warrant(below(COUNT(courts)), below(3) == 0 || without_warrants ? OTHER_REF : REF);
        break;
    case 1:
        add_act(HOLDER, KIND_RESPONSE);
        break;
    case 2:
        add_product();
        break;
    case 3:
        add_act(REQUESTER, KIND_TRANSFER);
        break;
    case 4:
        add_act(OVERSIGHT, KIND_CORRECTION);
        break;
    case 5:
        if (erased[person] == NO_ENTRY)
            erased[person] =
                log_add(&l, BY(JUDGE, KIND_ERASURE,
                               .members = text_of("\"blob\":\"%s\",\"order\":\"%s\"",
                                                  blob_of(person), blob_of(2 * PERSONS))));
        break;
    default:
        add_request(cited(below(4) == 0 ? OTHER_REF : REF, below(5), warrant));
    }
}

/* ---- the same, line by line ------------------------------------------------------------------ */

struct list {
    uint64_t entry[64];
    size_t n;
};

static const char *court_of(const struct warrant_case *c, uint64_t entry)
{
    return casebook_text(&c->audit->cb, casebook_warrant(&c->audit->cb, entry)->court);
}

/* The gravest reason of one list comes first in the enum. */
static enum unresolved against(const struct warrant_case *c, const struct list *list,
                               const char *court, uint64_t named, uint64_t entry, uint64_t *other)
{
    *other = NO_ENTRY;
    for (size_t i = 0; named == NO_ENTRY && i < list->n; i++)
        if (list->entry[i] > entry &&
            (court == NULL || strcmp(court, court_of(c, list->entry[i])) == 0)) {
            *other = list->entry[i];
            return UNRESOLVED_LATER;
        }
    for (size_t i = 0; court != NULL && i < list->n && list->entry[i] < entry; i++)
        if (strcmp(court, court_of(c, list->entry[i])) != 0) {
            *other = list->entry[i];
            return UNRESOLVED_COURT;
        }
    return list->n > 0 && list->entry[0] < entry ? UNRESOLVED_ENTRY : UNRESOLVED_ABSENT;
}

static void expect_reason(const struct warrant_case *c, size_t line,
                          const struct list lists[static 2])
{
    struct case_line of = case_line_open(c, line);
    enum unresolved want = UNRESOLVED_NOT;
    uint64_t other = NO_ENTRY;
    const struct value *named = value_member(of.object, "warrant");
    const struct request *r = casebook_request(&c->audit->cb, of.entry);
    if (of.kind == KIND_REQUEST && !of.apart && r->resolved != RESOLVED) {
        const char *court = object_text(named, "court");
        uint64_t entry = reference_entry(named);
        if (strcmp(object_text(named, "ref"), REF) != 0) {
            want = UNRESOLVED_REF;
            other = entry;
        } else if (r->resolved == RESOLVED_SEVERAL) {
            want = UNRESOLVED_SEVERAL;
        } else {
            uint64_t o[2];
            enum unresolved a = against(c, &lists[0], court, entry, of.entry, &o[0]),
                            b = against(c, &lists[1], court, entry, of.entry, &o[1]);
            want = b < a ? b : a;
            other = o[b < a];
        }
    }
    assert_int_equal(of.unresolved, want);
    assert_true(of.other == other);
    case_line_close(&of);
}

static void expect_answers(const struct warrant_case *c, const struct case_line *line)
{
    static const uint8_t tell[] = { R05, R07, R08, R10, R19, R20 };
    const struct shelf *all = &c->audit->answers.list;
    enum scope scope = SCOPE_NONE;
    size_t n = 0;
    for (uint64_t i = 0; i < all->n; i++) {
        const struct rule_answer *a = shelf_at(all, i);
        if (a->entry != line->entry)
            continue;
        assert_ptr_equal(&line->answer[n++], a);
        enum scope s = a->result == RESULT_PASS      ? SCOPE_INSIDE
                       : a->result == RESULT_FINDING ? SCOPE_OUTSIDE
                                                     : SCOPE_UNKNOWN;
        if (memchr(tell, a->rule, sizeof tell) != NULL && s > scope)
            scope = s;
    }
    assert_int_equal(line->answers, n);
    if (line->kind == KIND_RESPONSE || line->kind == KIND_TRANSFER || line->kind == KIND_PRODUCT)
        for (size_t i = 0; i < line->abouts; i++) {
            enum scope s = c->line[case_numbers(c, line->about)[i]].scope;
            scope = s > scope ? s : scope;
        }
    assert_int_equal(line->scope, scope);
}

static void expect_erased(const struct warrant_case *c, size_t line)
{
    struct case_line of = case_line_open(c, line);
    uint64_t by = NO_ENTRY;
    value_foreach (value_member(of.object, "subjects"), s)
        for (size_t i = 0; i < PERSONS; i++)
            if (strcmp(object_text(s, "sealed"), blob_of(i)) == 0)
                by = erased[i];
    assert_true(of.erased_before == (by < of.entry ? by : NO_ENTRY));
    case_line_close(&of);
}

static unsigned seen_erased, seen_apart;
static unsigned seen_reason[UNRESOLVED_ABSENT + 1], seen_scope[SCOPE_OUTSIDE + 1];

static void expect_all(const struct warrant_case *c)
{
    struct list lists[2] = { { .n = 0 }, { .n = 0 } };
    for (size_t i = 0; i < c->lines; i++)
        if (c->line[i].kind == KIND_WARRANT)
            lists[0].entry[lists[0].n++] = c->line[i].entry;
    for (size_t i = 0; i < c->elsewheres; i++)
        lists[1].entry[lists[1].n++] = c->elsewhere[i];
    for (size_t i = 0; i < c->lines; i++) {
        expect_answers(c, &c->line[i]);
        expect_reason(c, i, lists);
        expect_erased(c, i);
        seen_reason[c->line[i].unresolved]++;
        seen_scope[c->line[i].scope]++;
        seen_erased += c->line[i].erased_before != NO_ENTRY;
        seen_apart += c->line[i].apart;
    }
}

/* The same with fewer and fewer answers of the rules: those behind them are none of the list's. */
static void expect_concluded(struct warrant_case *c)
{
    struct shelf *list = &c->audit->answers.list;
    expect_all(c);
    for (uint64_t n = list->n; n > 0;) {
        n = n < 7 ? 0 : n - 7;
        list->n = n;
        for (size_t i = 0; i < c->lines; i++) {
            c->line[i].scope = SCOPE_NONE;
            c->line[i].unresolved = UNRESOLVED_NOT;
            c->line[i].other = c->line[i].erased_before = NO_ENTRY;
        }
        warrant_case_conclude(c);
        expect_all(c);
    }
}

/* Replays the log, and looks at its case. */
static void conclude(const char *court)
{
    struct warrant_case c;
    enum outcome outcome;
    const struct audit_options asked = { .passes = true };
    log_folder_write(&folder, &l, l.n);
    struct replaying *r = replaying_open(&options, &outcome);
    assert_non_null(r);
    struct audit *a = audit_open(r, &asked);
    assert_non_null(a);
    warrant_case_open(&c, a, REF, court);
    assert_int_equal(replaying_run(r, audit_look, a), OUTCOME_PROVEN);
    assert_int_equal(replaying_conclude(r), OUTCOME_PROVEN);
    assert_true(replaying_proven(r) && audit_end(a));
    warrant_case_conclude(&c);
    expect_concluded(&c);
    warrant_case_close(&c);
    audit_close(a);
    assert_int_equal(replaying_close(r, OUTCOME_PROVEN), OUTCOME_PROVEN);
}

static void lines_are_concluded_as_one_by_one(void **state)
{
    memset(seen_reason, 0, sizeof seen_reason);
    memset(seen_scope, 0, sizeof seen_scope);
    seen_erased = seen_apart = 0;
    for (uint32_t seed = 1; seed <= LOGS; seed++) {
        chance = seed;
        while (l.n < 70) {
            without_warrants = seed == LOGS && l.n < 40;
            add_anything();
        }
        conclude(NULL);
        conclude(court_names[0]);
        stop(state);
        start(state);
    }
    for (size_t i = 0; i < COUNT(seen_reason); i++)
        assert_true(seen_reason[i] > 0);
    for (size_t i = 0; i < COUNT(seen_scope); i++)
        assert_true(seen_scope[i] > 0);
    assert_true(seen_erased > 0 && seen_apart > 0);
}

static void the_last_entry_may_be_the_one_that_was_cited(void **state)
{
    (void)state;
    add_request(cited(REF, 1, NO_ENTRY));
    add_warrant(1, REF);
    conclude(NULL);
    conclude(court_names[0]);
}

static void of_other_courts_the_first_one_is_told(void **state)
{
    (void)state;
    add_warrant(0, REF);
    add_warrant(0, REF);
    add_warrant(1, REF);
    add_warrant(2, REF);
    uint64_t other = add_warrant(0, OTHER_REF);
    add_request(cited(REF, 0, other));
    add_request(cited(REF, 1, other));
    conclude(NULL);
}

static void scope_is_what_some_rules_tell(void **state)
{
    static const uint8_t tell[] = { R05, R07, R08, R10, R19, R20 };
    (void)state;
    for (unsigned rule = 0; rule < RULE_COUNT; rule++)
        assert_int_equal(rule_tells_scope((uint8_t)rule),
                         memchr(tell, (int)rule, sizeof tell) != NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_entry_may_be_the_one_that_was_cited),
        TEST(of_other_courts_the_first_one_is_told),
        TEST(scope_is_what_some_rules_tell),
        TEST(lines_are_concluded_as_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
