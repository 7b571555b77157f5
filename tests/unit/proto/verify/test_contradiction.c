#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/verify/contradiction.h"
#include "proto/verify/evidence.h"

#define SAID_MAX 8
#define SKEW_MS 600000

static struct log l, other; /* `other` has the first six entries of l, and goes on by itself */
static struct policy *policy;
static struct skey w1, w2;

/* Something that was said: `size` entries of a log, with some of them shown and cosigned. */
struct said {
    struct buf note;
    struct signed_checkpoint cp;
    struct chain shown;
};

static struct said said[SAID_MAX];
static struct shown_tree tree[SAID_MAX];
static size_t count;

struct told {
    size_t n;
    struct contradiction c[32];
};
static struct told told;

static void witness_policy(void)
{
    static const uint8_t seeds[2][32] = { { 4 }, { 5 } };
    struct buf a = { 0 }, b = { 0 };
    struct refusal why;
    skey_from_seed(&w1, span_str("w1.example"), KEY_COSIGNATURE, seeds[0]);
    skey_from_seed(&w2, span_str("w2.example"), KEY_COSIGNATURE, seeds[1]);
    vkey_format(&a, &w1.vkey);
    vkey_format(&b, &w2.vkey);
    policy = policy_parse(
        span_str(text_of("log %s\nwitness one %s\nwitness two %s\ngroup g any one two\nquorum g\n",
                         vkey_text(&l, THE_LOG), buf_str(&a), buf_str(&b))),
        &why);
    assert_non_null(policy);
    buf_free(&a);
    buf_free(&b);
}

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    log_copy(&other, &l, 6);
    while (other.n < l.n)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    witness_policy();
    count = 0;
    return 0;
}

static void forget(void)
{
    for (size_t i = 0; i < count; i++)
        buf_free(&said[i].note);
    count = 0;
}

static int stop(void **state)
{
    (void)state;
    forget();
    log_free(&l);
    log_free(&other);
    policy_free(policy);
    return 0;
}

/* One more; shown ends with NO_ENTRY; cosigned by the witnesses at these seconds, 0: not. */
static void say_it(const struct log *of, size_t size, const uint64_t *shown, uint64_t one,
                   uint64_t two)
{
    struct said *s = &said[count];
    struct refusal why;
    *s = (struct said){ .note = { 0 } };
    log_checkpoint(&s->note, of, size);
    struct buf text = { 0 };
    buf_add(&text, s->note.p, (size_t)(strstr(buf_str(&s->note), "\n\n") - (char *)s->note.p) + 1);
    if (one != 0)
        note_cosign(&s->note, buf_span(&text), &w1, one);
    if (two != 0)
        note_cosign(&s->note, buf_span(&text), &w2, two);
    buf_free(&text);
    for (; *shown != NO_ENTRY; shown++)
        chain_add(&s->shown, of, size, *shown);
    assert_int_equal(policy_open(&s->cp, policy, buf_span(&s->note), &why), 0);
    tree[count++] = (struct shown_tree){ &s->cp,  buf_span(&s->note), s->shown.entry, s->shown.n,
                                         SKEW_MS, KIND_NONE };
}

#define SHOWN(...) ((const uint64_t[]){ __VA_ARGS__, NO_ENTRY })
#define NOTHING ((const uint64_t[]){ NO_ENTRY })

static void take(void *ctx, const struct contradiction *c)
{
    (void)ctx;
    assert_in_range(told.n, 0, COUNT(told.c) - 1);
    told.c[told.n++] = *c;
}

static void find(void)
{
    told.n = 0;
    assert_int_equal(contradictions_find(policy, tree, count, take, NULL), 0);
}

/* One contradiction of that kind, with evidence that proves it, or none where there is none to
 * be had. */
