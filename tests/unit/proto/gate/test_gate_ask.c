/* What a gate asks of a request, each question by itself: one thing is wrong, and it says so. */
#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/gate/gate_ask.h"
#include "proto/gate/gate_law.h"

#define T0 INT64_C(1795276800000) /* 2026-11-21T16:00:00.000Z */
#define MINUTE INT64_C(60000)
#define ENTRY 7
#define ANA "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define EVA "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct ruleset *mx;

/* A decision in which nothing is wrong; a test alters one thing. Objects are JSON texts. */
struct decision {
    const char *request, *warrant, *ratified;
    struct gate_rules rules;
    struct gate_standing standing;
    bool alone; /* nothing is known but the entry */
    const struct ruleset *ruleset;
    int64_t now;
};

#define REQUEST(categories, more)                                                                  \
    "{\"authority\":\"mx.fgr\",\"holder\":\"mx.telco\",\"basis\":\"CNPP-303\",\"categories\":"     \
    "[" categories "]" more "}"
#define WARRANT(used_by, categories, more)                                                         \
    "{\"used_by\":[" used_by "],\"categories\":[" categories "],\"window\":{\"from\":"             \
    "\"2026-11-21T15:00:00.000Z\",\"until\":\"2026-12-21T15:00:00.000Z\"}" more "}"
#define PERSON(commit) "{\"type\":\"curp\",\"commit\":\"" commit "\"}"
#define UNTIL INT64_C(1797865200000) /* 2026-12-21T15:00:00.000Z */

static struct decision honest(void)
{
    return (struct decision){
        .request = REQUEST("\"subscriber\"", ",\"subjects\":[" PERSON(ANA) "]"),
        .warrant = WARRANT("\"mx.fgr\"", "\"subscriber\"",
                           ",\"holders\":[\"mx.telco\"],\"subjects\":[" PERSON(ANA) "]"),
        .rules = { .holder = "mx.telco", .known_age = MINUTE },
        .standing = { .known = T0,
                      .revoked = NO_ENTRY,
                      .key_until = INT64_MAX,
                      .ratification = NO_ENTRY,
                      .cited = CITED_ONE,
                      .warrant_entry = 6,
                      .warrant_until = UNTIL,
                      .closed = NO_ENTRY },
        .ruleset = mx,
        .now = T0,
    };
}

static const struct value *object_of(const char *text)
{
    json_t *j = json_loads(text, 0, NULL);
    assert_non_null(j);
    const struct value *v = value_of(j);
    json_decref(j);
    return v;
}

static enum verdict ask(const struct decision *d, struct found *found)
{
    struct gate_standing s = d->standing;
    const struct gate_request request = { object_of(d->request), ENTRY, T0 - MINUTE };
    *found = (struct found){ .n = 0 };
    if (d->warrant != NULL)
        s.warrant = object_of(d->warrant);
    if (d->ratified != NULL)
        s.ratified_categories = value_member(object_of(text_of("{\"c\":%s}", d->ratified)), "c");
    return gate_ask(&d->rules, &request, d->alone ? NULL : &s, d->ruleset, d->now, found_add,
                    found);
}

/* Fails unless exactly this speaks against it. */
static void refused(const struct decision *d, enum reason reason, enum verdict verdict,
                    const char *subject)
{
    struct found found;
    assert_int_equal(ask(d, &found), verdict);
    expect_only(&found, reason, verdict, ENTRY);
    assert_string_equal(found.f[0].why.subject, subject);
}

static void let_in(const struct decision *d)
{
    struct found found;
    assert_int_equal(ask(d, &found), VERDICT_GOOD);
    expect_none(&found);
}

static void a_request_of_which_all_is_good_is_let_in(void **state)
{
    struct decision d = honest();
    (void)state;
    let_in(&d);
}

