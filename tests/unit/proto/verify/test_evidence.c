#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"

static struct log l;
static struct policy *policy;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    policy = log_policy(&l);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    policy_free(policy);
    return 0;
}

/* Judges and frees a file. */
static void expect(struct buf *text, int result, const char *claim, enum reason reason)
{
    struct evidence_report report;
    assert_false(text->failed);
    int got = evidence_judge(&report, policy, buf_span(text), NULL);
    if (got != result || strcmp(report.claim, claim) != 0 || report.finding.why.reason != reason)
        fail_msg("%d, claim '%s', %s (%s)", got, report.claim,
                 reason_name(report.finding.why.reason), report.finding.why.subject);
    assert_int_equal(report.finding.verdict, result == 0 ? VERDICT_BAD : VERDICT_GOOD);
    buf_free(text);
}

/* Judges the file with every single bit flipped: none of them may still prove anything. */
static void no_flip_proves(struct buf *text)
{
    struct evidence_report report;
    for (size_t bit = 0; bit < 8 * text->n; bit += every()) {
        text->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (evidence_judge(&report, policy, buf_span(text), NULL) == 0)
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        text->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* ---- forks --------------------------------------------------------------------------------- */

/* The seeded proof from a size to all of a log. */
static size_t seeded(struct hash out[static PROOF_MAX], const struct log *of, size_t old_size)
{
    struct leaves leaves = { .n = of->n, .level = { of->leaf } };
    struct tile_source source = leaves_source(&leaves, of->n);
    int n = proof_consistency(out, &source, old_size, true);
    assert_in_range(n, 1, PROOF_MAX);
    return (size_t)n;
}

/* Evidence from a small checkpoint of one log and the large one of another. */
static void fork_file(struct buf *out, const struct log *small, size_t size,
                      const struct log *large)
{
    struct buf a = { 0 }, b = { 0 };
    struct hash hashes[PROOF_MAX];
    log_checkpoint(&a, small, size);
    log_checkpoint(&b, large, large->n);
    evidence_of_fork(out, buf_span(&a), buf_span(&b), hashes, seeded(hashes, large, size));
    buf_free(&a);
    buf_free(&b);
}

/* The same log with another history from some entry on. */
static void rewritten(struct log *out, size_t from)
{
    log_copy(out, &l, from);
    while (out->n < l.n)
        log_add(out, BY(AUDITOR, KIND_ANCHOR));
}

static void a_rewritten_history_is_proven_at_every_size(void **state)
{
    struct log other;
    (void)state;
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    rewritten(&other, 6);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    for (size_t size = 1; size <= l.n; size++) {
        struct buf text = { 0 };
        fork_file(&text, &l, size, &other);
        if (size <= 6)
            expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
        else
            expect(&text, 0, "fork", REASON_FORK);
    }
    log_free(&other);
}

static void two_roots_of_one_size_are_a_fork(void **state)
{
    struct log other;
    struct buf a = { 0 }, b = { 0 }, text = { 0 };
    (void)state;
    rewritten(&other, 6);
    log_checkpoint(&a, &l, l.n);
    log_checkpoint(&b, &other, other.n);
    evidence_of_fork(&text, buf_span(&a), buf_span(&b), NULL, 0);
    expect(&text, 0, "fork", REASON_FORK);
    evidence_of_fork(&text, buf_span(&a), buf_span(&a), NULL, 0);
    expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
    buf_free(&a);
    buf_free(&b);
    log_free(&other);
}

/* Hashes that lead to another small root, but not to the large one, prove nothing. */
static void hashes_that_do_not_rebuild_the_larger_root_prove_nothing(void **state)
{
    struct buf a = { 0 }, b = { 0 }, text = { 0 };
    struct hash hashes[PROOF_MAX];
    (void)state;
    for (size_t size = 1; size < l.n; size++) {
        size_t n = seeded(hashes, &l, size);
        log_checkpoint(&a, &l, size);
        log_checkpoint(&b, &l, l.n);
        for (size_t i = 0; i < n; i++) {
            hashes[i].b[0] ^= 1;
            evidence_of_fork(&text, buf_span(&a), buf_span(&b), hashes, n);
            expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
            hashes[i].b[0] ^= 1;
        }
        evidence_of_fork(&text, buf_span(&a), buf_span(&b), hashes, n - 1);
        expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
        evidence_of_fork(&text, buf_span(&a), buf_span(&b), hashes, 0);
        expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
        evidence_of_fork(&text, buf_span(&b), buf_span(&a), hashes, n); /* the wrong way round */
        expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
        buf_clear(&a);
        buf_clear(&b);
    }
    buf_free(&a);
    buf_free(&b);
}

static void a_fork_needs_two_checkpoints(void **state)
{
    struct buf a = { 0 }, text = { 0 };
    (void)state;
    log_checkpoint(&a, &l, l.n);
    evidence_of_fork(&text, buf_span(&a), span_of(NULL, 0), NULL, 0);
    expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
    buf_free(&a);
}

/* Signs a checkpoint of any root with any key. */
static void checkpoint_by(struct buf *out, const struct skey *key, const char *origin,
                          uint64_t size, uint8_t root)
{
    struct buf text = { 0 };
    struct hash h = { { root } };
    checkpoint_format(&text, origin, size, &h);
    note_sign(out, buf_span(&text), key);
    buf_free(&text);
}

static void a_checkpoint_by_another_key_accuses_nobody(void **state)
{
    struct buf a = { 0 }, b = { 0 }, text = { 0 };
    struct skey forger = l.who[STRANGER].key;
    (void)state;
    checkpoint_by(&a, &l.who[THE_LOG].key, ORIGIN, 9, 1);
    vkey_make(&forger.vkey, span_str(ORIGIN), KEY_NOTE, forger.vkey.key);
    checkpoint_by(&b, &forger, ORIGIN, 9, 2);
    evidence_of_fork(&text, buf_span(&a), buf_span(&b), NULL, 0);
    expect(&text, -1, "fork", REASON_CHECKPOINT_KEY);
    evidence_of_fork(&text, buf_span(&b), buf_span(&a), NULL, 0);
    expect(&text, -1, "fork", REASON_CHECKPOINT_KEY);
    buf_free(&a);
    buf_free(&b);
}

/* Two logs of one policy may differ. */
static void two_logs_do_not_contradict_each_other(void **state)
{
    struct buf a = { 0 }, b = { 0 }, text = { 0 };
    struct refusal why;
    (void)state;
    const struct skey *other = &l.who[STRANGER].key;
    policy_free(policy);
    policy = policy_parse(span_str(text_of("log %s\nlog %s\nquorum none\n", vkey_text(&l, THE_LOG),
                                           vkey_text(&l, STRANGER))),
                          &why);
    assert_non_null(policy);
    checkpoint_by(&a, &l.who[THE_LOG].key, ORIGIN, 9, 1);
    checkpoint_by(&b, other, other->vkey.name, 9, 2);
    evidence_of_fork(&text, buf_span(&a), buf_span(&b), NULL, 0);
    expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
    struct proven_entry e = { .bytes = buf_span(&l.entry[0]) };
    evidence_of_leaves(&text, buf_span(&a), &e, buf_span(&b), &e);
    expect(&text, -1, "leaves", REASON_EVIDENCE_EMPTY);
    buf_free(&a);
    buf_free(&b);
}

static void no_flipped_bit_of_a_fork_proves_anything(void **state)
{
    struct log other;
    struct buf text = { 0 };
    (void)state;
    rewritten(&other, 6);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    fork_file(&text, &l, 7, &other);
    no_flip_proves(&text);
    expect(&text, 0, "fork", REASON_FORK);
    log_free(&other);
}

/* ---- one index, two leaves ----------------------------------------------------------------- */

struct leaves_case {
    struct buf cp[2];
    struct proven_entry entry[2];
    struct hash hashes[2][PROOF_MAX];
};

static void leaves_make_case(struct leaves_case *c, const struct log *other, uint64_t in_first,
                             uint64_t in_second)
{
    memset(c, 0, sizeof *c);
    log_checkpoint(&c->cp[0], &l, l.n);
    log_checkpoint(&c->cp[1], other, other->n);
    c->entry[0] = log_proven(&l, l.n, in_first, c->hashes[0]);
    c->entry[1] = log_proven(other, other->n, in_second, c->hashes[1]);
}

static void leaves_expect(struct leaves_case *c, int result, enum reason reason)
{
    struct buf text = { 0 };
    evidence_of_leaves(&text, buf_span(&c->cp[0]), &c->entry[0], buf_span(&c->cp[1]), &c->entry[1]);
    expect(&text, result, "leaves", reason);
}

static void leaves_free_case(struct leaves_case *c)
{
    buf_free(&c->cp[0]);
    buf_free(&c->cp[1]);
}

static void two_entries_at_one_index_are_proven(void **state)
{
    struct leaves_case c;
    struct log other;
    (void)state;
    rewritten(&other, 6);
    leaves_make_case(&c, &other, 7, 7);
    leaves_expect(&c, 0, REASON_FORK);
    leaves_free_case(&c);
    leaves_make_case(&c, &other, 5, 5); /* the same in both */
    leaves_expect(&c, -1, REASON_EVIDENCE_EMPTY);
    leaves_free_case(&c);
    leaves_make_case(&c, &other, 7, 8);
    leaves_expect(&c, -1, REASON_EVIDENCE_EMPTY);
    leaves_free_case(&c);
    log_free(&other);
}

static void two_entries_need_their_paths(void **state)
{
    struct leaves_case c;
    struct log other;
    struct buf swapped;
    (void)state;
    rewritten(&other, 6);
    leaves_make_case(&c, &other, 7, 7);
    for (size_t i = 0; i < 2; i++) {
        c.hashes[i][1].b[0] ^= 1;
        leaves_expect(&c, -1, REASON_EVIDENCE_EMPTY);
        c.hashes[i][1].b[0] ^= 1;
        c.entry[i].path_length--;
        leaves_expect(&c, -1, REASON_EVIDENCE_EMPTY);
        c.entry[i].path_length++;
    }
    swapped = c.cp[0];
    c.cp[0] = c.cp[1];
    c.cp[1] = swapped;
    leaves_expect(&c, -1, REASON_EVIDENCE_EMPTY);
    leaves_free_case(&c);
    log_free(&other);
}

static void no_flipped_bit_of_two_leaves_proves_anything(void **state)
{
    struct leaves_case c;
    struct log other;
    struct buf text = { 0 };
    (void)state;
    rewritten(&other, 6);
    leaves_make_case(&c, &other, 7, 7);
    evidence_of_leaves(&text, buf_span(&c.cp[0]), &c.entry[0], buf_span(&c.cp[1]), &c.entry[1]);
    no_flip_proves(&text);
    expect(&text, 0, "leaves", REASON_FORK);
    leaves_free_case(&c);
    log_free(&other);
}

/* ---- a bad entry --------------------------------------------------------------------------- */

/* Evidence about an entry with these others beside it, which end with NO_ENTRY. */
static void entry_file(struct buf *out, uint64_t index, const uint64_t *others)
{
    struct chain c = { .n = 0 };
    struct buf cp = { 0 };
    chain_add(&c, &l, l.n, index);
    for (; *others != NO_ENTRY; others++)
        chain_add(&c, &l, l.n, *others);
    log_checkpoint(&cp, &l, l.n);
    evidence_of_entry(out, buf_span(&cp), c.entry, c.n);
    buf_free(&cp);
}

#define WITH(...) ((const uint64_t[]){ __VA_ARGS__, NO_ENTRY })
#define ALONE ((const uint64_t[]){ NO_ENTRY })

static void proven(enum reason reason, uint64_t index, const uint64_t *others)
{
    struct buf text = { 0 };
    entry_file(&text, index, others);
    expect(&text, 0, "entry", reason);
}

static void refused(uint64_t index, const uint64_t *others)
{
    struct buf text = { 0 };
    entry_file(&text, index, others);
    expect(&text, -1, "entry", REASON_EVIDENCE_EMPTY);
}

static void a_good_entry_is_not_bad_whatever_lies_beside_it(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < l.n; i++) {
        refused(i, ALONE);
        for (uint64_t k = 0; k < l.n; k++)
            if (k != i)
                refused(i, WITH(k));
    }
    refused(7, WITH(2, 0));
    refused(7, WITH(0, 1, 2, 3, 4, 5, 6, 8));
    refused(0, WITH(7, 2));
}

static void the_same_entry_twice_is_no_evidence(void **state)
{
    (void)state;
    refused(7, WITH(7));
    refused(7, WITH(7, 2, 0)); /* else it would have been played in twice */
    refused(7, WITH(2, 0, 2));
}

static void what_an_entry_alone_shows(void **state)
{
    struct buf note = { 0 };
    struct entry e = { .index = 3, .accepted = l.now, .link = l.leaf[l.n - 1] };
    (void)state;
    proven(REASON_ENTRY_FORM, log_add_bytes(&l, span_str("hello")), ALONE);
    proven(REASON_RECORD_FORM, log_add_note(&l, span_str("hello\n")), ALONE);
    proven(REASON_GENESIS, log_add(&l, BY(THE_LOG, KIND_GENESIS)), ALONE);
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    e.note = buf_span(&note);
    proven(REASON_INDEX, log_add_entry(&l, &e), ALONE);
    const char *hash = strchr(log_ref(&l, 7), ',');
    proven(REASON_REF_LATER,
           log_add(&l, BY(REQUESTER, KIND_PRODUCT,
                          .members = text_of("\"requests\":[{\"entry\":%zu%s],\"class\":\"x\"", l.n,
                                             hash))),
           ALONE);
    proven(REASON_KEY_UNKNOWN,
           log_add(&l,
                   BY(STRANGER, KIND_ERASURE, .under = text_of("{\"entry\":%zu%s", l.n + 1, hash))),
           ALONE);
    buf_free(&note);
}

static void what_the_entry_before_shows(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    struct entry e = { .index = l.n, .accepted = l.now, .note = buf_span(&note) };
    uint64_t at = log_add_entry(&l, &e);
    refused(at, ALONE);
    refused(at, WITH(at - 2));
    proven(REASON_LINK, at, WITH(at - 1));
    l.now -= 2500;
    at = log_add(&l, BY(JUDGE, KIND_ERASURE));
    refused(at, ALONE);
    proven(REASON_TIME, at, WITH(at - 1));
    buf_free(&note);
}

/* What needs the signer's chain is proven with it, and not without any part of it. */
static void proven_by_chain(enum reason reason, uint64_t index, uint64_t enrolment)
{
    proven(reason, index, WITH(enrolment, 0));
    proven(reason, index, WITH(0, enrolment));
    refused(index, WITH(enrolment));
    refused(index, WITH(0));
    refused(index, ALONE);
}

static void what_the_chain_shows(void **state)
{
    struct buf note = { 0 };
    (void)state;
    proven_by_chain(REASON_ROLE, log_add(&l, BY(AUDITOR, KIND_ERASURE)), 5);
    proven_by_chain(
        REASON_AUTHORITY,
        log_add(
            &l,
            BY(REQUESTER, KIND_REQUEST,
               .members =
                   "\"authority\":\"other\",\"function\":\"f\",\"level\":\"federal\",\"holder\":"
                   "\"h\",\"source\":\"s\",\"categories\":[\"c\"],\"basis\":\"b\",\"purpose\":{"
                   "\"code\":\"c\"},\"persons\":1")),
        2);
    proven_by_chain(REASON_KEY_UNKNOWN,
                    log_add(&l, BY(STRANGER, KIND_ERASURE, .under = log_ref(&l, 1))), 1);
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    *(uint8_t *)memmem(note.p, note.n, "7000-8000", 9) = '6';
    proven_by_chain(REASON_SIGNATURE, log_add_note(&l, buf_span(&note)), 1);
    log_enroll(&l, STRANGER, "judge", ",\"until\":\"2026-11-21T16:00:00.000Z\"");
    uint64_t enrolment = l.n - 1;
    proven_by_chain(REASON_EXPIRED, log_add(&l, BY(STRANGER, KIND_ERASURE)), enrolment);
    buf_free(&note);
}

static void under_the_wrong_enrolment_is_shown_by_the_right_one(void **state)
{
    (void)state;
    uint64_t at = log_add(&l, BY(JUDGE, KIND_ERASURE, .under = log_ref(&l, 2)));
    proven(REASON_UNDER, at, WITH(1, 0));
    proven(REASON_KEY_UNKNOWN, at, WITH(2, 0)); /* entry 2 enrols no such key */
    refused(at, WITH(0));
}

static void a_revocation_shows_what_came_after_it(void **state)
{
    (void)state;
    uint64_t before = log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    uint64_t revoke = log_add(&l, BY(REGISTRAR, KIND_REVOKE));
    uint64_t after = log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    proven(REASON_REVOKED, after, WITH(revoke, 5, 0));
    refused(after, WITH(5, 0));
    refused(after, WITH(revoke, 5));
    refused(before, WITH(revoke, 5, 0));
}

/* Whether a key is enrolled at all needs the whole log; that it has another name does not. */
static void a_revocation_under_another_name_is_shown_by_the_enrolment(void **state)
{
    struct vkey other;
    struct buf text = { 0 };
    (void)state;
    vkey_make(&other, span_str("otro"), KEY_NOTE, l.who[JUDGE].key.vkey.key);
    vkey_format(&text, &other);
    uint64_t at =
        log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                       .members = text_of("\"vkey\":\"%s\",\"reason\":\"other\"", buf_str(&text))));
    proven(REASON_REVOKE_UNKNOWN, at, WITH(1, 0));
    refused(at, WITH(0));
    buf_free(&text);
}

