/* Receipts: what a good one says, under whose word, and what is bad and what undecided. */
#include "tests/unit/proto/verify/receipt_case.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

/* ---- good ones ----------------------------------------------------------------------------- */

static void receipts_of_all_entries_are_good(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < l.n; i++) {
        struct receipt_report report;
        struct buf text = { 0 };
        struct hash root;
        make_receipt(&text, i);
        assert_int_equal(judge_receipt(&report, buf_span(&text), &l.leaf[0]), VERDICT_GOOD);
        expect_none(&found);
        log_root(&l, l.n, &root);
        assert_true(report.index == i && report.size == l.n && hash_eq(&report.root, &root));
        assert_true(hash_eq(&report.genesis, &l.leaf[0]) && report.quorum);
        assert_int_equal(report.accepted, l.now - 1000 * (int64_t)(l.n - i));
        buf_free(&text);
    }
}

static void a_report_names_kind_and_signer(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    make_receipt(&text, l.request);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_GOOD);
    assert_int_equal(report.kind, KIND_REQUEST);
    assert_string_equal(report.signer, l.who[REQUESTER].key.vkey.name);
    buf_free(&text);
}

static void a_log_of_one_entry_has_receipts(void **state)
{
    struct log one;
    struct buf text = { 0 }, cp = { 0 };
    struct receipt_report report;
    struct chain c;
    (void)state;
    log_copy(&one, &l, 1);
    chain_make(&c, &one, 1, 0);
    log_checkpoint(&cp, &one, 1);
    receipt_format(&text, c.entry, c.n, buf_span(&cp));
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_GOOD);
    buf_free(&text);
    buf_free(&cp);
    log_free(&one);
}

static void chains_of_registrars_are_followed(void **state)
{
    struct chain c;
    (void)state;
    log_enroll(&l, STRANGER, "registrar", "");
    log_add(&l, BY(STRANGER, KIND_ENROLL,
                   .members = text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"a\","
                                      "\"level\":\"federal\",\"name\":"
                                      "\"nadie.example.mx/y\"",
                                      vkey_text(&l, STRANGER2))));
    l.who[STRANGER2].entry = l.n - 1;
    uint64_t at = log_add(&l, BY(STRANGER2, KIND_ERASURE));
    chain_make(&c, &l, l.n, at);
    assert_int_equal(c.n, 4);
    assert_int_equal(judge_index(at), VERDICT_GOOD);
}

/* It says signed and enrolled, not unrevoked: that needs a replay. */
static void a_receipt_says_nothing_of_revocation(void **state)
{
    (void)state;
    log_add(&l, BY(REGISTRAR, KIND_REVOKE));
    assert_int_equal(judge_index(log_add(&l, BY(AUDITOR, KIND_ANCHOR))), VERDICT_GOOD);
}

static void parsing_gives_back_what_was_formatted(void **state)
{
    struct buf text = { 0 }, cp = { 0 };
    struct chain c;
    struct receipt r;
    struct refusal why;
    (void)state;
    chain_make(&c, &l, l.n, l.request);
    log_checkpoint(&cp, &l, l.n);
    receipt_format(&text, c.entry, c.n, buf_span(&cp));
    assert_int_equal(receipt_parse(&r, buf_span(&text), &why), 0);
    assert_true(span_eq(r.checkpoint, buf_span(&cp)));
    assert_int_equal(r.entries, c.n);
    for (size_t i = 0; i < c.n; i++) {
        assert_true(r.entry[i].index == c.entry[i].index &&
                    span_eq(r.entry[i].bytes, c.entry[i].bytes));
        assert_int_equal(r.entry[i].path_length, c.entry[i].path_length);
        assert_memory_equal(r.entry[i].path, c.entry[i].path,
                            c.entry[i].path_length * sizeof(struct hash));
    }
    receipt_free(&r);
    buf_free(&text);
    buf_free(&cp);
}

/* Keys and signatures are deterministic: a change of these bytes is a change of the format. */
static void the_format_stays_what_it_is(void **state)
{
    struct buf text = { 0 }, want = { 0 };
    (void)state;
    make_receipt(&text, l.request);
    vector_read(&want, "receipt/good/request.txt");
    assert_true(span_eq(buf_span(&text), buf_span(&want)));
    buf_free(&text);
    buf_free(&want);
}