static void what_the_request_itself_says_is_asked(void **state)
{
    static const char authorities[][CODE_MAX + 1] = { "mx.gn", "mx.fgr" };
    struct decision d = honest();
    (void)state;
    d.rules.authority = authorities;
    d.rules.authorities = 2;
    let_in(&d);
    d.rules.authorities = 1;
    refused(&d, REASON_GATE_AUTHORITY, VERDICT_BAD, "mx.fgr");
    d = honest();
    d.rules.request_age = MINUTE;
    let_in(&d);
    d.rules.request_age = MINUTE - 1;
    refused(&d, REASON_GATE_AGE, VERDICT_BAD, "2026-11-21T15:59:00.000Z");
    d = honest();
    d.request = REQUEST("\"subscriber\"",
                        ",\"term\":\"2026-11-21T16:00:00.000Z\",\"subjects\":[" PERSON(ANA) "]");
    let_in(&d);
    d.now = T0 + 1;
    refused(&d, REASON_GATE_TERM, VERDICT_BAD, "2026-11-21T16:00:00.000Z");
    d.request = honest().request; /* the term of before is not that of one without any */
    let_in(&d);
}

static void another_holders_request_is_refused(void **state)
{
    struct decision d = honest();
    (void)state;
    d.rules.holder = "mx.banco";
    refused(&d, REASON_GATE_HOLDER, VERDICT_BAD, "mx.telco");
    d.alone = true;
    refused(&d, REASON_GATE_HOLDER, VERDICT_BAD, "mx.telco");
    d.rules.holder = "mx.telco";
    d.standing.revoked = 9; /* which nobody told */
    let_in(&d);
}

static void a_key_that_was_revoked_or_has_ended_is_refused(void **state)
{
    struct decision d = honest();
    struct found found;
    (void)state;
    d.standing.revoked = 9;
    refused(&d, REASON_GATE_REVOKED, VERDICT_BAD, "9");
    ask(&d, &found);
    assert_int_equal(found.f[0].related, 9);
    d = honest();
    d.standing.key_until = T0 + 1;
    let_in(&d);
    d.standing.key_until = T0;
    refused(&d, REASON_GATE_KEY_ENDED, VERDICT_BAD, "2026-11-21T16:00:00.000Z");
}

static void what_is_known_must_be_fresh(void **state)
{
    struct decision d = honest();
    (void)state;
    d.now = T0 + MINUTE;
    let_in(&d);
    d.now++;
    refused(&d, REASON_GATE_MIRROR, VERDICT_UNDECIDED, "2026-11-21T16:00:00.000Z");
    d.now = T0 - MINUTE;
    let_in(&d);
    d.now--; /* a clock that was set back */
    refused(&d, REASON_GATE_MIRROR, VERDICT_UNDECIDED, "2026-11-21T16:00:00.000Z");
    d.rules.known_age = 0;
    let_in(&d);
}

static void bad_stays_bad_whatever_is_undecided(void **state)
{
    struct decision d = honest();
    struct found found;
    (void)state;
    d.now = T0 + MINUTE + 1;
    d.standing.revoked = 9;
    assert_int_equal(ask(&d, &found), VERDICT_BAD);
    assert_int_equal(found.n, 2);
    d.ruleset = NULL;
    assert_int_equal(ask(&d, &found), VERDICT_BAD);
    assert_int_equal(found_count(&found, REASON_GATE_RULESET), 1);
}

static void without_the_ruleset_nothing_goes_out(void **state)
{
    struct decision d = honest();
    (void)state;
    d.ruleset = NULL;
    refused(&d, REASON_GATE_RULESET, VERDICT_UNDECIDED, "");
}

/* ---- ratifications --------------------------------------------------------------------------- */

static void a_refused_ratification_refuses(void **state)
{
    struct decision d = honest();
    (void)state;
    d.standing.ratification = 8;
    d.standing.ratified = RATIFICATION_TOTAL;
    let_in(&d);
    d.standing.ratified = RATIFICATION_REFUSED;
    refused(&d, REASON_GATE_REFUSED, VERDICT_BAD, "8");
}