static void a_repetition_is_shown_by_the_first_time(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    uint64_t first = log_add_note(&l, buf_span(&note));
    uint64_t second = log_add_note(&l, buf_span(&note));
    proven(REASON_REPLAYED, second, WITH(first, 1, 0));
    refused(first, WITH(second, 1, 0));
    refused(second, WITH(first, 1));
    refused(second, WITH(1, 0));
    buf_free(&note);
}

static void a_wrong_reference_is_shown_by_its_target(void **state)
{
    (void)state;
    uint64_t at = log_add(
        &l, BY(REQUESTER, KIND_PRODUCT,
               .members = text_of("\"requests\":[%s],\"class\":\"x\"", log_ref(&l, l.warrant))));
    proven(REASON_REF_KIND, at, WITH(l.warrant));
    refused(at, WITH(l.request));
    refused(at, WITH(2, 0));
}

/* How far `at` may be off is what genesis says: without it nobody knows. */
/* Two that the log signed and that do not go together convict it, without a replay. */
static void an_index_is_shown_by_the_one_that_it_contradicts(void **state)
{
    (void)state;
    uint64_t first = log_add(&l, BY(THE_LOG, KIND_INDEX)),
             again = log_add(&l, BY(THE_LOG, KIND_INDEX));
    proven(REASON_INDEX_AGAIN, again, WITH(0, first));
    refused(again, WITH(0));
    refused(again, WITH(first)); /* nobody knows who signed them */
    refused(first, WITH(0, again));
}

