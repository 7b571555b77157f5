/* receipt_check.h: what a file is that was given for a receipt, what is said of it, and receipts of
 * one log held against each other. */
#include "client/remote/receipt_check.h"

#include <stdio.h>
#include <time.h>

#include "client/base/lost.h"
#include "proto/answer/answer.h"
#include "proto/judge/presentation.h"
#include "proto/record/entry.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/log_folder.h"

#define REQUEST 7

static struct log_folder folder;
static struct log l;
static struct skey witness;
static struct trust trust;
static struct receipt_check c;

static void under_policy(const char *quorum)
{
    struct refusal why;
    struct buf w = { 0 };
    policy_free(trust.policy);
    vkey_format(&w, &witness.vkey);
    trust.policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum %s\n",
                                                 vkey_text(&l, THE_LOG), buf_str(&w), quorum)),
                                &why);
    assert_non_null(trust.policy);
    buf_free(&w);
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    trust = (struct trust){ .max_age = -1 };
    under_policy("none");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    receipt_check_free(&c);
    c = (struct receipt_check){ .path = NULL };
    policy_free(trust.policy);
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* The checkpoint of so many entries, cosigned at that second, 0: not. */
static void checkpoint(struct buf *out, const struct log *of, size_t size, uint64_t cosigned)
{
    struct buf text = { 0 };
    log_checkpoint(out, of, size);
    buf_add(&text, out->p, (size_t)(strstr(buf_str(out), "\n\n") - (char *)out->p) + 1);
    if (cosigned != 0)
        note_cosign(out, buf_span(&text), &witness, cosigned);
    buf_free(&text);
}

static void receipt(struct buf *out, const struct log *of, size_t size, uint64_t index,
                    uint64_t cosigned)
{
    struct chain chain;
    struct buf note = { 0 };
    chain_make(&chain, of, size, index);
    checkpoint(&note, of, size, cosigned);
    receipt_format(out, chain.entry, chain.n, buf_span(&note));
    buf_free(&note);
}

static void check_text(struct buf *text)
{
    receipt_check_free(&c);
    receipt_check_text(&c, &trust, "given", text);
    assert_int_equal(text->n, 0); /* it was taken */
}

static void check_span(struct span bytes)
{
    struct buf text = { 0 };
    buf_add_span(&text, bytes);
    check_text(&text);
}

static void check_receipt(uint64_t index, uint64_t cosigned)
{
    struct buf text = { 0 };
    receipt(&text, &l, l.n, index, cosigned);
    check_text(&text);
}

/* ---- what it is ------------------------------------------------------------------------------ */

static void is_form(enum receipt_form form)
{
    assert_true(c.was_read);
    assert_int_equal(c.form, form);
    assert_int_equal(c.report.index, NO_ENTRY);
    assert_int_equal(c.report.size, 0);
    assert_true(c.findings.total > 0);
    assert_false(c.entry_stands);
}

static void a_file_is_known_by_its_form(void **state)
{
    static const uint8_t zero[HASH_BYTES];
    const struct entry_ref ref = { .entry = REQUEST };
    struct buf text = { 0 };
    (void)state;
    check_receipt(REQUEST, 0);
    assert_int_equal(c.form, FORM_RECEIPT);
    assert_true(c.entry_stands && c.was_read);
    assert_int_equal(c.findings.total, 0);
    assert_int_equal(c.report.index, REQUEST);
    check_span(span_str("c2sp.org/tlog-proof@")); /* of whatever version */
    is_form(FORM_RECEIPT);
    check_span(span_str("c2sp.org/tlog-proof"));
    is_form(FORM_OTHER);
    buf_adds(&text, "c2sp.org/tlog-proof@");
    text.n--; /* what lies behind it is none of it */
    check_text(&text);
    is_form(FORM_OTHER);
    check_span(span_str("c2sp.org/tlog-tiles@v1\nof another specification\n"));
    is_form(FORM_OTHER);
    check_span(span_of(zero, 0));
    is_form(FORM_OTHER);
    vector_read(&text, "disclosure/good/subject.txt");
    check_text(&text);
    is_form(FORM_OPENING);
    vector_read(&text, "answer/good/absent.answer");
    check_text(&text);
    is_form(FORM_ANSWER);
    presentation_sign(&text, ORIGIN, "mx.fgr", &ref, l.now, NULL, &l.who[REQUESTER].key);
    check_text(&text);
    is_form(FORM_PRESENTATION);
    assert_false(lost_any());
}