static void expect_one(enum contradiction_kind kind, enum verdict verdict, enum reason reason,
                       const char *claim)
{
    struct buf text = { 0 };
    struct evidence_report report;
    find();
    assert_int_equal(told.n, 1);
    assert_int_equal(told.c[0].kind, kind);
    assert_int_equal(told.c[0].verdict, verdict);
    assert_int_equal(told.c[0].why.reason, reason);
    contradiction_evidence(&text, &told.c[0]);
    if (claim == NULL) {
        assert_int_equal(text.n, 0);
    } else {
        assert_int_equal(evidence_judge(&report, policy, buf_span(&text), NULL), 0);
        assert_string_equal(report.claim, claim);
        assert_int_equal(report.finding.why.reason, reason);
    }
    buf_free(&text);
}

static uint64_t seconds_of(const struct log *of, uint64_t index)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&of->entry[index]), &why), 0);
    return (uint64_t)e.accepted / 1000;
}

/* ---- trees and entries ----------------------------------------------------------------------- */

static void one_history_does_not_contradict_itself(void **state)
{
    (void)state;
    say_it(&l, 7, SHOWN(0, 5, 6), 0, 0);
    say_it(&l, 8, SHOWN(0, 6, 7), seconds_of(&l, 7), 0);
    say_it(&l, 8, SHOWN(7), 0, 0);
    say_it(&l, l.n, SHOWN(0, 1, 8, 9), seconds_of(&l, 9), seconds_of(&l, 9));
    find();
    assert_int_equal(told.n, 0);
}

static void one_size_has_one_root(void **state)
{
    (void)state;
    say_it(&l, 8, NOTHING, 0, 0);
    say_it(&l, 9, NOTHING, 0, 0);
    say_it(&other, 8, NOTHING, 0, 0);
    expect_one(CONTRADICTION_ROOTS, VERDICT_BAD, REASON_FORK, "fork");
    assert_true(told.c[0].a != 1 && told.c[0].b != 1);
}

/* In whichever order they were said. */
static void two_roots_are_told_once(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        forget();
        for (int i = 0; i < 3; i++)
            say_it(i % 2 == how ? &l : &other, 10, NOTHING, 0, 0);
        find();
        assert_int_equal(told.n, 1);
        assert_int_equal(told.c[0].kind, CONTRADICTION_ROOTS);
    }
}

static void one_index_has_one_entry(void **state)
{
    (void)state;
    say_it(&l, 8, SHOWN(0, 7), 0, 0);
    say_it(&other, 9, SHOWN(0, 7), 0, 0);
    expect_one(CONTRADICTION_LEAVES, VERDICT_BAD, REASON_FORK, "leaves");
    assert_true(told.c[0].entry == 7);
}

static void a_link_is_the_leaf_before(void **state)
{
    (void)state;
    say_it(&l, 8, SHOWN(7), 0, 0);
    say_it(&other, 9, SHOWN(8), 0, 0);
    expect_one(CONTRADICTION_LINK, VERDICT_BAD, REASON_LINK_OTHER, "link");
    assert_true(told.c[0].entry == 8 && told.c[0].a == 0 && told.c[0].b == 1);
    forget();
    say_it(&other, 9, SHOWN(8), 0, 0); /* the other way round */
    say_it(&l, 8, SHOWN(7), 0, 0);
    expect_one(CONTRADICTION_LINK, VERDICT_BAD, REASON_LINK_OTHER, "link");
    assert_true(told.c[0].a == 1 && told.c[0].b == 0);
    forget();
    say_it(&l, 8, SHOWN(5), 0, 0); /* where both are one */
    say_it(&other, 9, SHOWN(6), 0, 0);
    find();
    assert_int_equal(told.n, 0);
}

/* Several entries before it: each of those that the link does not name would do. */
static void a_link_is_held_against_all_that_stand_before(void **state)
{
    (void)state;
    say_it(&l, 8, SHOWN(7), 0, 0);
    say_it(&other, 9, SHOWN(7, 8), 0, 0);
    find();
    assert_int_equal(told.n, 2);
    assert_int_equal(told.c[0].kind, CONTRADICTION_LEAVES);
    assert_int_equal(told.c[1].kind, CONTRADICTION_LINK);
    forget();
    say_it(&l, 9, SHOWN(7, 8), 0, 0); /* whichever of them comes first */
    say_it(&other, 8, SHOWN(7), 0, 0);
    find();
    assert_int_equal(told.n, 2);
    assert_int_equal(told.c[1].kind, CONTRADICTION_LINK);
}