static void skew_is_not_shown_without_genesis(void **state)
{
    (void)state;
    uint64_t at = log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 600001));
    proven(REASON_SKEW, at, WITH(0));
    refused(at, ALONE);
    refused(at, WITH(1));
    log_free(&l);
    log_start(&l, ",\"skew\":86400");
    at = log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 80000000));
    refused(at, ALONE);
    refused(at, WITH(1));
    refused(at, WITH(1, 0));
}

/* A bad entry beside a good one does not make it bad. */
static void the_finding_must_be_about_the_entry_in_question(void **state)
{
    (void)state;
    uint64_t at = log_add_note(&l, span_str("hello\n"));
    refused(7, WITH(at, 2, 0));
    proven(REASON_RECORD_FORM, at, WITH(7, 2, 0));
}

static void an_undecided_entry_is_no_evidence(void **state)
{
    (void)state;
    refused(log_add_note(&l, span_str("bitacora/v2 x\nwhatever\n")), WITH(0));
}

static void entries_must_be_in_the_tree(void **state)
{
    struct chain c = { .n = 0 };
    struct buf cp = { 0 }, text = { 0 };
    (void)state;
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    chain_add(&c, &l, l.n, at);
    chain_add(&c, &l, l.n, 5);
    chain_add(&c, &l, l.n, 0);
    log_checkpoint(&cp, &l, l.n);
    for (size_t i = 0; i < c.n; i++) {
        c.hashes[i][0].b[0] ^= 1;
        evidence_of_entry(&text, buf_span(&cp), c.entry, c.n);
        expect(&text, -1, "entry", REASON_EVIDENCE_EMPTY);
        c.hashes[i][0].b[0] ^= 1;
    }
    uint64_t later = log_add(&l, BY(JUDGE, KIND_ERASURE));
    buf_clear(&cp);
    log_checkpoint(&cp, &l, l.n);
    c.n = 0;
    chain_add(&c, &l, l.n, at);
    chain_add(&c, &l, l.n, 5);
    chain_add(&c, &l, l.n, 0);
    chain_add(&c, &l, l.n, later); /* judged after the finding */
    c.hashes[3][0].b[0] ^= 1;
    evidence_of_entry(&text, buf_span(&cp), c.entry, c.n);
    expect(&text, -1, "entry", REASON_EVIDENCE_EMPTY);
    c.n = 3;
    evidence_of_entry(&text, buf_span(&cp), c.entry, c.n);
    expect(&text, 0, "entry", REASON_ROLE);
    c.entry[0].bytes = span_str("hello"); /* not what stands there */
    evidence_of_entry(&text, buf_span(&cp), c.entry, c.n);
    expect(&text, -1, "entry", REASON_EVIDENCE_EMPTY);
    evidence_of_entry(&text, buf_span(&cp), c.entry, 0);
    expect(&text, -1, "entry", REASON_EVIDENCE_EMPTY);
    buf_free(&cp);
}

