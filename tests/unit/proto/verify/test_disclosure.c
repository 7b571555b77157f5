#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/verify/disclosure.h"

static struct log l;
static struct policy *policy;
static struct found found;

/* The whole of a log with sealed things in it. */
static struct opening person, phone, note;
static uint64_t request, correction;

static void make_opening(struct opening *o, uint8_t salt, const char *type, const char *value)
{
    *o = (struct opening){ .salt = { salt } };
    strcpy(o->type, type);
    strcpy(o->value, value);
}

/* "commit":…,"sealed":…,"to":… of an opening, sealed to a signer. */
static const char *sealed_to(const struct opening *o, enum who who)
{
    uint8_t hash[HASH_BYTES], blob[SEALED_BYTES];
    struct hash sha256;
    char commit[48], sealed[48];
    opening_commit(hash, o);
    base64_encode(commit, hash, HASH_BYTES);
    assert_int_equal(opening_seal(blob, o, l.who[who].key.vkey.key), 0);
    hash_bytes(&sha256, span_of(blob, sizeof blob));
    base64_encode(sealed, sha256.b, HASH_BYTES);
    return text_of("\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":%s", commit, sealed,
                   log_ref(&l, l.who[who].entry));
}

/* A request with these subjects (as JSON objects) and a note; "" for none. */
static uint64_t add_request(const char *subjects, const char *its_note)
{
    return log_add(
        &l, BY(REQUESTER, KIND_REQUEST,
               .members = text_of(
                   "\"authority\":\"mx.requester\",\"function\":\"f\",\"level\":\"federal\","
                   "\"holder\":\"h\",\"source\":\"s\",\"categories\":[\"c\"],\"basis\":\"b\","
                   "\"persons\":1,\"purpose\":{\"code\":\"c\"%s%s%s}%s%s%s",
                   its_note[0] ? ",\"note\":{" : "", its_note, its_note[0] ? "}" : "",
                   subjects[0] ? ",\"subjects\":[" : "", subjects, subjects[0] ? "]" : "")));
}

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    make_opening(&person, 1, "curp", "GOMC850315HDFRRR07");
    make_opening(&phone, 2, "phone", "+525512345678");
    make_opening(&note, 3, "note", "niño desaparecido");
    request = add_request(text_of("{\"type\":\"curp\",%s},{\"type\":\"phone\",%s}",
                                  sealed_to(&person, OVERSIGHT), sealed_to(&phone, OVERSIGHT)),
                          sealed_to(&note, OVERSIGHT));
    correction =
        log_add(&l, BY(HOLDER, KIND_CORRECTION,
                       .members = text_of("\"about\":%s,\"cause\":\"c\",\"note\":{%s}",
                                          log_ref(&l, request), sealed_to(&note, OVERSIGHT))));
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

static void add_receipt(struct buf *out, const struct log *of, uint64_t index)
{
    struct chain c;
    struct buf cp = { 0 };
    chain_make(&c, of, of->n, index);
    log_checkpoint(&cp, of, of->n);
    receipt_format(out, c.entry, c.n, buf_span(&cp));
    assert_false(out->failed);
    buf_free(&cp);
}

#define NONE NO_ENTRY

/* What a disclosure is made of; a test may alter it before it is judged. */
struct parts {
    struct disclosure d;
    struct buf receipt, to;
};

/* to: the enrolment that is carried, or NONE. */
static void parts_make(struct parts *p, uint64_t index, const char *member, const struct opening *o,
                       uint64_t to)
{
    *p = (struct parts){ .d = { .member = member, .opening = *o } };
    opening_commit(p->d.commit, o);
    add_receipt(&p->receipt, &l, index);
    p->d.receipt = buf_span(&p->receipt);
    if (to != NONE)
        add_receipt(&p->to, &l, to);
    p->d.to = buf_span(&p->to);
}

static void parts_free(struct parts *p)
{
    buf_free(&p->receipt);
    buf_free(&p->to);
}