static void an_entry_without_its_form_has_no_link(void **state)
{
    (void)state;
    uint64_t at = log_add_bytes(&l, span_str("hello"));
    say_it(&l, l.n, SHOWN(at), seconds_of(&l, 9), 0);
    say_it(&l, at, SHOWN(at - 1), seconds_of(&l, 9), 0);
    find();
    assert_int_equal(told.n, 0);
}

/* ---- witnesses ------------------------------------------------------------------------------- */

static void a_witness_does_not_go_back(void **state)
{
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    say_it(&l, 8, NOTHING, at + 2, 0);
    say_it(&l, 9, NOTHING, at + 1, at + 1);
    expect_one(CONTRADICTION_ROLLBACK, VERDICT_BAD, REASON_ROLLED_BACK, NULL);
    assert_true(told.c[0].a == 0 && told.c[0].b == 1);
    forget();
    say_it(&l, 8, NOTHING, at + 1, 0); /* in the same second */
    say_it(&l, 9, NOTHING, at + 1, 0);
    find();
    assert_int_equal(told.n, 0);
    forget();
    say_it(&l, 8, NOTHING, at + 2, 0); /* by another witness, or of one size */
    say_it(&l, 9, NOTHING, 0, at + 1);
    say_it(&l, 8, NOTHING, at + 1, 0);
    find();
    assert_int_equal(told.n, 0);
}

/* The smaller one may stand far from the larger one that is earlier. */
static void a_rollback_is_found_over_others(void **state)
{
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    say_it(&l, 7, NOTHING, at + 5, 0);
    say_it(&l, 8, NOTHING, 0, 0);
    say_it(&l, 9, NOTHING, at + 7, 0);
    say_it(&l, 10, NOTHING, at + 3, 0);
    find();
    assert_int_equal(told.n, 2);
    assert_true(told.c[0].a == 0 && told.c[0].b == 3 && told.c[1].a == 2 && told.c[1].b == 3);
}

static void what_came_after_a_cosignature_is_not_older(void **state)
{
    uint64_t at = seconds_of(&l, 8);
    (void)state;
    say_it(&l, 8, NOTHING, at + 600, 0); /* entry 8 is beyond it */
    say_it(&l, 9, SHOWN(8), 0, 0);
    find();
    assert_int_equal(told.n, 0);
    forget();
    say_it(&l, 8, NOTHING, 0, at + 602);
    say_it(&l, 9, SHOWN(8), 0, 0);
    expect_one(CONTRADICTION_CLOCKS, VERDICT_UNDECIDED, REASON_CLOCKS, NULL);
    assert_string_equal(told.c[0].why.subject, "two");
    assert_true(told.c[0].entry == 8);
    forget();
    say_it(&l, 9, NOTHING, at + 602, 0); /* which holds it: nothing to ask */
    say_it(&l, 9, SHOWN(8), 0, 0);
    find();
    assert_int_equal(told.n, 0);
}

static void what_a_cosignature_covers_is_not_younger(void **state)
{
    uint64_t at = seconds_of(&l, 8);
    (void)state;
    say_it(&l, 9, NOTHING, at - 600, 0);
    say_it(&l, 10, SHOWN(8), 0, 0);
    find();
    assert_int_equal(told.n, 0);
    forget();
    say_it(&l, 9, NOTHING, at - 601, 0);
    say_it(&l, 10, SHOWN(8), 0, 0);
    expect_one(CONTRADICTION_CLOCKS, VERDICT_UNDECIDED, REASON_CLOCKS, NULL);
    forget();
    say_it(&l, 9, NOTHING, at - 600, 0); /* in whole seconds: 999 ms may be missing */
    say_it(&l, 10, SHOWN(8), 0, 0);
    tree[1].skew -= 999;
    find();
    assert_int_equal(told.n, 0);
    tree[1].skew--;
    find();
    assert_int_equal(told.n, 1);
    forget();
    say_it(&l, 10, SHOWN(8), at - 601, 0); /* its own: judged with the receipt */
    find();
    assert_int_equal(told.n, 0);
}

