#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"

static struct log l;
static struct policy *policy;
static struct found found;

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

static enum verdict judge(struct receipt_report *report, struct span text, const struct hash *pin)
{
    found.n = 0;
    return receipt_judge(report, policy, text, pin, found_add, &found);
}

/* The receipt of an entry against the log's whole size. */
static void make(struct buf *out, uint64_t index)
{
    struct chain c;
    struct buf cp = { 0 };
    chain_make(&c, &l, l.n, index);
    log_checkpoint(&cp, &l, l.n);
    receipt_format(out, c.entry, c.n, buf_span(&cp));
    assert_false(out->failed);
    buf_free(&cp);
}

static enum verdict judge_index(uint64_t index)
{
    struct receipt_report report;
    struct buf text = { 0 };
    make(&text, index);
    enum verdict v = judge(&report, buf_span(&text), NULL);
    buf_free(&text);
    return v;
}

/* ---- good ones ----------------------------------------------------------------------------- */

static void receipts_of_all_entries_are_good(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < l.n; i++) {
        struct receipt_report report;
        struct buf text = { 0 };
        struct hash root;
        make(&text, i);
        assert_int_equal(judge(&report, buf_span(&text), &l.leaf[0]), VERDICT_GOOD);
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
    make(&text, l.request);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_GOOD);
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
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_GOOD);
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
    make(&text, l.request);
    vector_read(&want, "receipt/good/request.txt");
    assert_true(span_eq(buf_span(&text), buf_span(&want)));
    buf_free(&text);
    buf_free(&want);
}

/* ---- altered ones -------------------------------------------------------------------------- */

static void every_flipped_bit_is_found(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    make(&text, l.request);
    for (size_t bit = 0; bit < 8 * text.n; bit += every()) {
        text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (judge(&report, buf_span(&text), NULL) == VERDICT_GOOD)
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
    make(&text, l.request);
    for (size_t n = 0; n < text.n; n++)
        assert_int_not_equal(judge(&report, span_of(text.p, n), NULL), VERDICT_GOOD);
    buf_adds(&text, "\n");
    assert_int_not_equal(judge(&report, buf_span(&text), NULL), VERDICT_GOOD);
    buf_free(&text);
}

/* A receipt with its `extra` taken apart and put together again. */
struct parts {
    struct chain c;
    struct buf cp;
};

static void parts_make(struct parts *p, uint64_t index)
{
    *p = (struct parts){ .cp = { 0 } };
    chain_make(&p->c, &l, l.n, index);
    log_checkpoint(&p->cp, &l, l.n);
}

static enum verdict parts_judge(const struct parts *p)
{
    struct receipt_report report;
    struct buf text = { 0 };
    receipt_format(&text, p->c.entry, p->c.n, buf_span(&p->cp));
    enum verdict v = judge(&report, buf_span(&text), NULL);
    buf_free(&text);
    return v;
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
    make(&text, 7);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buf altered = { 0 };
        char *at = strstr(buf_str(&text), bad[i][0]);
        assert_non_null(at);
        buf_add(&altered, text.p, (size_t)(at - (char *)text.p));
        buf_adds(&altered, bad[i][1]);
        buf_adds(&altered, at + strlen(bad[i][0]));
        enum verdict v = judge(&report, buf_span(&altered), NULL);
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
    make(&text, 7);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf altered = { 0 };
        char *at = strstr(buf_str(&text), cases[i].from);
        buf_add(&altered, text.p, (size_t)(at - (char *)text.p));
        buf_adds(&altered, cases[i].to);
        buf_adds(&altered, at + strlen(cases[i].from));
        assert_int_equal(judge(&report, buf_span(&altered), NULL), VERDICT_UNDECIDED);
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
    make(&text, 7);
    buf_adds(&altered, "c2sp.org/tlog-proof@v1\n");
    buf_adds(&altered, strstr(buf_str(&text), "index "));
    assert_int_equal(judge(&report, buf_span(&altered), NULL), VERDICT_UNDECIDED);
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
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_string_equal(found.f[0].why.subject, "inclusion proof");
    memset(buf_reserve(&text, RECEIPT_MAX), 'A', RECEIPT_MAX);
    text.n = RECEIPT_MAX;
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_string_equal(found.f[0].why.subject, "inclusion proof");
    text.n = RECEIPT_MAX + 1;
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_string_equal(found.f[0].why.subject, "too large");
    buf_free(&text);
}

/* ---- what the entry itself must be --------------------------------------------------------- */

/* The receipt of a consistently signed, but bad, last entry. */
static void bad_entry(enum reason reason, uint64_t index)
{
    struct receipt_report report;
    struct buf text = { 0 };
    make(&text, index);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_BAD);
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
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
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
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_BAD);
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

/* ---- whom to trust ------------------------------------------------------------------------- */