/* Judges it as a file: what was formatted is what is parsed. */
static enum verdict judge(struct disclosure_report *report, const struct disclosure *made,
                          const struct hash *pin)
{
    struct buf text = { 0 };
    struct disclosure d;
    struct refusal why;
    disclosure_format(&text, made);
    assert_false(text.failed);
    assert_int_equal(disclosure_parse(&d, buf_span(&text), &why), 0);
    buf_free(&text);
    found.n = 0;
    enum verdict v = disclosure_judge(report, &d, policy, pin, found_add, &found);
    assert_int_equal(report->verdict, v);
    assert_string_equal(report->type, made->opening.type);
    assert_string_equal(report->value, made->opening.value);
    assert_string_equal(report->member, made->member);
    disclosure_free(&d);
    return v;
}

static enum verdict judge_parts(const struct parts *p)
{
    struct disclosure_report report;
    return judge(&report, &p->d, NULL);
}

static enum verdict judged(uint64_t index, const char *member, const struct opening *o, uint64_t to)
{
    struct parts p;
    parts_make(&p, index, member, o, to);
    enum verdict v = judge_parts(&p);
    parts_free(&p);
    return v;
}

static void expect_other(const char *cause, uint64_t entry)
{
    expect_only(&found, REASON_OPENING_OTHER, VERDICT_BAD, entry);
    assert_string_equal(found.f[0].why.subject, cause);
    if (cause_words(cause, LANGUAGE_ES) == cause)
        fail_msg("no Spanish for: %s", cause);
}

/* ---- good ones ----------------------------------------------------------------------------- */

static void one_subject_of_an_entry_is_shown(void **state)
{
    struct disclosure_report report;
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &phone, l.who[OVERSIGHT].entry);
    assert_int_equal(judge(&report, &p.d, &l.leaf[0]), VERDICT_GOOD);
    expect_none(&found);
    assert_true(report.sealed_judged);
    assert_int_equal(report.receipt.index, request);
    assert_int_equal(report.receipt.kind, KIND_REQUEST);
    assert_string_equal(report.receipt.signer, l.who[REQUESTER].key.vkey.name);
    assert_int_equal(report.receipt.accepted, l.now - 1000 * (int64_t)(l.n - request));
    assert_int_equal(report.receipt.size, l.n);
    assert_int_equal(report.to.index, l.who[OVERSIGHT].entry);
    parts_free(&p);
    assert_int_equal(judged(request, "subjects", &person, l.who[OVERSIGHT].entry), VERDICT_GOOD);
}

static void notes_are_shown_like_subjects(void **state)
{
    (void)state;
    assert_int_equal(judged(request, "purpose.note", &note, l.who[OVERSIGHT].entry), VERDICT_GOOD);
    assert_int_equal(judged(correction, "note", &note, l.who[OVERSIGHT].entry), VERDICT_GOOD);
}

static void without_the_enrolment_the_blob_is_not_judged(void **state)
{
    struct disclosure_report report;
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &phone, NONE);
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_GOOD);
    expect_none(&found);
    assert_false(report.sealed_judged);
    assert_true(report.to.index == NO_ENTRY);
    parts_free(&p);
}

static void parsing_gives_back_what_was_formatted(void **state)
{
    struct buf text = { 0 };
    struct disclosure d;
    struct refusal why;
    struct parts p;
    (void)state;
    for (int with_to = 0; with_to < 2; with_to++) {
        parts_make(&p, request, "purpose.note", &note, with_to ? l.who[OVERSIGHT].entry : NONE);
        buf_clear(&text);
        disclosure_format(&text, &p.d);
        assert_int_equal(disclosure_parse(&d, buf_span(&text), &why), 0);
        assert_string_equal(d.member, "purpose.note");
        assert_memory_equal(d.commit, p.d.commit, HASH_BYTES);
        assert_memory_equal(&d.opening, &note, sizeof note);
        assert_true(span_eq(d.receipt, p.d.receipt) && span_eq(d.to, p.d.to));
        disclosure_free(&d);
        parts_free(&p);
    }
    buf_free(&text);
}