/* Of the trees without the entry the one that was cosigned last counts, of those with it the one
 * that was cosigned first; in whichever order they were said, and whatever stands between. */
static void the_clocks_of_all_trees_are_asked(void **state)
{
    uint64_t at = seconds_of(&l, 8);
    (void)state;
    say_it(&l, 10, SHOWN(8), 0, 0);
    say_it(&l, 8, NOTHING, 0, 0);
    say_it(&l, 7, NOTHING, at + 602, 0);
    expect_one(CONTRADICTION_CLOCKS, VERDICT_UNDECIDED, REASON_CLOCKS, NULL);
    assert_true(told.c[0].a == 2 && told.c[0].b == 0);
    forget();
    say_it(&l, 10, SHOWN(8), 0, 0);
    say_it(&l, 8, NOTHING, at + 600, 0);
    say_it(&l, 7, NOTHING, at + 602, 0);
    find();
    assert_int_equal(told.n, 2); /* and the witness went back */
    assert_true(told.c[0].kind == CONTRADICTION_ROLLBACK);
    assert_true(told.c[1].kind == CONTRADICTION_CLOCKS && told.c[1].a == 2);
    forget();
    say_it(&l, 9, SHOWN(8), 0, 0);
    say_it(&l, 10, NOTHING, at + 5, 0);
    say_it(&l, 9, NOTHING, at - 601, 0);
    expect_one(CONTRADICTION_CLOCKS, VERDICT_UNDECIDED, REASON_CLOCKS, NULL);
    assert_true(told.c[0].a == 2 && told.c[0].b == 0);
}

/* The skew is that of the log that accepted the entry. */
static void the_skew_of_the_log_counts(void **state)
{
    uint64_t at = seconds_of(&l, 8);
    (void)state;
    say_it(&l, 8, NOTHING, at + 11, 0);
    say_it(&l, 9, SHOWN(8), 0, 0);
    tree[1].skew = 10000;
    find();
    assert_int_equal(told.n, 1);
}

/* ---- what an entry says of those behind it --------------------------------------------------- */

static void behind_its_end_a_log_has_nothing(void **state)
{
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    say_it(&l, l.n, NOTHING, 0, 0);
    say_it(&l, end + 1, SHOWN(end), 0, 0);
    find();
    assert_int_equal(told.n, 0); /* a receipt that is bad says nothing */
    tree[1].kind = KIND_FREEZE;
    expect_one(CONTRADICTION_FROZEN, VERDICT_BAD, REASON_FROZEN, NULL);
    assert_true(told.c[0].a == 1 && told.c[0].b == 0 && told.c[0].entry == end);
    forget();
    say_it(&l, end + 1, NOTHING, 0, 0);
    say_it(&l, end, NOTHING, 0, 0);
    say_it(&l, end + 1, SHOWN(end), 0, 0);
    tree[2].kind = KIND_FREEZE;
    find();
    assert_int_equal(told.n, 0);
}

static void behind_its_revocation_a_key_signs_nothing(void **state)
{
    (void)state;
    uint64_t before = log_add(&l, BY(HOLDER, KIND_RESPONSE));
    uint64_t revoke = log_add(
        &l, BY(REGISTRAR, KIND_REVOKE,
               .members = text_of("\"vkey\":\"%s\",\"reason\":\"other\"", vkey_text(&l, HOLDER))));
    uint64_t others = log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    uint64_t odd = log_add_bytes(&l, span_str("hello"));
    uint64_t after = log_add(&l, BY(HOLDER, KIND_RESPONSE));
    say_it(&l, revoke + 1, SHOWN(revoke), 0, 0);
    say_it(&l, l.n, SHOWN(before, others, odd), 0, 0);
    tree[0].kind = KIND_REVOKE;
    find();
    assert_int_equal(told.n, 0);
    say_it(&l, l.n, SHOWN(after), 0, 0);
    expect_one(CONTRADICTION_REVOKED, VERDICT_BAD, REASON_REVOKED_BEFORE, NULL);
    assert_true(told.c[0].a == 0 && told.c[0].b == 2 && told.c[0].entry == after);
    tree[0].kind = KIND_NONE;
    find();
    assert_int_equal(told.n, 0);
}