static void a_partial_one_gives_what_it_names(void **state)
{
    struct decision d = honest();
    (void)state;
    d.warrant = WARRANT("\"mx.fgr\"", "\"subscriber\",\"traffic_retained\"", "");
    d.request = REQUEST("\"subscriber\",\"traffic_retained\"", "");
    d.standing.ratification = 8;
    d.standing.ratified = RATIFICATION_PARTIAL;
    d.ratified = "[\"subscriber\"]";
    let_in(&d);
    d.standing.ratified_categories = value_member(object_of("{\"c\":[\"subscriber\"]}"), "c");
    assert_true(gate_gives(&d.standing, mx, "subscriber"));
    assert_false(gate_gives(&d.standing, mx, "traffic_retained"));
    d.standing.ratified = RATIFICATION_TOTAL;
    assert_true(gate_gives(&d.standing, mx, "traffic_retained"));
    d.standing.ratified = RATIFICATION_PARTIAL;
    d.standing.ratified_categories = NULL;
    d.ratified = "[\"bank\"]";
    refused(&d, REASON_GATE_RATIFIED_OTHER, VERDICT_BAD, "8");
    d.ratified = NULL; /* it names none */
    refused(&d, REASON_GATE_RATIFIED_OTHER, VERDICT_BAD, "8");
}

/* ---- warrants -------------------------------------------------------------------------------- */

static void a_warrant_is_needed_where_the_ruleset_says_so(void **state)
{
    struct decision d = honest();
    (void)state;
    d.warrant = NULL;
    for (enum gate_cited c = CITED_NOTHING; c < CITED_ONE; c++) {
        d.standing.cited = c;
        d.request = REQUEST("\"subscriber\"", "");
        refused(&d, REASON_GATE_NO_WARRANT, VERDICT_BAD, "subscriber");
        d.request = REQUEST("\"bank\"", "");
        let_in(&d);
    }
    d.request = REQUEST("\"comms_content_stored\"", "");
    refused(&d, REASON_GATE_NO_WARRANT, VERDICT_BAD, "comms_content_stored");
    d.request = REQUEST("\"comms_content_stored\"", ",\"ground\":\"kidnapping\"");
    refused(&d, REASON_GATE_NO_WARRANT, VERDICT_BAD, "comms_content_stored");
    d.request = REQUEST("\"traffic_retained\"", "");
    refused(&d, REASON_GATE_NO_WARRANT, VERDICT_BAD, "traffic_retained");
    d.request = REQUEST("\"traffic_retained\",\"subscriber\"", ",\"ground\":\"kidnapping\"");
    let_in(&d);
    d.request = "{\"authority\":\"mx.fgr\",\"holder\":\"mx.telco\",\"basis\":\"CNPP-303-EXC\","
                "\"categories\":[\"traffic_retained\"]}";
    let_in(&d);
}

/* The built-in ruleset as it would be if it said that of a category. */
static struct ruleset *ruleset_with(const char *category, const char *judge)
{
    struct span file = ruleset_builtin();
    struct refusal why;
    json_t *v = json_loadb((const char *)file.p, file.n, 0, NULL);
    json_t *of = json_object_get(json_object_get(v, "categories"), category);
    assert_int_equal(json_object_set_new(of, "judge", json_string(judge)), 0);
    char *text = json_dumps(v, 0);
    struct ruleset *r = ruleset_parse(span_str(text), &why);
    assert_non_null(r);
    free(text);
    json_decref(v);
    return r;
}

/* Of what is contested, retained data need a judge. */
static void contested_data_need_a_warrant_where_they_are_retained(void **state)
{
    static const struct {
        const char *category;
        bool needs;
    } rows[] = { { "traffic_retained", true },
                 { "location_retained", true },
                 { "subscriber", true },
                 { "bank", false },
                 { "geolocation_live", false } };
    static const char *const need_none[] = { "not_needed", "none_stated", "unresolved" };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ruleset *r = ruleset_with(rows[i].category, "contested");
        assert_int_equal(gate_needs_warrant(r, rows[i].category, false), rows[i].needs);
        assert_false(gate_needs_warrant(r, rows[i].category, true));
        ruleset_free(r);
        for (size_t k = 0; k < COUNT(need_none); k++) {
            r = ruleset_with(rows[i].category, need_none[k]);
            assert_false(gate_needs_warrant(r, rows[i].category, false));
            ruleset_free(r);
        }
        r = ruleset_with(rows[i].category, "before");
        assert_true(gate_needs_warrant(r, rows[i].category, true));
        ruleset_free(r);
    }
}