/* Keys, signatures and salts are fixed: a change of these bytes is a change of the format. */
static void the_format_stays_what_it_is(void **state)
{
    struct buf text = { 0 }, want = { 0 };
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &phone, l.who[OVERSIGHT].entry);
    disclosure_format(&text, &p.d);
    vector_read(&want, "disclosure/good/subject.txt");
    assert_true(span_eq(buf_span(&text), buf_span(&want)));
    buf_free(&text);
    buf_free(&want);
    parts_free(&p);
}

/* ---- another opening ----------------------------------------------------------------------- */

static void an_opening_of_another_commit_is_refused(void **state)
{
    struct parts p;
    (void)state;
    for (int i = 0; i < 3; i++) {
        parts_make(&p, request, "subjects", &person, l.who[OVERSIGHT].entry);
        if (i == 0)
            p.d.opening.salt[31] ^= 1;
        else if (i == 1)
            p.d.opening.value[17] = '8';
        else
            strcpy(p.d.opening.type, "rfc");
        assert_int_equal(judge_parts(&p), VERDICT_BAD);
        expect_other("the opening gives another commit", request);
        parts_free(&p);
    }
}

static void a_commit_that_the_entry_does_not_hold_is_refused(void **state)
{
    struct opening other = person;
    (void)state;
    other.salt[5] ^= 1;
    assert_int_equal(judged(request, "subjects", &other, l.who[OVERSIGHT].entry), VERDICT_BAD);
    expect_other("no such commit in this member", request);
    assert_int_equal(judged(l.request, "subjects", &person, NONE), VERDICT_BAD);
    expect_other("no such commit in this member", l.request);
}

static void a_commit_counts_under_its_member_only(void **state)
{
    static const char *const members[] = { "purpose.note", "note", "subjects.commit", "subject",
                                           "" };
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        assert_int_equal(judged(request, members[i], &person, NONE), VERDICT_BAD);
        expect_other("no such commit in this member", request);
    }
    assert_int_equal(judged(request, "note", &note, NONE), VERDICT_BAD);
    assert_int_equal(judged(correction, "purpose.note", &note, NONE), VERDICT_BAD);
}

/* The record says a type in the open: it must be the one that it commits to. */
static void another_type_in_the_record_is_refused(void **state)
{
    const char *sealed = sealed_to(&person, OVERSIGHT);
    (void)state;
    uint64_t at = add_request(text_of("{\"type\":\"rfc\",%s}", sealed), "");
    assert_int_equal(judged(at, "subjects", &person, NONE), VERDICT_BAD);
    expect_other("another type stands in the entry", at);
    /* once as it is, and once as something else */
    for (int i = 0; i < 2; i++) {
        at = add_request(text_of("{\"type\":\"%s\",%s},{\"type\":\"%s\",%s}", i ? "curp" : "rfc",
                                 sealed, i ? "rfc" : "curp", sealed),
                         "");
        assert_int_equal(judged(at, "subjects", &person, l.who[OVERSIGHT].entry), VERDICT_BAD);
        expect_other("another type stands in the entry", at);
    }
    at = add_request("", sealed); /* a note that commits to a subject */
    assert_int_equal(judged(at, "purpose.note", &person, NONE), VERDICT_BAD);
    expect_other("another type stands in the entry", at);
}

/* ---- another blob -------------------------------------------------------------------------- */

/* Commits to one person, and seals another to the oversight body. */
static const char *lie(void)
{
    uint8_t commit[HASH_BYTES];
    char text[48];
    char *members = strdup(sealed_to(&phone, OVERSIGHT));
    opening_commit(commit, &person);
    base64_encode(text, commit, HASH_BYTES);
    memcpy(members + strlen("\"commit\":\""), text, strlen(text));
    const char *out = text_of("%s", members);
    free(members);
    return out;
}

