/* Receipts that were altered, or whose entry is none: each is found. */
#include "tests/unit/proto/verify/receipt_case.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

/* ---- altered ones -------------------------------------------------------------------------- */

static void every_flipped_bit_is_found(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    make_receipt(&text, l.request);
    for (size_t bit = 0; bit < 8 * text.n; bit += every()) {
        text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (judge_receipt(&report, buf_span(&text), NULL) == VERDICT_GOOD)
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_free(&text);
}

static void every_cut_is_found(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    make_receipt(&text, l.request);
    for (size_t n = 0; n < text.n; n++)
        assert_int_not_equal(judge_receipt(&report, span_of(text.p, n), NULL), VERDICT_GOOD);
    buf_adds(&text, "\n");
    assert_int_not_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_GOOD);
    buf_free(&text);
}

/* Registrars who enrolled each other, more of them than there is room for at first. */
static void a_long_chain_is_followed(void **state)
{
    struct parts p;
    uint64_t at = 0;
    (void)state;
    log_enroll(&l, STRANGER, "registrar", "");
    for (uint8_t i = 0; i < 10; i++) {
        enum who by = i % 2 == 0 ? STRANGER : STRANGER2, who = i % 2 == 0 ? STRANGER2 : STRANGER;
        const char *name = text_of("nadie.example.mx/%u", i);
        const uint8_t seed[32] = { 100, i };
        skey_from_seed(&l.who[who].key, span_str(name), KEY_NOTE, seed);
        at = log_add(&l, BY(by, KIND_ENROLL,
                            .members = text_of("\"vkey\":\"%s\",\"role\":\"registrar\","
                                               "\"authority\":\"a\",\"level\":\"federal\","
                                               "\"name\":\"%s\"",
                                               vkey_text(&l, who), name)));
        l.who[who].entry = at;
    }
    parts_make(&p, at);
    assert_int_equal(p.c.n, 12);
    assert_int_equal(parts_judge(&p), VERDICT_GOOD);
    expect_none(&found);
    buf_free(&p.cp);
}