static void no_flipped_bit_of_a_bad_entry_proves_anything(void **state)
{
    struct buf text = { 0 };
    (void)state;
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    entry_file(&text, at, WITH(5, 0));
    no_flip_proves(&text);
    expect(&text, 0, "entry", REASON_ROLE);
}

/* Another pinned genesis: evidence for whoever pinned it, about entry 0. */
static void a_pin_is_part_of_the_verdict_on_entry_0(void **state)
{
    struct buf text = { 0 };
    struct evidence_report report;
    (void)state;
    entry_file(&text, 0, ALONE);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&text), &l.leaf[0]), -1);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&text), &l.leaf[1]), 0);
    assert_int_equal(report.finding.why.reason, REASON_GENESIS_PIN);
    buf_free(&text);
}

/* ---- form ---------------------------------------------------------------------------------- */

static void what_is_not_evidence_is_refused(void **state)
{
    struct buf good = { 0 };
    static const char *const alter[][2] = {
        { "bitacora/v1 evidence", "bitacora/v2 evidence" },
        { "\"claim\": \"fork\"", "\"claim\": \"farce\"" },
        { "\"claim\": \"fork\"", "\"claim\": 1" },
        { "\"entries\": []", "\"entries\": {}" },
        { "\"entries\": []", "\"entries\": [1]" },
        { "\"entries\": []", "\"entries\": [{}]" },
        { "\"entries\": []", "\"entries\": [], \"more\": 1" },
        { "\"entries\": []", "\"entries\": [], \"entries\": []" },
        { "\"entries\": []", "\"entriez\": []" },
        { "\"hashes\": [", "\"hashes\": [1," },
        { "\"hashes\": [", "\"hashes\": [\"AAAA\"," },
        { "\"checkpoints\": [", "\"checkpoints\": [1," },
        { "\"checkpoints\": [", "\"checkpoints\": [\"x\",\"x\"," },
        { "\"checkpoints\": [", "\"checkpoints\": [[]," },
        { "}\n", "}\n}" },
        { "{", "" },
    };
    struct log other;
    (void)state;
    rewritten(&other, 6);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    fork_file(&good, &l, 7, &other);
    for (size_t i = 0; i < COUNT(alter); i++) {
        struct buf text = { 0 };
        struct evidence_report report;
        char *at = strstr(buf_str(&good), alter[i][0]);
        assert_non_null(at);
        buf_add(&text, good.p, (size_t)(at - (char *)good.p));
        buf_adds(&text, alter[i][1]);
        buf_adds(&text, at + strlen(alter[i][0]));
        if (evidence_judge(&report, policy, buf_span(&text), NULL) == 0)
            fail_msg("case %zu", i);
        buf_free(&text);
    }
    for (size_t n = 0; n < good.n - 1; n++) {
        struct evidence_report report;
        assert_int_equal(evidence_judge(&report, policy, span_of(good.p, n), NULL), -1);
    }
    buf_free(&good);
    log_free(&other);
}