static void a_blob_of_something_else_is_refused(void **state)
{
    struct disclosure_report report;
    struct parts p;
    (void)state;
    uint64_t at = add_request(text_of("{\"type\":\"curp\",%s}", lie()), "");
    parts_make(&p, at, "subjects", &person, l.who[OVERSIGHT].entry);
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_BAD);
    expect_only(&found, REASON_SEALED_OTHER, VERDICT_BAD, at);
    assert_string_equal(found.f[0].why.subject, "subjects");
    assert_int_equal(found.f[0].related, l.who[OVERSIGHT].entry);
    assert_true(report.sealed_judged);
    parts_free(&p);
    assert_int_equal(judged(at, "subjects", &person, NONE), VERDICT_GOOD);
}

static void a_good_blob_does_not_excuse_a_bad_one(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *good = sealed_to(&person, OVERSIGHT), *bad = lie();
        uint64_t at = add_request(text_of("{\"type\":\"curp\",%s},{\"type\":\"curp\",%s}",
                                          i ? good : bad, i ? bad : good),
                                  "");
        assert_int_equal(judged(at, "subjects", &person, l.who[OVERSIGHT].entry), VERDICT_BAD);
        expect_only(&found, REASON_SEALED_OTHER, VERDICT_BAD, at);
    }
}

/* Each is judged by the enrolment that is carried. */
static void one_subject_may_be_sealed_to_two_bodies(void **state)
{
    (void)state;
    log_enroll(&l, STRANGER, "oversight", "");
    uint64_t at = add_request(text_of("{\"type\":\"curp\",%s},{\"type\":\"curp\",%s}",
                                      sealed_to(&person, STRANGER), lie()),
                              "");
    assert_int_equal(judged(at, "subjects", &person, l.who[STRANGER].entry), VERDICT_GOOD);
    assert_int_equal(judged(at, "subjects", &person, l.who[OVERSIGHT].entry), VERDICT_BAD);
    expect_only(&found, REASON_SEALED_OTHER, VERDICT_BAD, at);
}

/* ---- another enrolment --------------------------------------------------------------------- */

#define OTHER_TO "it is sealed to another entry than the second receipt's"
#define NO_OVERSIGHT "the key that it is sealed to is not enrolled for oversight"

static void the_enrolment_must_be_the_one_that_the_record_names(void **state)
{
    struct disclosure_report report;
    struct parts p;
    struct log other;
    (void)state;
    log_enroll(&l, STRANGER, "oversight", "");
    assert_int_equal(judged(request, "subjects", &person, l.who[STRANGER].entry), VERDICT_BAD);
    expect_other(OTHER_TO, request);
    /* the same index, in another history */
    log_start(&other, ",\"skew\":601");
    parts_make(&p, request, "subjects", &person, NONE);
    add_receipt(&p.to, &other, l.who[OVERSIGHT].entry);
    p.d.to = buf_span(&p.to);
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_FORK, 0));
    assert_false(report.sealed_judged);
    log_free(&other);
    parts_free(&p);
}

static void the_key_must_be_enrolled_for_oversight(void **state)
{
    (void)state;
    assert_int_equal(judged(request, "subjects", &person, l.who[JUDGE].entry), VERDICT_BAD);
    expect_other(NO_OVERSIGHT, request);
    assert_int_equal(judged(request, "subjects", &person, l.warrant), VERDICT_BAD);
    expect_other(NO_OVERSIGHT, request);
    /* as the record itself has it */
    uint64_t at = add_request(text_of("{\"type\":\"curp\",%s}", sealed_to(&person, AUDITOR)), "");
    assert_int_equal(judged(at, "subjects", &person, l.who[AUDITOR].entry), VERDICT_BAD);
    expect_other(NO_OVERSIGHT, at);
}