static void codes_that_a_ruleset_takes_for_each_other_are_one(void **state)
{
    (void)state;
    assert_true(gate_same_code(mx, VOCABULARY_BASIS, "LFTR-189", "LMTR-182")); /* an alias */
    assert_false(gate_same_code(mx, VOCABULARY_BASIS, "LFTR-189", "LMTR-183"));
    assert_false(gate_same_code(NULL, VOCABULARY_BASIS, "LFTR-189", "LMTR-182"));
    assert_true(gate_same_code(NULL, VOCABULARY_BASIS, "LFTR-189", "LFTR-189"));
}

static void a_warrant_must_name_what_is_asked(void **state)
{
    struct decision d = honest();
    (void)state;
    d.warrant = WARRANT("\"mx.gn\"", "\"subscriber\"", "");
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "used_by");
    d.warrant = WARRANT("\"mx.fgr\"", "\"subscriber\"", ",\"holders\":[\"mx.banco\"]");
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "holders");
    d.warrant = WARRANT("\"mx.fgr\"", "\"bank\"", "");
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "subscriber");
    d.warrant = WARRANT("\"mx.fgr\"", "\"subscriber\"", ""); /* which limits nothing else */
    let_in(&d);
}

static void a_warrant_for_persons_covers_these_alone(void **state)
{
    struct decision d = honest();
    (void)state;
    d.request = REQUEST("\"subscriber\"", ",\"subjects\":[" PERSON(EVA) "]");
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "subjects");
    d.request = REQUEST("\"subscriber\"", ",\"subjects\":[" PERSON(ANA) "," PERSON(EVA) "]");
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "subjects");
    d.request = REQUEST("\"subscriber\"", "");
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "subjects");
}

static void a_warrant_holds_in_its_window_and_until_it_is_closed(void **state)
{
    struct decision d = honest();
    (void)state;
    d.rules.known_age = 0;
    d.now = T0 - 60 * MINUTE;
    let_in(&d);
    d.now--;
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "window.from");
    d.now = UNTIL - 1;
    let_in(&d);
    d.now = UNTIL;
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "window.until");
    d.standing.warrant_until = UNTIL + 1; /* it was extended */
    let_in(&d);
    d.standing.closed = 11;
    refused(&d, REASON_GATE_CLOSED, VERDICT_BAD, "11");
}

#define FEBRUARY INT64_C(1769904000000) /* 2026-02-01T00:00:00.000Z */
#define MARCH INT64_C(1772323200000)
#define DATA(from, until)                                                                          \
    ",\"data_window\":{\"from\":\"2026-" from "-01T00:00:00.000Z\",\"until\":\"2026-" until        \
    "-01T00:00:00.000Z\"}"

static void period_is(const char *request, const char *warrant, int64_t from, int64_t until)
{
    struct gate_period p =
        gate_period(object_of(request), warrant == NULL ? NULL : object_of(warrant));
    assert_int_equal(p.from, from);
    assert_int_equal(p.until, until);
}

static void data_are_of_the_time_that_request_and_warrant_both_name(void **state)
{
    (void)state;
    period_is("{\"a\":1}", NULL, INT64_MIN, INT64_MAX);
    period_is("{\"a\":1}", "{\"a\":1}", INT64_MIN, INT64_MAX);
    period_is("{\"a\":1" DATA("02", "03") "}", NULL, FEBRUARY, MARCH);
    period_is("{\"a\":1" DATA("02", "03") "}", "{\"a\":1}", FEBRUARY, MARCH);
    period_is("{\"a\":1}", "{\"a\":1" DATA("02", "03") "}", FEBRUARY, MARCH);
    period_is("{\"a\":1" DATA("01", "03") "}", "{\"a\":1" DATA("02", "04") "}", FEBRUARY, MARCH);
    period_is("{\"a\":1" DATA("02", "04") "}", "{\"a\":1" DATA("01", "03") "}", FEBRUARY, MARCH);
}