/* Judges a file with one piece of it replaced. */
static void altered(const struct buf *good, const char *from, const char *to, enum reason reason)
{
    struct buf text = { 0 };
    const char *at = memmem(good->p, good->n, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - (const char *)good->p), behind = before + strlen(from);
    buf_add(&text, good->p, before);
    buf_adds(&text, to);
    buf_add(&text, good->p + behind, good->n - behind);
    struct evidence_report report;
    assert_int_equal(evidence_judge(&report, policy, buf_span(&text), NULL), -1);
    assert_int_equal(report.finding.why.reason, reason);
    buf_free(&text);
}

static void entries_belong_to_checkpoints_that_are_there(void **state)
{
    struct buf one = { 0 }, two = { 0 };
    struct leaves_case c;
    struct log other;
    (void)state;
    rewritten(&other, 6);
    leaves_make_case(&c, &other, 7, 7);
    evidence_of_leaves(&two, buf_span(&c.cp[0]), &c.entry[0], buf_span(&c.cp[1]), &c.entry[1]);
    altered(&two, "\"checkpoint\": 1", "\"checkpoint\": 0", REASON_EVIDENCE_EMPTY);
    altered(&two, "\"checkpoint\": 1", "\"checkpoint\": 2", REASON_EVIDENCE_FORM);
    altered(&two, "\"claim\": \"leaves\"", "\"claim\": \"entry\"", REASON_EVIDENCE_EMPTY);
    entry_file(&one, log_add(&l, BY(AUDITOR, KIND_ERASURE)), WITH(5, 0));
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": 1", REASON_EVIDENCE_FORM);
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": -1", REASON_EVIDENCE_FORM);
    altered(&one, "\"index\": 9", "\"index\": -9", REASON_EVIDENCE_FORM);
    altered(&one, "\"claim\": \"entry\"", "\"claim\": \"leaves\"", REASON_EVIDENCE_EMPTY);
    altered(&one, "\"claim\": \"entry\"", "\"claim\": \"fork\"", REASON_EVIDENCE_EMPTY);
    leaves_free_case(&c);
    log_free(&other);
    buf_free(&one);
    buf_free(&two);
}