static void the_receipt_of_the_enrolment_is_judged(void **state)
{
    struct disclosure_report report;
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &person, l.who[OVERSIGHT].entry);
    p.to.p[p.to.n - 10] ^= 1;
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_BAD);
    expect_only(&found, REASON_CHECKPOINT, VERDICT_BAD, NO_ENTRY);
    assert_false(report.sealed_judged);
    p.d.to = span_str("hello");
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_RECEIPT_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    assert_false(report.sealed_judged);
    parts_free(&p);
}

/* Enrolled by one who may not enrol. */
static void an_enrolment_that_is_bad_is_none(void **state)
{
    (void)state;
    uint64_t enrolment =
        log_add(&l, BY(JUDGE, KIND_ENROLL,
                       .members = text_of("\"vkey\":\"%s\",\"role\":\"oversight\",\"authority\":"
                                          "\"a\",\"level\":\"federal\",\"name\":\"%s\"",
                                          vkey_text(&l, STRANGER), l.who[STRANGER].key.vkey.name)));
    l.who[STRANGER].entry = enrolment;
    uint64_t at = add_request(text_of("{\"type\":\"curp\",%s}", sealed_to(&person, STRANGER)), "");
    assert_int_equal(judged(at, "subjects", &person, enrolment), VERDICT_BAD);
    expect_only(&found, REASON_ROLE, VERDICT_BAD, enrolment);
}

/* A forked log could carry the enrolment in a tree whose genesis is another. */
static void both_receipts_must_rest_on_the_pinned_genesis(void **state)
{
    struct disclosure_report report;
    struct parts p;
    struct log other;
    (void)state;
    log_start(&other, ",\"skew\":601");
    parts_make(&p, request, "subjects", &person, NONE);
    assert_int_equal(judge(&report, &p.d, &l.leaf[1]), VERDICT_BAD);
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    add_receipt(&p.to, &other, l.who[OVERSIGHT].entry);
    p.d.to = buf_span(&p.to);
    assert_int_equal(judge(&report, &p.d, &l.leaf[0]), VERDICT_BAD);
    expect_only(&found, REASON_GENESIS_PIN, VERDICT_BAD, 0);
    log_free(&other);
    parts_free(&p);
}

/* ---- the entry's receipt ------------------------------------------------------------------- */

static void nothing_more_is_judged_of_a_bad_receipt(void **state)
{
    struct disclosure_report report;
    struct parts p;
    (void)state;
    parts_make(&p, request, "nothing", &person, l.who[JUDGE].entry);
    p.receipt.p[p.receipt.n - 10] ^= 1;
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_BAD);
    expect_only(&found, REASON_CHECKPOINT, VERDICT_BAD, NO_ENTRY);
    assert_int_equal(report.receipt.index, request);
    assert_true(report.to.index == NO_ENTRY);
    p.d.receipt = span_str("hello");
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_RECEIPT_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    parts_free(&p);
}

/* Not even what would be wrong with the opening, where the entry is proven and bad. */
static void of_a_bad_entry_nothing_more_is_said(void **state)
{
    struct parts p;
    (void)state;
    uint64_t bad = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    parts_make(&p, bad, "subjects", &person, l.who[OVERSIGHT].entry);
    assert_int_equal(judge_parts(&p), VERDICT_BAD);
    expect_only(&found, REASON_ROLE, VERDICT_BAD, bad);
    parts_free(&p);
}

/* Appends a cosignature of the whole log to a receipt. */
static void cosign(struct buf *receipt, const struct skey *witness)
{
    struct buf cp = { 0 };
    log_checkpoint(&cp, &l, l.n);
    note_cosign(receipt, span_of(cp.p, (size_t)(strstr(buf_str(&cp), "\n\n") - (char *)cp.p) + 1),
                witness, 1795276900);
    buf_free(&cp);
}