static void a_warrant_for_another_time_covers_nothing(void **state)
{
    struct decision d = honest();
    (void)state;
    d.warrant = WARRANT("\"mx.fgr\"", "\"subscriber\"", DATA("02", "03"));
    d.request = REQUEST("\"subscriber\"", "");
    let_in(&d);
    d.request = REQUEST("\"subscriber\"", DATA("01", "12"));
    let_in(&d);
    d.request = REQUEST("\"subscriber\"", DATA("03", "04")); /* `until` is not included */
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "data_window");
    d.request = REQUEST("\"subscriber\"", DATA("01", "02"));
    refused(&d, REASON_GATE_WARRANT, VERDICT_BAD, "data_window");
}

static void a_holder_may_require_a_warrant_for_all(void **state)
{
    struct decision d = honest();
    (void)state;
    d.rules.require_warrant = true;
    let_in(&d);
    d.warrant = NULL;
    d.request = REQUEST("\"bank\"", "");
    for (enum gate_cited c = CITED_NOTHING; c < CITED_ONE; c++) {
        d.standing.cited = c;
        refused(&d, REASON_GATE_REQUIRED, VERDICT_BAD, "");
    }
    d.alone = true; /* nobody has looked for it */
    refused(&d, REASON_GATE_REQUIRED, VERDICT_UNDECIDED, "");
    d.rules.require_warrant = false;
    let_in(&d);
}

static void where_nothing_later_is_known_past_is_undecided(void **state)
{
    struct decision d = honest();
    struct found found = { .n = 0 };
    struct gate_cover c = { .request = object_of(d.request),
                            .warrant = object_of(d.warrant),
                            .now = UNTIL - 1,
                            .until = UNTIL,
                            .about = 6 };
    (void)state;
    assert_int_equal(gate_ask_cover(&c, found_add, &found), VERDICT_GOOD);
    c.now = UNTIL;
    assert_int_equal(gate_ask_cover(&c, found_add, &found), VERDICT_UNDECIDED);
    expect_only(&found, REASON_GATE_WARRANT, VERDICT_UNDECIDED, 6);
}

static int start(void **state)
{
    struct refusal why;
    (void)state;
    mx = ruleset_parse(ruleset_builtin(), &why);
    return mx == NULL ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    ruleset_free(mx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_of_which_all_is_good_is_let_in),
        cmocka_unit_test(what_the_request_itself_says_is_asked),
        cmocka_unit_test(another_holders_request_is_refused),
        cmocka_unit_test(a_key_that_was_revoked_or_has_ended_is_refused),
        cmocka_unit_test(what_is_known_must_be_fresh),
        cmocka_unit_test(bad_stays_bad_whatever_is_undecided),
        cmocka_unit_test(without_the_ruleset_nothing_goes_out),
        cmocka_unit_test(a_refused_ratification_refuses),
        cmocka_unit_test(a_partial_one_gives_what_it_names),
        cmocka_unit_test(a_warrant_is_needed_where_the_ruleset_says_so),
        cmocka_unit_test(contested_data_need_a_warrant_where_they_are_retained),
        cmocka_unit_test(codes_that_a_ruleset_takes_for_each_other_are_one),
        cmocka_unit_test(a_warrant_must_name_what_is_asked),
        cmocka_unit_test(a_warrant_for_persons_covers_these_alone),
        cmocka_unit_test(a_warrant_holds_in_its_window_and_until_it_is_closed),
        cmocka_unit_test(data_are_of_the_time_that_request_and_warrant_both_name),
        cmocka_unit_test(a_warrant_for_another_time_covers_nothing),
        cmocka_unit_test(a_holder_may_require_a_warrant_for_all),
        cmocka_unit_test(where_nothing_later_is_known_past_is_undecided),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