static void a_file_is_read_or_that_is_a_finding(void **state)
{
    struct buf text = { 0 };
    (void)state;
    receipt(&text, &l, l.n, REQUEST, 0);
    log_folder_put(&folder, "held", buf_span(&text));
    buf_free(&text);
    receipt_check(&c, &trust, log_folder_path(&folder, "held"));
    assert_true(c.was_read && c.entry_stands);
    assert_int_equal(c.findings.total, 0);
    assert_int_equal(c.report.index, REQUEST);
    assert_ptr_equal(c.path, folder.path);
    static const struct {
        const char *name;
        enum reason reason;
    } unread[] = { { "absent", REASON_MISSING }, { ".", REASON_UNREADABLE } };
    for (size_t i = 0; i < COUNT(unread); i++) {
        receipt_check_free(&c);
        receipt_check(&c, &trust, log_folder_path(&folder, unread[i].name));
        assert_false(c.was_read || c.entry_stands);
        assert_int_equal(c.report.index, NO_ENTRY);
        assert_int_equal(c.findings.total, 1);
        assert_int_equal(c.findings.list[0].verdict, VERDICT_UNDECIDED);
        assert_int_equal(c.findings.list[0].why.reason, unread[i].reason);
        assert_string_equal(c.findings.list[0].why.subject, folder.path);
    }
}

/* ---- what is said of it ---------------------------------------------------------------------- */

/* How many findings have that reason. */
static size_t found(enum reason reason)
{
    size_t n = 0;
    for (size_t i = 0; i < c.findings.kept; i++)
        n += c.findings.list[i].why.reason == reason;
    return n;
}

/* Cosignatures have an age where there is a quorum of them. */
static void a_quorum_may_be_too_old(void **state)
{
    (void)state;
    under_policy("w");
    check_receipt(REQUEST, 1000); /* in 1970: the clocks of log and witness differ */
    assert_int_equal(found(REASON_OLD_COSIGNATURE), 0);
    trust.max_age = 3600;
    check_receipt(REQUEST, 1000);
    assert_int_equal(found(REASON_OLD_COSIGNATURE), 1);
    assert_int_equal(findings_verdict(&c.findings), VERDICT_UNDECIDED);
    assert_true(c.entry_stands);
    check_receipt(REQUEST, (uint64_t)time(NULL));
    assert_int_equal(found(REASON_OLD_COSIGNATURE), 0);
    check_receipt(REQUEST, 0);
    assert_int_equal(c.findings.total, 1); /* that there is none says enough */
    assert_int_equal(found(REASON_QUORUM), 1);
    check_span(span_str("c2sp.org/tlog-proof@v1\n")); /* there is no checkpoint */
    assert_int_equal(found(REASON_OLD_COSIGNATURE), 0);
}

static const char *word(const json_t *v, const char *member)
{
    return json_string_value(json_object_get(v, member));
}