static void a_chain_that_is_cut_is_refused(void **state)
{
    struct parts p;
    (void)state;
    parts_make(&p, l.request);
    for (p.c.n--; p.c.n > 0; p.c.n--) {
        assert_int_equal(parts_judge(&p), VERDICT_UNDECIDED);
        expect_only(&found, REASON_RECEIPT_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    }
    buf_free(&p.cp);
}

static void a_chain_that_goes_on_is_refused(void **state)
{
    struct parts p;
    (void)state;
    parts_make(&p, l.request);
    chain_add(&p.c, &l, l.n, 0);
    assert_int_equal(parts_judge(&p), VERDICT_UNDECIDED);
    expect_only(&found, REASON_RECEIPT_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    buf_free(&p.cp);
}

static void a_wrong_enrolment_in_the_chain_is_refused(void **state)
{
    struct parts p;
    (void)state;
    parts_make(&p, l.request);
    p.c.n = 1;
    chain_add(&p.c, &l, l.n, 1); /* the judge's instead of the requester's, which is entry 2 */
    chain_add(&p.c, &l, l.n, 0);
    assert_int_equal(parts_judge(&p), VERDICT_BAD);
    assert_true(found_at(&found, REASON_RECEIPT_PATH, 2));
    buf_free(&p.cp);
}

static void every_path_in_the_chain_is_verified(void **state)
{
    struct parts p;
    (void)state;
    parts_make(&p, l.request);
    for (size_t i = 0; i < p.c.n; i++)
        for (size_t k = 0; k < p.c.entry[i].path_length; k++) {
            p.c.hashes[i][k].b[0] ^= 1;
            assert_int_equal(parts_judge(&p), VERDICT_BAD);
            expect_only(&found, REASON_RECEIPT_PATH, VERDICT_BAD, p.c.entry[i].index);
            p.c.hashes[i][k].b[0] ^= 1;
        }
    buf_free(&p.cp);
}

static void only_proven_entries_are_kept(void **state)
{
    struct checkpoint tree = { .size = l.n };
    (void)state;
    log_root(&l, l.n, &tree.root);
    for (uint64_t bad = 0; bad < 4; bad++) { /* bit i: the path of entry i of the chain is wrong */
        struct chain c;
        chain_make(&c, &l, l.n, l.request);
        struct receipt r = { .entry = c.entry, .entries = c.n };
        for (size_t i = 0; i < c.n; i++)
            c.hashes[i][0].b[0] ^= bad >> i & 1;
        receipt_keep_proven(&r, &tree);
        assert_int_equal(r.entries, c.n - (bad & 1) - (bad >> 1));
        assert_int_equal(r.entry[r.entries - 1].index, 0);
    }
}

/* Also where the path of one has another length than that of the one before, which is good. */
static void a_path_of_another_length_is_not_kept(void **state)
{
    struct checkpoint tree = { .size = l.n };
    (void)state;
    log_root(&l, l.n, &tree.root);
    for (int longer = 0; longer < 2; longer++) {
        struct chain c;
        chain_make(&c, &l, l.n, l.request);
        struct receipt r = { .entry = c.entry, .entries = c.n };
        c.entry[1].path_length = longer ? c.entry[1].path_length + 1 : 0;
        receipt_keep_proven(&r, &tree);
        assert_int_equal(r.entries, c.n - 1);
        assert_true(r.entry[0].index == l.request && r.entry[1].index == 0);
    }
}

static void a_path_of_another_length_is_refused(void **state)
{
    struct parts p;
    (void)state;
    parts_make(&p, l.request);
    for (size_t i = 0; i < p.c.n; i++) {
        p.c.entry[i].path_length--;
        assert_int_equal(parts_judge(&p), VERDICT_BAD);
        p.c.entry[i].path_length += 2;
        assert_int_equal(parts_judge(&p), VERDICT_BAD);
        p.c.entry[i].path_length = PROOF_MAX;
        assert_int_equal(parts_judge(&p), VERDICT_BAD);
        p.c.entry[i].path_length = p.c.entry[0].path_length;
        chain_make(&p.c, &l, l.n, l.request);
    }
    buf_free(&p.cp);
}

static void another_index_is_refused(void **state)
{
    struct parts p;
    (void)state;
    parts_make(&p, l.request);
    for (uint64_t i = 3; i < l.n + 1; i++) {
        p.c.entry[0].index = i;
        assert_int_equal(parts_judge(&p), i == l.request ? VERDICT_GOOD : VERDICT_BAD);
    }
    buf_free(&p.cp);
}

/* The entry itself is right, and the tree is signed: but not over it. */
static void a_checkpoint_of_another_tree_is_refused(void **state)
{
    struct parts p;
    struct log other;
    (void)state;
    parts_make(&p, l.request);
    log_start(&other, ",\"skew\":601");
    buf_clear(&p.cp);
    log_checkpoint(&p.cp, &other, other.n);
    assert_int_equal(parts_judge(&p), VERDICT_BAD);
    assert_int_equal(found_count(&found, REASON_RECEIPT_PATH), 1);
    buf_clear(&p.cp);
    log_checkpoint(&p.cp, &l, 5); /* smaller than the index */
    assert_int_equal(parts_judge(&p), VERDICT_BAD);
    log_free(&other);
    buf_free(&p.cp);
}

static void malformed_first_lines_are_refused(void **state)
{
    static const char *const bad[][2] = {
        { "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\n" },
        { "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1 \n" },
        { "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v11\n" },
        { "c2sp.org/tlog-proof@v1\n", "" },
        { "extra ", "extra  " },
        { "extra ", "Extra " },
        { "extra ", "extra "
                    "AA==" },
        { "index 7\n", "index 07\n" },
        { "index 7\n", "index -7\n" },
        { "index 7\n", "index 7 \n" },
        { "index 7\n", "index\n" },
        { "index 7\n", "" },
        { "index 7\n", "index 7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n" },
        { "index 7\n", "index 7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n" },
        { "index 7\n", "index 7\n\n" },
        { "\n\nlog.", "\nlog." },
    };
    struct buf text = { 0 };
    struct receipt_report report;
    (void)state;
    make_receipt(&text, 7);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buf altered = { 0 };
        char *at = strstr(buf_str(&text), bad[i][0]);
        assert_non_null(at);
        buf_add(&altered, text.p, (size_t)(at - (char *)text.p));
        buf_adds(&altered, bad[i][1]);
        buf_adds(&altered, at + strlen(bad[i][0]));
        enum verdict v = judge_receipt(&report, buf_span(&altered), NULL);
        if (v != VERDICT_UNDECIDED)
            fail_msg("case %zu", i);
        assert_int_equal(found.n, 1);
        buf_free(&altered);
    }
    buf_free(&text);
}

/* Each of them by what is wrong with it, and whoever only takes it apart refuses it, too. */
static void what_is_malformed_is_said(void **state)
{
    static const struct {
        const char *from, *to, *subject;
    } cases[] = {
        { "@v1\n", "@v2\n", "first lines" },
        { "extra ", "Extra ", "first lines" },
        { "index 7\n", "index x\n", "first lines" },
        { "extra ", "extra =", "base64 of extra" },
        { "extra ", "extra A===", "base64 of extra" },
        { "index 7\n", "index 7\nAAEC\n", "inclusion proof" },
        { "index 7\n", "index 7\n\n", "size" },
        { "\n\nlog.", "\nlog.", "inclusion proof" },
    };
    struct buf text = { 0 };
    struct receipt_report report;
    struct receipt r;
    struct refusal why;
    (void)state;
    make_receipt(&text, 7);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf altered = { 0 };
        char *at = strstr(buf_str(&text), cases[i].from);
        buf_add(&altered, text.p, (size_t)(at - (char *)text.p));
        buf_adds(&altered, cases[i].to);
        buf_adds(&altered, at + strlen(cases[i].from));
        assert_int_equal(judge_receipt(&report, buf_span(&altered), NULL), VERDICT_UNDECIDED);
        assert_string_equal(found.f[0].why.subject, cases[i].subject);
        if (strcmp(cases[i].subject, "size") != 0) { /* which is not looked at there */
            assert_int_equal(receipt_parse(&r, buf_span(&altered), &why), -1);
            assert_string_equal(why.subject, cases[i].subject);
        }
        buf_free(&altered);
    }
    size_t end = (size_t)(strstr(buf_str(&text), "\n\nlog.") - (char *)text.p) + 1;
    assert_int_equal(receipt_parse(&r, span_of(text.p, end), &why), -1);
    assert_string_equal(why.subject, "no checkpoint");
    buf_free(&text);
}

