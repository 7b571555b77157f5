/* The signed vectors that other implementations run, too: made by the second writer (tests/interop/
 * vectors.py), each with the exit status and the code of a finding that FORMATS asks for. */
#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/verify/contradiction.h"
#include "proto/verify/disclosure.h"
#include "proto/verify/evidence.h"

static struct found found;
static struct policy *policy;
static struct buf text;

/* A file beside expect.tsv. */
static void read_beside(struct buf *out, const char *folder, const char *name)
{
    buf_clear(out);
    vector_read(out, text_of("%s/bad/%s", folder, name));
}

static void read_policy(const char *folder, const char *name)
{
    struct buf bytes = { 0 };
    struct refusal why;
    read_beside(&bytes, folder, name);
    policy = policy_parse(buf_span(&bytes), &why);
    if (policy == NULL)
        fail_msg("%s: %s", name, why.subject);
    buf_free(&bytes);
}

static int exit_of(enum verdict v)
{
    return v == VERDICT_GOOD ? 0 : v == VERDICT_BAD ? 1 : 3;
}

static bool has_code(const char *code)
{
    bool there = strcmp(code, "-") == 0 && found.n == 0;
    for (size_t i = 0; i < found.n; i++)
        there = there || strcmp(reason_code(found.f[i].why.reason), code) == 0;
    return there;
}

static void expect_of(const char *const *cell, enum verdict v, const char *exit, const char *code)
{
    if (exit_of(v) != atoi(exit) || !has_code(code))
        fail_msg("%s: %d, %zu findings, the first %s (%s); expected %s, %s", cell[0], exit_of(v),
                 found.n, found.n == 0 ? "-" : reason_name(found.f[0].why.reason),
                 found.n == 0 ? "" : found.f[0].why.subject, exit, code);
}

static void check_receipt(const char *const *cell)
{
    struct receipt_report report;
    found.n = 0;
    read_beside(&text, "receipt", cell[0]);
    read_policy("receipt", cell[3]);
    enum verdict v = receipt_judge(&report, policy, buf_span(&text), NULL, found_add, &found);
    expect_of(cell, v, cell[1], cell[2]);
    /* What is not even signed by the log never passes for something that only lacks witnesses. */
    if (found.n > 0 && found_count(&found, REASON_QUORUM) + found_count(&found, REASON_CLOCKS) == 0)
        assert_true(v == VERDICT_BAD || report.size == 0);
    policy_free(policy);
}

static void receipts_are_judged_as_they_say(void **state)
{
    (void)state;
    vector_table("receipt/bad/expect.tsv", 5, check_receipt);
}

static void check_evidence(const char *const *cell)
{
    struct evidence_report report;
    found.n = 0;
    read_beside(&text, "evidence", cell[0]);
    read_policy("evidence", cell[3]);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&text), NULL), -1);
    found_add(&found, &report.finding);
    expect_of(cell, verdict_of_file(report.finding.why.reason), cell[1], cell[2]);
    policy_free(policy);
}

static void evidence_is_judged_as_it_says(void **state)
{
    (void)state;
    vector_table("evidence/bad/expect.tsv", 5, check_evidence);
}

static void good_evidence_of_the_second_writer_proves(void **state)
{
    static const char *const files[][2] = {
        { "fork", "fork" },
        { "fork-equal-sizes", "fork" },
        { "fork-odd-names", "fork" },
        { "leaves", "leaves" },
        { "link", "link" },
        { "role", "entry" },
        { "index-left-out", "index" },
        { "index-left-out-last", "index" },
        { "index-added", "index" },
        { "index-order", "index" },
        { "index-no-rows", "index" },
    };
    (void)state;
    read_policy("evidence", "policy");
    for (size_t i = 0; i < COUNT(files); i++) {
        struct evidence_report report;
        buf_clear(&text);
        vector_read(&text, text_of("evidence/good/%s.json", files[i][0]));
        if (evidence_judge(&report, policy, buf_span(&text), NULL) != 0)
            fail_msg("%s: %s", files[i][0], report.finding.why.subject);
        assert_string_equal(report.claim, files[i][1]);
    }
    policy_free(policy);
}