/* The entry that revokes does not come behind itself, whoever signed it. */
static void a_key_may_revoke_itself(void **state)
{
    (void)state;
    uint64_t revoke = log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                                     .members = text_of("\"vkey\":\"%s\",\"reason\":\"other\"",
                                                        vkey_text(&l, REGISTRAR))));
    uint64_t after = log_enroll(&l, STRANGER, "judge", "");
    say_it(&l, revoke + 1, SHOWN(revoke), 0, 0);
    tree[0].kind = KIND_REVOKE;
    find();
    assert_int_equal(told.n, 0);
    say_it(&l, l.n, SHOWN(after), 0, 0);
    find();
    assert_int_equal(told.n, 1);
    assert_true(told.c[0].entry == after);
}

/* ---- two logs -------------------------------------------------------------------------------- */

/* The origins of the statements, from now on. */
static void name_them(const char *const *origin)
{
    for (size_t i = 0; i < count; i++)
        said[i].cp.checkpoint.origin = span_str(origin[i]);
}

static void two_logs_do_not_contradict_each_other(void **state)
{
    static const char *const names[][2] = { { "a", "b" },  { "b", "a" },  { "a", "aa" },
                                            { "aa", "a" }, { "ab", "b" }, { "b", "ab" } };
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    say_it(&l, end + 1, SHOWN(end, 7), at + 20, at + 20);
    say_it(&other, end + 5 < other.n ? end + 5 : other.n, SHOWN(7, 8), at - 1000, at - 1000);
    while (other.n < end + 5)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    say_it(&other, other.n, SHOWN(8), at + 10, at + 10);
    tree[0].kind = KIND_FREEZE;
    find();
    assert_true(told.n > 4); /* of one log it is all wrong */
    for (size_t i = 0; i < COUNT(names); i++) {
        name_them((const char *const[]){ names[i][0], names[i][1], names[i][1] });
        find();
        for (size_t k = 0; k < told.n; k++)
            if (told.c[k].a == 0 || told.c[k].b == 0)
                fail_msg("%s and %s: %d", names[i][0], names[i][1], told.c[k].kind);
    }
}

/* Of those that the witness saw in time nothing is said, in whichever order their logs come. */
static void a_witness_of_two_logs_may_see_them_at_any_time(void **state)
{
    static const char *const names[][2] = { { "a", "b" }, { "b", "a" } };
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    say_it(&l, 8, NOTHING, at + 90, 0);
    say_it(&l, 10, SHOWN(9), at + 91, 0);
    say_it(&l, 9, SHOWN(8), at + 1, 0); /* of the other log: long before */
    say_it(&l, 10, NOTHING, at + 2, 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *const *n = names[i];
        name_them((const char *const[]){ n[0], n[0], n[1], n[1] });
        find();
        assert_int_equal(told.n, 0);
        name_them((const char *const[]){ n[0], n[1], n[0], n[1] }); /* at + 90 and at + 1 */
        find();
        assert_int_equal(told.n, 1);
        assert_true(told.c[0].kind == CONTRADICTION_ROLLBACK && told.c[0].a == 0 &&
                    told.c[0].b == 2);
    }
}

/* A key that one log revoked may sign in another. */
static void a_revocation_counts_in_its_own_log(void **state)
{
    (void)state;
    uint64_t revoke = log_add(
        &l, BY(REGISTRAR, KIND_REVOKE,
               .members = text_of("\"vkey\":\"%s\",\"reason\":\"other\"", vkey_text(&l, AUDITOR))));
    uint64_t after = log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    say_it(&l, revoke + 1, SHOWN(revoke), 0, 0);
    say_it(&l, l.n, SHOWN(after), 0, 0);
    tree[0].kind = KIND_REVOKE;
    find();
    assert_int_equal(told.n, 1);
    name_them((const char *const[]){ "a", "b" });
    find();
    assert_int_equal(told.n, 0);
    name_them((const char *const[]){ "b", "a" });
    find();
    assert_int_equal(told.n, 0);
}