static void a_receipt_without_extra_is_not_ours(void **state)
{
    struct buf text = { 0 }, altered = { 0 };
    struct receipt_report report;
    (void)state;
    make_receipt(&text, 7);
    buf_adds(&altered, "c2sp.org/tlog-proof@v1\n");
    buf_adds(&altered, strstr(buf_str(&text), "index "));
    assert_int_equal(judge_receipt(&report, buf_span(&altered), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_RECEIPT_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    buf_free(&text);
    buf_free(&altered);
}

static void too_long_a_receipt_or_path_is_refused(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    buf_adds(&text, "c2sp.org/tlog-proof@v1\nextra AAA=\nindex 7\n");
    for (int i = 0; i < 65; i++)
        buf_adds(&text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    buf_adds(&text, "\n");
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_string_equal(found.f[0].why.subject, "inclusion proof");
    memset(buf_reserve(&text, RECEIPT_MAX), 'A', RECEIPT_MAX);
    text.n = RECEIPT_MAX;
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_string_equal(found.f[0].why.subject, "inclusion proof");
    text.n = RECEIPT_MAX + 1;
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_string_equal(found.f[0].why.subject, "too large");
    buf_free(&text);
}

/* ---- what the entry itself must be --------------------------------------------------------- */

/* The receipt of a consistently signed, but bad, last entry. */
static void bad_entry(enum reason reason, uint64_t index)
{
    struct receipt_report report;
    struct buf text = { 0 };
    make_receipt(&text, index);
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_BAD);
    assert_int_equal(receipt_kind(&report), KIND_NONE);
    assert_false(report.entry_stands);
    buf_free(&text);
    assert_int_equal(judge_index(index), VERDICT_BAD);
    expect_only(&found, reason, VERDICT_BAD, index);
}

static void a_bad_entry_has_no_good_receipt(void **state)
{
    struct buf note = { 0 };
    (void)state;
    bad_entry(REASON_ROLE, log_add(&l, BY(AUDITOR, KIND_ERASURE)));
    bad_entry(REASON_SKEW, log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 600001)));
    bad_entry(REASON_KEY_UNKNOWN, log_add(&l, BY(STRANGER, KIND_ERASURE, .under = log_ref(&l, 1))));
    bad_entry(
        REASON_AUTHORITY,
        log_add(
            &l,
            BY(REQUESTER, KIND_REQUEST,
               .members =
                   "\"authority\":\"other\",\"function\":\"f\",\"level\":\"federal\",\"holder\":"
                   "\"h\",\"source\":\"s\",\"categories\":[\"c\"],\"basis\":\"b\",\"purpose\":{"
                   "\"code\":\"c\"},\"persons\":1")));
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    *(uint8_t *)memmem(note.p, note.n, "7000-8000", 9) = '6';
    bad_entry(REASON_SIGNATURE, log_add_note(&l, buf_span(&note)));
    log_enroll(&l, STRANGER, "judge", ",\"until\":\"2026-11-21T16:00:00.000Z\"");
    bad_entry(REASON_EXPIRED, log_add(&l, BY(STRANGER, KIND_ERASURE)));
    buf_free(&note);
}