static void it_is_said_in_json(void **state)
{
    (void)state;
    check_receipt(REQUEST, 0);
    json_t *v = receipt_check_json(&c, &trust, VERDICT_GOOD);
    assert_string_equal(word(v, "file"), "given");
    assert_string_equal(word(v, "verdict"), "good");
    assert_int_equal(json_integer_value(json_object_get(v, "index")), REQUEST);
    assert_string_equal(word(v, "kind"), "request");
    assert_string_equal(word(v, "signer"), l.who[REQUESTER].key.vkey.name);
    assert_int_equal(strlen(word(v, "accepted")), 24);
    assert_int_equal(strlen(word(v, "hash")), 44);
    assert_true(json_is_null(json_object_get(v, "quorum"))); /* nobody asks for one */
    assert_int_equal(json_array_size(json_object_get(v, "findings")), 0);
    json_decref(v);
    under_policy("w");
    check_receipt(REQUEST, 0);
    v = receipt_check_json(&c, &trust, VERDICT_UNDECIDED);
    assert_true(json_is_false(json_object_get(v, "quorum")));
    assert_int_equal(json_array_size(json_object_get(v, "findings")), 1);
    json_decref(v);
    check_receipt(REQUEST, 1000);
    v = receipt_check_json(&c, &trust, VERDICT_GOOD);
    assert_true(json_is_true(json_object_get(v, "quorum")));
    json_decref(v);
    check_span(span_str("nonsense"));
    v = receipt_check_json(&c, &trust, VERDICT_UNDECIDED);
    assert_true(json_is_null(json_object_get(v, "index")));
    assert_true(json_is_null(json_object_get(v, "hash")));
    assert_string_equal(word(v, "signer"), "-");
    assert_string_equal(word(v, "accepted"), "");
    json_decref(v);
}

/* ---- held against each other ----------------------------------------------------------------- */

static struct held {
    char name[8];
    struct buf text, evidence;
    struct receipt_report report;
    struct signed_checkpoint cp;
    struct findings findings;
} held[4];
static struct seen_receipt seen[4];
static size_t holds;
static struct findings told;
static struct buf evidence;
static struct {
    size_t n, a, b;
    struct finding f;
} each;

static void forget(void)
{
    for (size_t i = 0; i < COUNT(held); i++) {
        buf_free(&held[i].text);
        findings_free(&held[i].findings);
    }
    memset(held, 0, sizeof held);
    memset(seen, 0, sizeof seen);
    memset(&each, 0, sizeof each);
    findings_free(&told);
    buf_free(&evidence);
    holds = 0;
}

/* Holds a receipt as it was judged, under the number 10 and so on. */
static enum verdict hold(const struct log *of, size_t size, uint64_t index, uint64_t cosigned)
{
    struct held *h = &held[holds];
    snprintf(h->name, sizeof h->name, "file%zu", holds);
    receipt(&h->text, of, size, index, cosigned);
    receipt_judge(&h->report, trust.policy, buf_span(&h->text), NULL, findings_add, &h->findings);
    assert_int_not_equal(h->report.size, 0);
    seen[holds] = (struct seen_receipt){
        .path = h->name, .text = buf_span(&h->text), .report = &h->report, .number = 10 + holds
    };
    holds++;
    return h->report.verdict;
}

static void hold_checkpoint(const struct log *of, size_t size, uint64_t cosigned)
{
    struct refusal why;
    struct held *h = &held[holds];
    snprintf(h->name, sizeof h->name, "file%zu", holds);
    checkpoint(&h->text, of, size, cosigned);
    assert_int_equal(policy_open(&h->cp, trust.policy, buf_span(&h->text), &why), 0);
    seen[holds] = (struct seen_receipt){
        .path = h->name, .text = buf_span(&h->text), .cp = &h->cp, .number = 10 + holds
    };
    holds++;
}

static void hear(void *ctx, size_t a, size_t b, const struct finding *f)
{
    assert_ptr_equal(ctx, &each);
    each.n++;
    each.a = a;
    each.b = b;
    each.f = *f;
}

static enum outcome compare(void)
{
    return receipts_compare(&trust, seen, holds, &told, &evidence, hear, &each);
}