/* Judges a file with the first item of one of its lists there once more, at the end. */
static void with_one_more(const struct buf *good, const char *list, enum reason reason)
{
    struct evidence_report report;
    json_t *v = json_loadb((const char *)good->p, good->n, 0, NULL);
    json_t *items = json_object_get(v, list);
    json_array_append(items, json_array_get(items, 0));
    char *text = json_dumps(v, 0);
    assert_int_equal(evidence_judge(&report, policy, span_str(text), NULL), -1);
    assert_int_equal(report.finding.why.reason, reason);
    free(text);
    json_decref(v);
}

/* Of a claim that takes none, hashes prove nothing, whatever they are. */
static void unused_arrays_are_empty(void **state)
{
    static const struct hash hashes[1];
    struct buf a = { 0 }, b = { 0 }, text = { 0 }, two = { 0 }, one = { 0 };
    struct leaves_case c;
    struct log other;
    (void)state;
    rewritten(&other, 6);
    log_checkpoint(&a, &l, l.n);
    log_checkpoint(&b, &other, other.n);
    evidence_of_fork(&text, buf_span(&a), buf_span(&b), hashes, 1);
    expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
    leaves_make_case(&c, &other, 7, 7);
    evidence_of_leaves(&two, buf_span(&c.cp[0]), &c.entry[0], buf_span(&c.cp[1]), &c.entry[1]);
    altered(&two, "\"hashes\": []",
            "\"hashes\": [\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]",
            REASON_EVIDENCE_EMPTY);
    entry_file(&one, log_add(&l, BY(AUDITOR, KIND_ERASURE)), WITH(5, 0));
    altered(&one, "\"hashes\": []",
            "\"hashes\": [\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]",
            REASON_EVIDENCE_EMPTY);
    leaves_free_case(&c);
    log_free(&other);
    buf_free(&a);
    buf_free(&b);
    buf_free(&two);
    buf_free(&one);
}

/* Members are closed at every depth, and integers written as everywhere. */
static void entries_have_their_members_and_integers_their_form(void **state)
{
    struct buf one = { 0 };
    (void)state;
    entry_file(&one, log_add(&l, BY(AUDITOR, KIND_ERASURE)), WITH(5, 0));
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": -0", REASON_EVIDENCE_FORM);
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": 00", REASON_EVIDENCE_FORM);
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": 0.0", REASON_EVIDENCE_FORM);
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": 0e0", REASON_EVIDENCE_FORM);
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": \"0\"", REASON_EVIDENCE_FORM);
    altered(&one, "\"checkpoint\": 0", "\"checkpoint\": 18446744073709551616",
            REASON_EVIDENCE_FORM);
    altered(&one, "\"index\": 9", "\"index\": 9007199254740992", REASON_EVIDENCE_FORM);
    altered(&one, "\"index\": 9", "\"index\": 9007199254740991", REASON_EVIDENCE_EMPTY);
    altered(&one, "\"index\": 9", "\"index\": 9, \"more\": 0", REASON_EVIDENCE_FORM);
    buf_free(&one);
}