static void another_genesis_than_the_pinned_one_is_refused(void **state)
{
    struct receipt_report report;
    struct buf text = { 0 };
    (void)state;
    make(&text, l.request);
    assert_int_equal(judge(&report, buf_span(&text), &l.leaf[1]), VERDICT_BAD);
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
    make(&text, l.request);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_GOOD);
    policy_free(policy);
    vkey_make(&other, span_str(ORIGIN), KEY_NOTE, l.who[STRANGER].key.vkey.key);
    vkey_format(&vkey, &other);
    const char *const lines[] = { vkey_text(&l, STRANGER), buf_str(&vkey) };
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_int_equal(receipt_kind(&report), i == 0 ? KIND_REQUEST : KIND_NONE);
        policy = policy_parse(span_str(text_of("log %s\nquorum none\n", lines[i])), &why);
        enum reason reason = i == 0 ? REASON_CHECKPOINT_ORIGIN : REASON_CHECKPOINT_KEY;
        assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
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
    make(&text, l.request);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_QUORUM, VERDICT_UNDECIDED, NO_ENTRY);
    assert_string_equal(found.f[0].why.subject, "w");
    assert_false(report.quorum);
    log_checkpoint(&cp, &l, l.n);
    note_cosign(&text, span_of(cp.p, (size_t)(strstr(buf_str(&cp), "\n\n") - (char *)cp.p) + 1), &w,
                1795276900);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_GOOD);
    assert_true(report.quorum);
    text.p[text.n - 10] ^= 1; /* a bad cosignature is worse than none */
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_BAD);
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
        REASON_ANSWER_MISSING,  REASON_ANSWER_PARTS,   REASON_ANSWER_INDEX_VERSION,
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
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
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
    make(&text, l.request);
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
    make(&text, bad);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_BAD);
    assert_int_equal(found.n, 2);
    assert_true(found.f[0].why.reason == REASON_ROLE && found.f[1].why.reason == REASON_QUORUM);
    log_checkpoint(&cp, &l, l.n);
    struct span note = span_of(cp.p, (size_t)(strstr(buf_str(&cp), "\n\n") - (char *)cp.p) + 1);
    note_cosign(&text, note, &w, 1000);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_BAD);
    expect_only(&found, REASON_ROLE, VERDICT_BAD, bad);
    buf_clear(&text);
    make(&text, l.request);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    assert_true(report.entry_stands); /* only the quorum is missing */
    note_cosign(&text, note, &w, 1000);
    assert_int_equal(judge(&report, buf_span(&text), NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_CLOCKS, VERDICT_UNDECIDED, NO_ENTRY);
    assert_true(report.entry_stands);
    buf_free(&text);
    buf_free(&vkey);
    buf_free(&cp);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(receipts_of_all_entries_are_good),
        TEST(a_report_names_kind_and_signer),
        TEST(a_log_of_one_entry_has_receipts),
        TEST(chains_of_registrars_are_followed),
        TEST(a_receipt_says_nothing_of_revocation),
        TEST(parsing_gives_back_what_was_formatted),
        TEST(the_format_stays_what_it_is),
        TEST(every_flipped_bit_is_found),
        TEST(every_cut_is_found),
        TEST(a_long_chain_is_followed),
        TEST(a_chain_of_fifty_is_read),
        TEST(a_chain_that_is_cut_is_refused),
        TEST(a_chain_that_goes_on_is_refused),
        TEST(a_wrong_enrolment_in_the_chain_is_refused),
        TEST(every_path_in_the_chain_is_verified),
        TEST(only_proven_entries_are_kept),
        TEST(a_path_of_another_length_is_not_kept),
        TEST(a_path_of_another_length_is_refused),
        TEST(another_index_is_refused),
        TEST(a_checkpoint_of_another_tree_is_refused),
        TEST(malformed_first_lines_are_refused),
        TEST(what_is_malformed_is_said),
        TEST(a_receipt_without_extra_is_not_ours),
        TEST(too_long_a_receipt_or_path_is_refused),
        TEST(a_bad_entry_has_no_good_receipt),
        TEST(an_entry_of_another_index_has_no_good_receipt),
        TEST(a_record_of_another_log_has_no_good_receipt),
        TEST(a_bad_enrolment_in_the_chain_is_found),
        TEST(a_later_version_is_undecided),
        TEST(an_under_that_is_not_earlier_is_refused),
        TEST(a_malformed_entry_has_no_receipt),
        TEST(another_genesis_than_the_pinned_one_is_refused),
        TEST(a_log_that_the_policy_does_not_name_is_refused),
        TEST(a_quorum_must_have_cosigned),
        TEST(files_are_bad_but_for_these_reasons),
        TEST(an_unknown_type_of_key_is_undecided),
        TEST(a_judgement_that_is_stopped_is_undecided),
        TEST(the_worst_finding_decides),
    };
    return cmocka_run_group_tests_name("receipt", tests, NULL, NULL);
}