/* Of the first two one thing is told: that reason, with both names or without. */
static void disagree(enum outcome outcome, enum reason reason, bool named)
{
    assert_int_equal(compare(), outcome);
    assert_int_equal(told.total, 1);
    assert_int_equal(each.n, 1);
    assert_int_equal(told.list[0].why.reason, reason);
    assert_int_equal(told.list[0].verdict,
                     outcome == OUTCOME_BAD ? VERDICT_BAD : VERDICT_UNDECIDED);
    assert_string_equal(told.list[0].why.subject, each.f.why.subject);
    assert_int_equal(strstr(told.list[0].why.subject, "file0") != NULL, named);
    assert_int_equal(strstr(told.list[0].why.subject, "file1") != NULL, named);
    assert_int_equal(each.a + each.b, 21);
    size_t had = evidence.n;
    assert_int_equal(receipts_compare(&trust, seen, holds, &told, &evidence, NULL, NULL), outcome);
    assert_int_equal(evidence.n, had); /* the first is kept */
}

static void convicts(const char *claim)
{
    struct evidence_report report;
    assert_int_equal(evidence_judge(&report, trust.policy, buf_span(&evidence), NULL), 0);
    assert_string_equal(report.claim, claim);
}

static int stop_holding(void **state)
{
    forget();
    return stop(state);
}

/* The same log up to there, and then another one. */
static void another(struct log *out, size_t same)
{
    log_copy(out, &l, same);
    out->now += 5000;
    while (out->n < l.n)
        log_add(out, BY(AUDITOR, KIND_ANCHOR));
}

static void receipts_of_one_log_agree(void **state)
{
    (void)state;
    assert_int_equal(compare(), OUTCOME_PROVEN); /* of none */
    assert_int_equal(hold(&l, l.n, REQUEST, 0), VERDICT_GOOD);
    assert_int_equal(compare(), OUTCOME_PROVEN);
    hold(&l, l.n - 1, 6, 0);
    hold_checkpoint(&l, l.n - 1, 0);
    hold_checkpoint(&l, l.n, 0);
    assert_int_equal(compare(), OUTCOME_PROVEN);
    assert_int_equal(told.total + evidence.n + each.n, 0);
}

static void two_trees_of_one_size_convict(void **state)
{
    struct log other;
    (void)state;
    another(&other, 8);
    hold(&l, l.n, REQUEST, 0);
    hold(&other, l.n, REQUEST, 0);
    disagree(OUTCOME_BAD, REASON_FORK, true);
    convicts("fork");
    forget();
    hold(&l, l.n, REQUEST, 0);
    hold_checkpoint(&other, l.n, 0);
    disagree(OUTCOME_BAD, REASON_FORK, true);
    convicts("fork");
    forget();
    hold_checkpoint(&l, l.n, 0);
    hold(&other, l.n, REQUEST, 0);
    disagree(OUTCOME_BAD, REASON_FORK, true);
    log_free(&other);
}

static void two_entries_of_one_index_convict(void **state)
{
    struct log other;
    (void)state;
    log_copy(&other, &l, REQUEST);
    other.now += 5000;
    log_add(&other, BY(REQUESTER, KIND_REQUEST));
    hold(&l, l.n, REQUEST, 0);
    hold(&other, other.n, REQUEST, 0);
    disagree(OUTCOME_BAD, REASON_FORK, true);
    convicts("leaves");
    log_free(&other);
}

static void clocks_decide_nothing(void **state)
{
    (void)state;
    struct entry e;
    struct refusal why;
    l.now += INT64_C(3600) * 1000;
    log_add(&l, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[l.n - 1]), &why), 0);
    /* A tree without it was cosigned long after it was accepted. */
    hold_checkpoint(&l, l.n - 1, (uint64_t)e.accepted / 1000 + 1800);
    hold(&l, l.n, l.n - 1, 0);
    disagree(OUTCOME_UNDECIDED, REASON_CLOCKS, false);
    assert_int_equal(evidence.n, 0);
}

static void a_witness_that_went_back_names_both(void **state)
{
    (void)state;
    uint64_t second = (uint64_t)l.now / 1000;
    hold_checkpoint(&l, l.n - 1, second + 20);
    hold_checkpoint(&l, l.n, second + 10);
    disagree(OUTCOME_BAD, REASON_ROLLED_BACK, true);
    assert_int_equal(evidence.n, 0);
}