static void an_entry_of_another_index_has_no_good_receipt(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    struct entry e = { .index = 3, .accepted = l.now, .note = buf_span(&note) };
    bad_entry(REASON_INDEX, log_add_entry(&l, &e));
    buf_free(&note);
}

/* Under an `under` whose hash is that of another log's enrolment. */
static void a_record_of_another_log_has_no_good_receipt(void **state)
{
    struct log other;
    (void)state;
    log_start(&other, ",\"skew\":601");
    bad_entry(REASON_UNDER, log_add(&l, BY(JUDGE, KIND_ERASURE, .under = log_ref(&other, 1))));
    log_free(&other);
}

/* Signed by one who was enrolled by one who may not enrol. */
static void a_bad_enrolment_in_the_chain_is_found(void **state)
{
    (void)state;
    log_add(&l, BY(JUDGE, KIND_ENROLL));
    l.who[STRANGER].entry = l.n - 1;
    uint64_t at = log_add(&l, BY(STRANGER, KIND_ERASURE));
    assert_int_equal(judge_index(at), VERDICT_BAD);
    assert_true(found_at(&found, REASON_ROLE, at - 1));
    assert_true(found_at(&found, REASON_KEY_UNKNOWN, at));
}

static void a_later_version_is_undecided(void **state)
{
    struct chain c = { .n = 0 };
    struct buf text = { 0 }, cp = { 0 };
    struct receipt_report report;
    (void)state;
    uint64_t at = log_add_note(&l, span_str("bitacora/v2 request\nwhatever\n"));
    chain_add(&c, &l, l.n, at);
    log_checkpoint(&cp, &l, l.n);
    receipt_format(&text, c.entry, c.n, buf_span(&cp));
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_VERSION, VERDICT_UNDECIDED, NO_ENTRY);
    assert_int_equal(
        receipt_judge_served(&report, policy, buf_span(&text), NULL, found_add, &found),
        VERDICT_UNDECIDED);
    buf_free(&text);
    buf_free(&cp);
}