/* What a witness saw of one log is not what it saw of another that stands beside it. */
static void each_log_has_its_own_cosignatures(void **state)
{
    static const char *const names[][2] = { { "a", "b" }, { "b", "a" } };
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    say_it(&l, 10, NOTHING, at + 5000, 0);
    say_it(&l, 9, NOTHING, 0, 0);
    say_it(&l, 10, SHOWN(9), 0, 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        name_them((const char *const[]){ names[i][0], names[i][1], names[i][1] });
        find();
        assert_int_equal(told.n, 0);
    }
}

/* However much another log said. */
static void a_rollback_is_found_beside_another_log(void **state)
{
    static const char *const names[][2] = {
        { "a", "b" }, { "b", "a" }, { "a", "aa" }, { "aa", "a" }
    };
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    say_it(&l, 8, NOTHING, at + 90, 0);
    say_it(&l, 10, NOTHING, at + 1, 0);
    for (size_t size = 1; size < 6; size++)
        say_it(&l, size, NOTHING, 0, 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *const *n = names[i];
        name_them((const char *const[]){ n[0], n[0], n[1], n[1], n[1], n[1], n[1] });
        find();
        assert_int_equal(told.n, 1);
        assert_true(told.c[0].kind == CONTRADICTION_ROLLBACK && told.c[0].a == 0 &&
                    told.c[0].b == 1);
    }
}

/* What another log said stands between, and hides nothing. */
static void what_two_logs_say_is_kept_apart(void **state)
{
    static const char *const names[][2] = {
        { "a", "b" }, { "b", "a" }, { "a", "aa" }, { "aa", "a" }
    };
    uint64_t at = seconds_of(&l, 9);
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *const *n = names[i];
        forget();
        say_it(&l, 8, NOTHING, at + 90, 0);
        say_it(&l, 9, NOTHING, at + 50, 0);
        say_it(&l, 10, NOTHING, at + 1, 0);
        name_them((const char *const[]){ n[0], n[1], n[0] });
        find();
        assert_int_equal(told.n, 1);
        assert_true(told.c[0].kind == CONTRADICTION_ROLLBACK && told.c[0].a == 0 &&
                    told.c[0].b == 2);
        forget();
        say_it(&l, 10, SHOWN(7), 0, 0); /* of one entry, by two logs; one of them has another */
        say_it(&l, 10, SHOWN(7), 0, 0);
        say_it(&other, 9, SHOWN(7), 0, 0);
        name_them((const char *const[]){ n[0], n[1], n[1] });
        find();
        assert_int_equal(told.n, 1);
        assert_true(told.c[0].kind == CONTRADICTION_LEAVES && told.c[0].a + told.c[0].b == 3);
        name_them((const char *const[]){ n[0], n[1], n[0] });
        find();
        assert_int_equal(told.n, 1);
        assert_true(told.c[0].kind == CONTRADICTION_LEAVES && told.c[0].a + told.c[0].b == 2);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_history_does_not_contradict_itself),
        TEST(one_size_has_one_root),
        TEST(two_roots_are_told_once),
        TEST(one_index_has_one_entry),
        TEST(a_link_is_the_leaf_before),
        TEST(a_link_is_held_against_all_that_stand_before),
        TEST(an_entry_without_its_form_has_no_link),
        TEST(a_witness_does_not_go_back),
        TEST(a_rollback_is_found_over_others),
        TEST(what_came_after_a_cosignature_is_not_older),
        TEST(what_a_cosignature_covers_is_not_younger),
        TEST(the_skew_of_the_log_counts),
        TEST(the_clocks_of_all_trees_are_asked),
        TEST(what_two_logs_say_is_kept_apart),
        TEST(behind_its_end_a_log_has_nothing),
        TEST(behind_its_revocation_a_key_signs_nothing),
        TEST(a_key_may_revoke_itself),
        TEST(a_revocation_counts_in_its_own_log),
        TEST(each_log_has_its_own_cosignatures),
        TEST(a_rollback_is_found_beside_another_log),
        TEST(two_logs_do_not_contradict_each_other),
        TEST(a_witness_of_two_logs_may_see_them_at_any_time),
    };
    return cmocka_run_group_tests_name("contradiction", tests, NULL, NULL);
}