/* An entry that the log accepted with a wrong link. */
static void break_the_link(void)
{
    struct entry e = { 0 };
    struct refusal why;
    log_enroll(&l, STRANGER, "requester", "");
    struct log spare;
    log_copy(&spare, &l, l.n);
    log_add(&spare, BY(STRANGER, KIND_REQUEST));
    assert_int_equal(entry_parse(&e, buf_span(&spare.entry[spare.n - 1]), &why), 0);
    e.link.b[0] ^= 1;
    log_add_entry(&l, &e);
    log_free(&spare);
}

/* What is bad by itself was told of when it was judged. */
static void a_receipt_may_be_bad_by_itself(void **state)
{
    struct log other;
    (void)state;
    break_the_link();
    assert_int_equal(hold(&l, l.n, l.n - 1, 0), VERDICT_BAD);
    assert_int_equal(compare(), OUTCOME_PROVEN);
    assert_int_equal(told.total + each.n, 0);
    convicts("link");
    /* That does not hide what it says against others, whatever their roots. */
    for (int64_t i = 0; i < 8; i++) {
        forget();
        hold(&l, l.n, l.n - 1, 0);
        log_copy(&other, &l, l.n - 1);
        other.now += 5000 + i;
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
        hold_checkpoint(&other, other.n, 0);
        assert_int_equal(compare(), OUTCOME_BAD);
        assert_int_equal(told.total, 1);
        assert_int_equal(told.list[0].why.reason, REASON_FORK);
        log_free(&other);
    }
}

/* Entries of a bad receipt that are in no tree say nothing. */
static void only_what_is_proven_is_held_against_others(void **state)
{
    struct receipt parsed;
    struct log other;
    struct chain chain;
    struct buf note = { 0 };
    (void)state;
    log_copy(&other, &l, REQUEST);
    other.now += 5000;
    log_add(&other, BY(REQUESTER, KIND_REQUEST));
    log_add(&other, BY(HOLDER, KIND_RESPONSE));
    hold(&l, l.n, REQUEST, 0);
    struct held *h = &held[holds];
    chain_make(&chain, &other, other.n, REQUEST);
    checkpoint(&note, &l, l.n, 0); /* of the other tree */
    receipt_format(&h->text, chain.entry, chain.n, buf_span(&note));
    buf_free(&note);
    receipt_judge(&h->report, trust.policy, buf_span(&h->text), NULL, findings_add, &h->findings);
    assert_int_equal(h->report.verdict, VERDICT_BAD);
    seen[holds++] =
        (struct seen_receipt){ .path = "bad", .text = buf_span(&h->text), .report = &h->report };
    assert_int_equal(compare(), OUTCOME_PROVEN);
    assert_int_equal(told.total + evidence.n, 0);
    receipt_open_proven(&parsed, buf_span(&h->text), &h->report);
    assert_int_equal(parsed.entries, 0);
    receipt_free(&parsed);
    receipt_open_proven(&parsed, buf_span(&held[0].text), &held[0].report);
    assert_int_equal(parsed.entries, 3);
    receipt_free(&parsed);
    log_free(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_HOLDING(name) cmocka_unit_test_setup_teardown(name, start, stop_holding)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_known_by_its_form),
        TEST(a_file_is_read_or_that_is_a_finding),
        TEST(a_quorum_may_be_too_old),
        TEST(it_is_said_in_json),
        TEST_HOLDING(receipts_of_one_log_agree),
        TEST_HOLDING(two_trees_of_one_size_convict),
        TEST_HOLDING(two_entries_of_one_index_convict),
        TEST_HOLDING(clocks_decide_nothing),
        TEST_HOLDING(a_witness_that_went_back_names_both),
        TEST_HOLDING(a_receipt_may_be_bad_by_itself),
        TEST_HOLDING(only_what_is_proven_is_held_against_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