/* Both receipts need it. */
static void without_a_quorum_it_is_undecided(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct disclosure_report report;
    struct refusal why;
    struct skey w;
    struct buf vkey = { 0 };
    struct parts p;
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    vkey_format(&vkey, &w.vkey);
    policy_free(policy);
    policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                           vkey_text(&l, THE_LOG), buf_str(&vkey))),
                          &why);
    for (int cosigned = 0; cosigned < 4; cosigned++) {
        parts_make(&p, request, "subjects", &person, l.who[OVERSIGHT].entry);
        if (cosigned & 1)
            cosign(&p.receipt, &w);
        if (cosigned & 2)
            cosign(&p.to, &w);
        p.d.receipt = buf_span(&p.receipt);
        p.d.to = buf_span(&p.to);
        assert_int_equal(judge(&report, &p.d, NULL),
                         cosigned == 3 ? VERDICT_GOOD : VERDICT_UNDECIDED);
        size_t want = cosigned == 3 ? 0 : cosigned == 0 ? 2 : 1;
        assert_true(found.n == want && found_count(&found, REASON_QUORUM) == want);
        assert_true(report.sealed_judged);
        /* what the bytes contradict is bad all the same */
        p.d.member = "purpose.note";
        assert_int_equal(judge(&report, &p.d, NULL), VERDICT_BAD);
        assert_true(found_at(&found, REASON_OPENING_OTHER, request));
        parts_free(&p);
    }
    buf_free(&vkey);
}

/* A cosigned receipt of an entry in such a log. */
static void add_cosigned(struct buf *out, const struct log *of, uint64_t index,
                         const struct skey *witness, int64_t ms)
{
    struct buf cp = { 0 };
    add_receipt(out, of, index);
    log_checkpoint(&cp, of, of->n);
    note_cosign(out, span_of(cp.p, (size_t)(strstr(buf_str(&cp), "\n\n") - (char *)cp.p) + 1),
                witness, (uint64_t)(ms / 1000));
    buf_free(&cp);
}

/* Two receipts of two histories are bad, though clocks are undecided besides. */
static void a_contradiction_stays_bad_whatever_else_is_undecided(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct disclosure_report report;
    struct refusal why;
    struct skey w;
    struct buf vkey = { 0 };
    struct parts p;
    struct log other;
    (void)state;
    skey_from_seed(&w, span_str("w.example"), KEY_COSIGNATURE, seed);
    vkey_format(&vkey, &w.vkey);
    policy_free(policy);
    policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                           vkey_text(&l, THE_LOG), buf_str(&vkey))),
                          &why);
    log_copy(&other, &l, l.n);
    int64_t early = l.now;
    l.now += 2000000;
    uint64_t late =
        add_request(text_of("{\"type\":\"curp\",%s}", sealed_to(&person, OVERSIGHT)), "");
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    parts_make(&p, late, "subjects", &person, NONE);
    buf_clear(&p.receipt);
    add_cosigned(&p.receipt, &l, late, &w, l.now);
    add_cosigned(&p.to, &other, l.who[OVERSIGHT].entry, &w, early);
    p.d.receipt = buf_span(&p.receipt);
    p.d.to = buf_span(&p.to);
    assert_int_equal(judge(&report, &p.d, NULL), VERDICT_BAD);
    assert_true(found_count(&found, REASON_FORK) > 0 && found_count(&found, REASON_CLOCKS) > 0);
    assert_int_equal(found.f[found.n - 1].verdict, VERDICT_UNDECIDED);
    assert_false(report.sealed_judged);
    parts_free(&p);
    log_free(&other);
    buf_free(&vkey);
}