static void two_are_two(void **state)
{
    struct buf two = { 0 }, fork = { 0 };
    struct leaves_case c;
    struct log other;
    (void)state;
    rewritten(&other, 6);
    leaves_make_case(&c, &other, 7, 7);
    evidence_of_leaves(&two, buf_span(&c.cp[0]), &c.entry[0], buf_span(&c.cp[1]), &c.entry[1]);
    with_one_more(&two, "entries", REASON_EVIDENCE_EMPTY);
    with_one_more(&two, "checkpoints", REASON_EVIDENCE_FORM);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    fork_file(&fork, &l, 7, &other);
    with_one_more(&fork, "checkpoints", REASON_EVIDENCE_FORM);
    altered(&fork, "\"checkpoints\": [", "\"checkpoints\": [1,", REASON_EVIDENCE_FORM);
    leaves_free_case(&c);
    log_free(&other);
    buf_free(&two);
    buf_free(&fork);
}

/* Judges a text, and compares what it says of the cause. */
static void expect_cause(struct span text, enum reason reason, const char *cause)
{
    struct evidence_report report;
    assert_int_equal(evidence_judge(&report, policy, text, NULL), -1);
    assert_string_equal(report.finding.why.subject, cause);
    assert_int_equal(report.finding.why.reason, reason);
}

/* The number of entries, or of checkpoints, is looked at before any of them. */
static void a_claim_has_its_number_of_entries(void **state)
{
    static const char *const cause = "the claim takes another number of entries";
    struct leaves_case c;
    struct log other;
    struct buf text = { 0 };
    (void)state;
    rewritten(&other, 6);
    leaves_make_case(&c, &other, 7, 7);
    for (int least = 0; least < 2; least++) { /* one of two, none of one */
        if (least == 0)
            evidence_of_leaves(&text, buf_span(&c.cp[0]), &c.entry[0], buf_span(&c.cp[1]),
                               &c.entry[1]);
        else
            entry_file(&text, 7, ALONE);
        json_t *v = json_loadb((const char *)text.p, text.n, 0, NULL);
        json_array_remove(json_object_get(v, "entries"), 0);
        char *less = json_dumps(v, 0);
        expect_cause(span_str(less), REASON_EVIDENCE_EMPTY, cause);
        free(less);
        json_decref(v);
        buf_free(&text);
    }
    leaves_free_case(&c);
    log_free(&other);
}

static void what_cannot_be_read_is_said(void **state)
{
    struct buf text = { 0 };
    (void)state;
    expect_cause(span_str("hello"), REASON_EVIDENCE_FORM, "JSON");
    expect_cause(span_str(""), REASON_EVIDENCE_FORM, "JSON");
    expect_cause(span_str("{}"), REASON_EVIDENCE_FORM, "members");
    expect_cause(span_str("{\"a\":\"\\\"\",\"b\":-1}"), REASON_EVIDENCE_FORM, "number");
    expect_cause(span_str("{\"a\":\"\\\"-1\"}"), REASON_EVIDENCE_FORM, "members");
    expect_cause(span_str("{\"a\":\"\\\\\",\"b\":-1}"), REASON_EVIDENCE_FORM, "number");
    memset(buf_reserve(&text, EVIDENCE_MAX + 1), '[', EVIDENCE_MAX + 1);
    text.n = EVIDENCE_MAX;
    expect_cause(buf_span(&text), REASON_EVIDENCE_FORM, "JSON");
    text.n++;
    expect_cause(buf_span(&text), REASON_EVIDENCE_FORM, "too large");
    buf_free(&text);
}

static bool stop_it(void *ctx)
{
    size_t *left = ctx;
    return (*left)-- > 0;
}

/* It says nothing then, however much was judged. */
static void whoever_watches_may_stop_it(void **state)
{
    struct evidence_report report;
    struct buf text = { 0 };
    (void)state;
    entry_file(&text, log_add(&l, BY(AUDITOR, KIND_ERASURE)), WITH(5, 0));
    for (size_t i = 0; i < 4; i++) {
        size_t left = i;
        int result = evidence_judge_watched(&report, policy, buf_span(&text), NULL, stop_it, &left);
        assert_int_equal(result, i < 3 ? -1 : 0);
        assert_int_equal(report.finding.why.reason, i < 3 ? REASON_MEMORY : REASON_ROLE);
    }
    buf_free(&text);
}

/* Of several findings about the entry the first is what is proven. */
static void the_first_finding_is_the_proof(void **state)
{
    (void)state;
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_CORRECTION, .at = l.now - 700000,
                                 .members = text_of("\"about\":{\"entry\":7%s,\"cause\":\"x\"",
                                                    strchr(log_ref(&l, 6), ','))));
    proven(REASON_SKEW, at, WITH(0));
    proven(REASON_REF_HASH, at, WITH(7));
    proven(REASON_REF_HASH, at, WITH(7, 0));
}