/* ---- whom to trust ------------------------------------------------------------------------- */

static void another_genesis_than_the_pinned_one_is_refused(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    make_receipt(&text, l.request);
    assert_int_equal(judge_receipt(&report, buf_span(&text), &l.leaf[1]), VERDICT_BAD);
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    buf_free(&text);
}

static void a_log_that_the_policy_does_not_name_is_refused(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    struct refusal why;
    struct vkey other;
    struct buf vkey = { 0 };
    (void)state;
    make_receipt(&text, l.request);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_GOOD);
    policy_free(policy);
    vkey_make(&other, span_str(ORIGIN), KEY_NOTE, l.who[STRANGER].key.vkey.key);
    vkey_format(&vkey, &other);
    const char *const lines[] = { vkey_text(&l, STRANGER), buf_str(&vkey) };
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_int_equal(receipt_kind(&report), i == 0 ? KIND_REQUEST : KIND_NONE);
        policy = policy_parse(span_str(text_of("log %s\nquorum none\n", lines[i])), &why);
        enum reason reason = i == 0 ? REASON_CHECKPOINT_ORIGIN : REASON_CHECKPOINT_KEY;
        assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
        expect_only(&found, reason, VERDICT_UNDECIDED, NO_ENTRY);
        assert_int_equal(report.size, 0);
        assert_int_equal(report.kind, KIND_REQUEST); /* which is not proven */
        assert_false(report.entry_stands);
        assert_int_equal(receipt_kind(&report), KIND_NONE);
        assert_int_equal(
            receipt_judge_served(&report, policy, buf_span(&text), NULL, found_add, &found),
            VERDICT_BAD);
        policy_free(policy);
    }
    policy = log_policy(&l);
    buf_free(&text);
    buf_free(&vkey);
}

static void a_quorum_must_have_cosigned(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct receipt_report report;
    struct refusal why;
    struct skey w;
    struct buf text = { 0 }, vkey = { 0 }, cp = { 0 };
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    vkey_format(&vkey, &w.vkey);
    policy_free(policy);
    policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                           vkey_text(&l, THE_LOG), buf_str(&vkey))),
                          &why);
    make_receipt(&text, l.request);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_QUORUM, VERDICT_UNDECIDED, NO_ENTRY);
    assert_string_equal(found.f[0].why.subject, "w");
    assert_false(report.quorum);
    log_checkpoint(&cp, &l, l.n);
    note_cosign(&text, span_of(cp.p, (size_t)(strstr(buf_str(&cp), "\n\n") - (char *)cp.p) + 1), &w,
                1795276900);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_GOOD);
    assert_true(report.quorum);
    text.p[text.n - 10] ^= 1; /* a bad cosignature is worse than none */
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_BAD);
    expect_only(&found, REASON_COSIGNATURE, VERDICT_BAD, NO_ENTRY);
    buf_free(&text);
    buf_free(&vkey);
    buf_free(&cp);
}

/* ---- verdicts ------------------------------------------------------------------------------ */

static bool is_undecided(enum reason reason)
{
    static const enum reason undecided[] = {
        REASON_MEMORY,          REASON_VERSION,        REASON_RECEIPT_FORM,
        REASON_EVIDENCE_FORM,   REASON_OPENING_FORM,   REASON_ANSWER_FORM,
        REASON_ANSWER_MISSING,  REASON_ANSWER_PARTS,   REASON_ANSWER_VERSION,
        REASON_CHECKPOINT_FORM, REASON_CHECKPOINT_KEY, REASON_CHECKPOINT_ORIGIN,
        REASON_CHECKPOINT_TYPE,
    };
    for (size_t i = 0; i < COUNT(undecided); i++)
        if (undecided[i] == reason)
            return true;
    return false;
}

static void files_are_bad_but_for_these_reasons(void **state)
{
    (void)state;
    for (int reason = 1; reason < REASON_COUNT; reason++)
        assert_int_equal(verdict_of_file((enum reason)reason),
                         is_undecided((enum reason)reason) ? VERDICT_UNDECIDED : VERDICT_BAD);
}