static void an_entry_of_a_later_version_is_undecided(void **state)
{
    struct parts p;
    struct chain c = { .n = 0 };
    struct buf cp = { 0 };
    (void)state;
    uint64_t at = log_add_note(&l, span_str("bitacora/v2 request\nwhatever\n"));
    parts_make(&p, request, "subjects", &person, NONE);
    chain_add(&c, &l, l.n, at);
    log_checkpoint(&cp, &l, l.n);
    buf_clear(&p.receipt);
    receipt_format(&p.receipt, c.entry, c.n, buf_span(&cp));
    p.d.receipt = buf_span(&p.receipt);
    assert_int_equal(judge_parts(&p), VERDICT_UNDECIDED);
    expect_only(&found, REASON_VERSION, VERDICT_UNDECIDED, NO_ENTRY);
    /* and so is what is sealed to an enrolment of one */
    buf_clear(&p.receipt);
    add_receipt(&p.receipt, &l, request);
    p.d.receipt = buf_span(&p.receipt);
    receipt_format(&p.to, c.entry, c.n, buf_span(&cp));
    p.d.to = buf_span(&p.to);
    assert_int_equal(judge_parts(&p), VERDICT_UNDECIDED);
    expect_only(&found, REASON_VERSION, VERDICT_UNDECIDED, NO_ENTRY);
    buf_free(&cp);
    parts_free(&p);
}

/* ---- form ---------------------------------------------------------------------------------- */

static void parse_refuses(struct span text, const char *cause)
{
    struct disclosure d;
    struct refusal why;
    if (disclosure_parse(&d, text, &why) == 0)
        fail_msg("accepted, not: %s", cause);
    assert_int_equal(why.reason, REASON_OPENING_FORM);
    assert_string_equal(why.subject, cause);
}

static void what_is_no_disclosure_is_refused(void **state)
{
    static const char *const bad[][3] = {
        { "\"bitacora/v1 opening\"", "\"bitacora/v2 opening\"", "members" },
        { "\"bitacora/v1 opening\"", "1", "members" },
        { "\"format\"", "\"Format\"", "members" },
        { "\"member\"", "\"members\"", "members" },
        { "\"commit\"", "\"comit\"", "members" },
        { "\"opening\"", "\"open\"", "members" },
        { "\"receipt\"", "\"recibo\"", "members" },
        { "\"to\"", "\"too\"", "members" },
        { "\"subjects\"", "[]", "members" },
        { "\"subjects\"", "null", "members" },
        { "\"member\": \"subjects\",", "", "members" },
        { "\"member\"", "\"x\": 1, \"member\"", "members" },
        { "\"member\"", "\"member\": \"note\", \"member\"", "JSON" },
        { "\"subjects\"", "\"\\u0000\"", "JSON" },
        { "\"subjects\"", "\"\xFF\"", "JSON" },
        { "{", "[", "JSON" },
        { "{", "{{", "JSON" },
        { "\n}", "\n}}", "JSON" },
        { "\"commit\": \"", "\"commit\": \"A", "base64 of the commit" },
        { "=\"", "\"", "base64 of the commit" },
        { "\"opening\": \"", "\"opening\": \"AAAA", "base64 of the opening" },
        { "\"opening\": \"", "\"opening\": \"-", "base64 of the opening" },
        { "AAA=\",", "AAB=\",", "base64 of the opening" },
    };
    struct buf text = { 0 };
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &person, l.who[OVERSIGHT].entry);
    disclosure_format(&text, &p.d);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buf altered = { 0 };
        char *at = strstr(buf_str(&text), bad[i][0]);
        if (at == NULL)
            fail_msg("case %zu", i);
        buf_add(&altered, text.p, (size_t)(at - (char *)text.p));
        buf_adds(&altered, bad[i][1]);
        buf_adds(&altered, at + strlen(bad[i][0]));
        parse_refuses(buf_span(&altered), bad[i][2]);
        buf_free(&altered);
    }
    for (size_t n = 0; n < text.n - 1; n++)
        parse_refuses(span_of(text.p, n), "JSON");
    parse_refuses(span_str("[]"), "members");
    buf_free(&text);
    parts_free(&p);
}