/* A path that is wrong in its length alone leads to no root: not to that of the tree before. */
static void a_link_needs_the_path_of_each(void **state)
{
    struct leaves_case c;
    struct buf text = { 0 };
    (void)state;
    leaves_make_case(&c, &l, 7, 8);
    for (int how = 0; how < 2; how++) {
        c.entry[1].bytes = buf_span(&l.entry[2]); /* whose link is another */
        c.entry[1].path_length = how == 0 ? 0 : PROOF_MAX;
        evidence_of_link(&text, buf_span(&c.cp[0]), &c.entry[0], buf_span(&c.cp[1]), &c.entry[1]);
        expect(&text, -1, "link", REASON_EVIDENCE_EMPTY);
    }
    leaves_free_case(&c);
}

static void limits_are_kept(void **state)
{
    static struct proven_entry many[257];
    static const struct hash hashes[PROOF_MAX + 1];
    static uint8_t long_bytes[ENTRY_MAX + 1];
    struct buf cp = { 0 }, text = { 0 };
    (void)state;
    log_checkpoint(&cp, &l, l.n);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct proven_entry){ .bytes = buf_span(&l.entry[0]) };
    evidence_of_entry(&text, buf_span(&cp), many, COUNT(many) - 1);
    expect(&text, -1, "entry", REASON_EVIDENCE_EMPTY); /* but it was looked at */
    evidence_of_entry(&text, buf_span(&cp), many, COUNT(many));
    expect(&text, -1, "entry", REASON_EVIDENCE_FORM);
    many[0].bytes = span_of(long_bytes, sizeof long_bytes);
    evidence_of_entry(&text, buf_span(&cp), many, 1);
    expect(&text, -1, "entry", REASON_EVIDENCE_FORM);
    many[0] = (struct proven_entry){ .bytes = buf_span(&l.entry[0]),
                                     .path = hashes,
                                     .path_length = COUNT(hashes) };
    evidence_of_entry(&text, buf_span(&cp), many, 1);
    expect(&text, -1, "entry", REASON_EVIDENCE_FORM);
    evidence_of_fork(&text, buf_span(&cp), buf_span(&cp), hashes, COUNT(hashes) - 1);
    expect(&text, -1, "fork", REASON_EVIDENCE_EMPTY);
    evidence_of_fork(&text, buf_span(&cp), buf_span(&cp), hashes, COUNT(hashes));
    expect(&text, -1, "fork", REASON_EVIDENCE_FORM);
    buf_free(&cp);
}

/* Keys and signatures are deterministic: a change of these bytes is a change of the format. */
static void the_format_stays_what_it_is(void **state)
{
    struct buf text = { 0 }, want = { 0 };
    (void)state;
    entry_file(&text, log_add(&l, BY(AUDITOR, KIND_ERASURE)), WITH(5, 0));
    vector_read(&want, "evidence/good/entry.txt");
    assert_true(span_eq(buf_span(&text), buf_span(&want)));
    buf_free(&want);
    buf_free(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rewritten_history_is_proven_at_every_size),
        TEST(two_roots_of_one_size_are_a_fork),
        TEST(hashes_that_do_not_rebuild_the_larger_root_prove_nothing),
        TEST(a_fork_needs_two_checkpoints),
        TEST(a_checkpoint_by_another_key_accuses_nobody),
        TEST(two_logs_do_not_contradict_each_other),
        TEST(no_flipped_bit_of_a_fork_proves_anything),
        TEST(two_entries_at_one_index_are_proven),
        TEST(two_entries_need_their_paths),
        TEST(no_flipped_bit_of_two_leaves_proves_anything),
        TEST(a_good_entry_is_not_bad_whatever_lies_beside_it),
        TEST(the_same_entry_twice_is_no_evidence),
        TEST(what_an_entry_alone_shows),
        TEST(what_the_entry_before_shows),
        TEST(what_the_chain_shows),
        TEST(under_the_wrong_enrolment_is_shown_by_the_right_one),
        TEST(a_revocation_shows_what_came_after_it),
        TEST(a_revocation_under_another_name_is_shown_by_the_enrolment),
        TEST(a_repetition_is_shown_by_the_first_time),
        TEST(a_wrong_reference_is_shown_by_its_target),
        TEST(an_index_is_shown_by_the_one_that_it_contradicts),
        TEST(skew_is_not_shown_without_genesis),
        TEST(the_finding_must_be_about_the_entry_in_question),
        TEST(an_undecided_entry_is_no_evidence),
        TEST(entries_must_be_in_the_tree),
        TEST(no_flipped_bit_of_a_bad_entry_proves_anything),
        TEST(a_pin_is_part_of_the_verdict_on_entry_0),
        TEST(what_is_not_evidence_is_refused),
        TEST(entries_belong_to_checkpoints_that_are_there),
        TEST(unused_arrays_are_empty),
        TEST(entries_have_their_members_and_integers_their_form),
        TEST(two_are_two),
        TEST(a_claim_has_its_number_of_entries),
        TEST(what_cannot_be_read_is_said),
        TEST(whoever_watches_may_stop_it),
        TEST(the_first_finding_is_the_proof),
        TEST(a_link_needs_the_path_of_each),
        TEST(limits_are_kept),
        TEST(the_format_stays_what_it_is),
    };
    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