/* A policy that also names a key of the log's of a type that is to come. */
static void an_unknown_type_of_key_is_undecided(void **state)
{
    struct parts p;
    struct receipt_report report;
    struct buf text = { 0 }, note = { 0 }, lines = { 0 };
    struct vkey key = l.who[THE_LOG].key.vkey;
    const uint8_t signature[SIGNATURE_BYTES] = { 1 };
    struct hash root;
    struct refusal why;
    (void)state;
    vkey_make(&key, span_str(ORIGIN), (enum key_type)0x3f, key.key);
    buf_addf(&lines, "log %s\nlog ", vkey_text(&l, THE_LOG));
    vkey_format(&lines, &key);
    buf_adds(&lines, "\nquorum none\n");
    policy_free(policy);
    policy = policy_parse(buf_span(&lines), &why);
    parts_make(&p, l.request);
    buf_clear(&p.cp);
    log_root(&l, l.n, &root);
    checkpoint_format(&note, ORIGIN, l.n, &root);
    note_add_signed(&p.cp, buf_span(&note), &key, signature);
    receipt_format(&text, p.c.entry, p.c.n, buf_span(&p.cp));
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_CHECKPOINT_TYPE, VERDICT_UNDECIDED, NO_ENTRY);
    assert_int_equal(
        receipt_judge_served(&report, policy, buf_span(&text), NULL, found_add, &found),
        VERDICT_UNDECIDED);
    buf_free(&p.cp);
    buf_free(&text);
    buf_free(&note);
    buf_free(&lines);
}

static bool stop_it(void *ctx)
{
    (void)ctx;
    return false;
}

static void a_judgement_that_is_stopped_is_undecided(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    struct watch watch = { .found = found_add, .go_on = stop_it, .ctx = &found };
    (void)state;
    make_receipt(&text, l.request);
    found.n = 0;
    assert_int_equal(receipt_judge_watched(&report, policy, buf_span(&text), NULL, &watch),
                     VERDICT_UNDECIDED);
    expect_only(&found, REASON_MEMORY, VERDICT_UNDECIDED, NO_ENTRY);
    assert_false(report.entry_stands);
    buf_free(&text);
}

/* What is bad stays so, whatever is undecided besides; and clocks are asked of good entries. */
static void the_worst_finding_decides(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct receipt_report report;
    struct refusal why;
    struct skey w;
    struct buf text = { 0 }, vkey = { 0 }, cp = { 0 };
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    vkey_format(&vkey, &w.vkey);
    policy_free(policy);
    policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                           vkey_text(&l, THE_LOG), buf_str(&vkey))),
                          &why);
    uint64_t bad = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    make_receipt(&text, bad);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_BAD);
    assert_int_equal(found.n, 2);
    assert_true(found.f[0].why.reason == REASON_ROLE && found.f[1].why.reason == REASON_QUORUM);
    log_checkpoint(&cp, &l, l.n);
    struct span note = span_of(cp.p, (size_t)(strstr(buf_str(&cp), "\n\n") - (char *)cp.p) + 1);
    note_cosign(&text, note, &w, 1000);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_BAD);
    expect_only(&found, REASON_ROLE, VERDICT_BAD, bad);
    buf_clear(&text);
    make_receipt(&text, l.request);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_true(report.entry_stands); /* only the quorum is missing */
    note_cosign(&text, note, &w, 1000);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_CLOCKS, VERDICT_UNDECIDED, NO_ENTRY);
    assert_true(report.entry_stands);
    buf_free(&text);
    buf_free(&vkey);
    buf_free(&cp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(receipts_of_all_entries_are_good),
        CASE(a_report_names_kind_and_signer),
        CASE(a_log_of_one_entry_has_receipts),
        CASE(chains_of_registrars_are_followed),
        CASE(a_receipt_says_nothing_of_revocation),
        CASE(parsing_gives_back_what_was_formatted),
        CASE(the_format_stays_what_it_is),
        CASE(another_genesis_than_the_pinned_one_is_refused),
        CASE(a_log_that_the_policy_does_not_name_is_refused),
        CASE(a_quorum_must_have_cosigned),
        CASE(files_are_bad_but_for_these_reasons),
        CASE(an_unknown_type_of_key_is_undecided),
        CASE(a_judgement_that_is_stopped_is_undecided),
        CASE(the_worst_finding_decides),
    };
    return cmocka_run_group_tests_name("receipt", tests, NULL, NULL);
}