static void an_under_that_is_not_earlier_is_refused(void **state)
{
    struct chain c = { .n = 0 };
    struct buf text = { 0 }, cp = { 0 };
    struct receipt_report report;
    const char *hash = strchr(log_ref(&l, 1), ',');
    (void)state;
    uint64_t at =
        log_add(&l, BY(JUDGE, KIND_ERASURE, .under = text_of("{\"entry\":%zu%s", l.n, hash)));
    for (int i = 0; i < 16; i++)
        chain_add(&c, &l, l.n, at);
    log_checkpoint(&cp, &l, l.n);
    receipt_format(&text, c.entry, c.n, buf_span(&cp));
    assert_int_equal(judge_receipt(&report, buf_span(&text), NULL), VERDICT_BAD);
    expect_only(&found, REASON_REF_LATER, VERDICT_BAD, NO_ENTRY);
    buf_free(&text);
    buf_free(&cp);
}

/* Each entry under the one before: the room for them grows as they come, and not faster. */
static void a_chain_of_fifty_is_read(void **state)
{
    enum { LONG = 50 };
    static struct proven_entry entry[LONG];
    static struct hash hashes[LONG][PROOF_MAX];
    struct buf text = { 0 }, cp = { 0 };
    struct receipt r;
    struct refusal why;
    (void)state;
    while (l.n < LONG)
        log_add(&l, BY(JUDGE, KIND_ERASURE, .under = log_ref(&l, l.n - 1)));
    for (size_t i = 0; i < LONG; i++) /* enrolments are under entry 0 */
        entry[i] = log_proven(&l, l.n, l.n - 1 - i, hashes[i]);
    const size_t n = LONG - 8; /* from the first erasure on: response, then what is under it */
    entry[n] = entry[LONG - 1 - l.who[HOLDER].entry];
    entry[n + 1] = entry[LONG - 1];
    log_checkpoint(&cp, &l, l.n);
    receipt_format(&text, entry, n + 2, buf_span(&cp));
    assert_int_equal(receipt_parse(&r, buf_span(&text), &why), 0);
    assert_int_equal(r.entries, n + 2);
    receipt_free(&r);
    buf_free(&text);
    buf_free(&cp);
}

static void a_malformed_entry_has_no_receipt(void **state)
{
    struct parts p = { .cp = { 0 } };
    (void)state;
    uint64_t at = log_add_bytes(&l, span_str("hello"));
    chain_add(&p.c, &l, l.n, at);
    log_checkpoint(&p.cp, &l, l.n);
    assert_int_equal(parts_judge(&p), VERDICT_BAD);
    expect_only(&found, REASON_ENTRY_FORM, VERDICT_BAD, NO_ENTRY);
    buf_free(&p.cp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_flipped_bit_is_found),
        CASE(every_cut_is_found),
        CASE(a_long_chain_is_followed),
        CASE(a_chain_of_fifty_is_read),
        CASE(a_chain_that_is_cut_is_refused),
        CASE(a_chain_that_goes_on_is_refused),
        CASE(a_wrong_enrolment_in_the_chain_is_refused),
        CASE(every_path_in_the_chain_is_verified),
        CASE(only_proven_entries_are_kept),
        CASE(a_path_of_another_length_is_not_kept),
        CASE(a_path_of_another_length_is_refused),
        CASE(another_index_is_refused),
        CASE(a_checkpoint_of_another_tree_is_refused),
        CASE(malformed_first_lines_are_refused),
        CASE(what_is_malformed_is_said),
        CASE(a_receipt_without_extra_is_not_ours),
        CASE(too_long_a_receipt_or_path_is_refused),
        CASE(a_bad_entry_has_no_good_receipt),
        CASE(an_entry_of_another_index_has_no_good_receipt),
        CASE(a_record_of_another_log_has_no_good_receipt),
        CASE(a_bad_enrolment_in_the_chain_is_found),
        CASE(a_later_version_is_undecided),
        CASE(an_under_that_is_not_earlier_is_refused),
        CASE(a_malformed_entry_has_no_receipt),
    };
    return cmocka_run_group_tests_name("receipt_altered", tests, NULL, NULL);
}