static void check_disclosure(const char *const *cell)
{
    struct disclosure_report report;
    struct disclosure d;
    struct finding f = { .entry = NO_ENTRY, .related = NO_ENTRY };
    enum verdict v;
    found.n = 0;
    read_beside(&text, "disclosure", cell[0]);
    read_policy("disclosure", cell[3]);
    if (disclosure_parse(&d, buf_span(&text), &f.why) == 0) {
        v = disclosure_judge(&report, &d, policy, NULL, found_add, &found);
        /* Two receipts that may not be taken together say nothing of the blob. */
        assert_false(report.sealed_judged && strncmp(cell[0], "to-of-another", 13) == 0);
        disclosure_free(&d);
    } else {
        v = verdict_of_file(f.why.reason);
        found_add(&found, &f);
    }
    expect_of(cell, v, cell[1], cell[2]);
    policy_free(policy);
}

static void disclosures_are_judged_as_they_say(void **state)
{
    (void)state;
    vector_table("disclosure/bad/expect.tsv", 5, check_disclosure);
}

static void check_opening(const char *const *cell)
{
    uint8_t packed[OPENING_BYTES];
    struct opening o;
    struct finding f = { .entry = NO_ENTRY, .related = NO_ENTRY };
    found.n = 0;
    read_beside(&text, "opening", cell[0]);
    assert_int_equal(unhex(packed, sizeof packed, span_of(text.p, text.n - 1)), OPENING_BYTES);
    assert_int_equal(opening_unpack(&o, packed, &f.why), -1);
    found_add(&found, &f);
    expect_of(cell, verdict_of_file(f.why.reason), cell[1], cell[2]);
}

static void openings_are_judged_as_they_say(void **state)
{
    (void)state;
    vector_table("opening/bad/expect.tsv", 5, check_opening);
}

/* ---- two receipts ---------------------------------------------------------------------------- */

struct pair {
    enum verdict worst;
    char claim[16]; /* of the first evidence */
};

static void take(void *ctx, const struct contradiction *c)
{
    struct pair *p = ctx;
    struct buf evidence = { 0 };
    struct evidence_report report = { .claim = "" };
    struct finding f = { .verdict = c->verdict, .why = c->why, .entry = c->entry };
    found_add(&found, &f);
    if (p->worst != VERDICT_BAD)
        p->worst = c->verdict;
    contradiction_evidence(&evidence, c);
    if (evidence.n > 0)
        assert_int_equal(evidence_judge(&report, policy, buf_span(&evidence), NULL), 0);
    if (strcmp(p->claim, "-") == 0 && evidence.n > 0)
        memcpy(p->claim, report.claim, sizeof p->claim);
    buf_free(&evidence);
}

static void check_pair(const char *const *cell)
{
    struct buf both[2] = { { 0 }, { 0 } };
    struct receipt parsed[2];
    struct receipt_report report[2];
    struct shown_tree said[2];
    struct refusal why;
    struct pair pair = { VERDICT_GOOD, "-" };
    found.n = 0;
    read_policy("contradiction", cell[5]);
    for (size_t i = 0; i < 2; i++) {
        read_beside(&both[i], "contradiction", cell[i]);
        assert_int_equal(
            receipt_judge(&report[i], policy, buf_span(&both[i]), NULL, found_add, &found),
            VERDICT_GOOD);
        assert_int_equal(receipt_parse(&parsed[i], buf_span(&both[i]), &why), 0);
        said[i] = (struct shown_tree){ &report[i].cp,   parsed[i].checkpoint,
                                       parsed[i].entry, parsed[i].entries,
                                       report[i].skew,  receipt_kind(&report[i]) };
    }
    assert_int_equal(contradictions_find(policy, said, 2, take, &pair), 0);
    expect_of(cell, pair.worst, cell[2], cell[3]);
    assert_string_equal(pair.claim, cell[4]);
    for (size_t i = 0; i < 2; i++) {
        receipt_free(&parsed[i]);
        buf_free(&both[i]);
    }
    policy_free(policy);
}

static void pairs_contradict_each_other_as_they_say(void **state)
{
    (void)state;
    vector_table("contradiction/bad/expect.tsv", 7, check_pair);
}

static int stop(void **state)
{
    (void)state;
    buf_free(&text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_are_judged_as_they_say),
        cmocka_unit_test(evidence_is_judged_as_it_says),
        cmocka_unit_test(good_evidence_of_the_second_writer_proves),
        cmocka_unit_test(disclosures_are_judged_as_they_say),
        cmocka_unit_test(openings_are_judged_as_they_say),
        cmocka_unit_test(pairs_contradict_each_other_as_they_say),
    };
    return cmocka_run_group_tests_name("vectors", tests, NULL, stop);
}