static void an_empty_enrolment_is_not_an_absent_one(void **state)
{
    struct buf text = { 0 };
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &person, NONE);
    disclosure_format(&text, &p.d);
    text.n -= 3; /* the newline and what ends the object */
    buf_adds(&text, ",\"to\":\"\"}");
    parse_refuses(buf_span(&text), "members");
    buf_free(&text);
    parts_free(&p);
}

static void the_opening_inside_has_its_form(void **state)
{
    struct buf text = { 0 };
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &person, NONE);
    strcpy(p.d.opening.type, "no code");
    disclosure_format(&text, &p.d);
    parse_refuses(buf_span(&text), "the type");
    buf_free(&text);
    parts_free(&p);
}

static void too_large_a_file_is_refused(void **state)
{
    struct buf text = { 0 };
    struct disclosure d;
    struct refusal why;
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &person, NONE);
    disclosure_format(&text, &p.d);
    size_t more = DISCLOSURE_MAX - text.n;
    memset(buf_reserve(&text, more + 1), ' ', more + 1);
    text.n += more;
    assert_int_equal(disclosure_parse(&d, buf_span(&text), &why), 0);
    disclosure_free(&d);
    text.n++;
    parse_refuses(buf_span(&text), "too large");
    buf_free(&text);
    parts_free(&p);
}

static void every_altered_byte_is_found(void **state)
{
    struct buf text = { 0 };
    struct disclosure d;
    struct disclosure_report report;
    struct refusal why;
    struct parts p;
    (void)state;
    parts_make(&p, request, "subjects", &person, l.who[OVERSIGHT].entry);
    disclosure_format(&text, &p.d);
    for (size_t i = 0; i < text.n; i += every()) {
        text.p[i] ^= (uint8_t)(1 << i / every() % 8);
        found.n = 0;
        if (disclosure_parse(&d, buf_span(&text), &why) == 0) {
            if (disclosure_judge(&report, &d, policy, NULL, found_add, &found) == VERDICT_GOOD ||
                found.n == 0)
                fail_msg("byte %zu", i);
            disclosure_free(&d);
        }
        text.p[i] ^= (uint8_t)(1 << i / every() % 8);
    }
    buf_free(&text);
    parts_free(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_subject_of_an_entry_is_shown),
        TEST(notes_are_shown_like_subjects),
        TEST(without_the_enrolment_the_blob_is_not_judged),
        TEST(parsing_gives_back_what_was_formatted),
        TEST(the_format_stays_what_it_is),
        TEST(an_opening_of_another_commit_is_refused),
        TEST(a_commit_that_the_entry_does_not_hold_is_refused),
        TEST(a_commit_counts_under_its_member_only),
        TEST(another_type_in_the_record_is_refused),
        TEST(a_blob_of_something_else_is_refused),
        TEST(a_good_blob_does_not_excuse_a_bad_one),
        TEST(one_subject_may_be_sealed_to_two_bodies),
        TEST(the_enrolment_must_be_the_one_that_the_record_names),
        TEST(the_key_must_be_enrolled_for_oversight),
        TEST(the_receipt_of_the_enrolment_is_judged),
        TEST(an_enrolment_that_is_bad_is_none),
        TEST(both_receipts_must_rest_on_the_pinned_genesis),
        TEST(nothing_more_is_judged_of_a_bad_receipt),
        TEST(of_a_bad_entry_nothing_more_is_said),
        TEST(without_a_quorum_it_is_undecided),
        TEST(a_contradiction_stays_bad_whatever_else_is_undecided),
        TEST(an_entry_of_a_later_version_is_undecided),
        TEST(what_is_no_disclosure_is_refused),
        TEST(an_empty_enrolment_is_not_an_absent_one),
        TEST(the_opening_inside_has_its_form),
        TEST(too_large_a_file_is_refused),
        TEST(every_altered_byte_is_found),
    };
    return cmocka_run_group_tests_name("disclosure", tests, NULL, NULL);
}
