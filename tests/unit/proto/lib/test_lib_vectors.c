/* bitacora.h over the signed vectors that other implementations run, too: each with the exit status
 * and the code that FORMATS asks for. */
#include "tests/unit/proto/lib/lib_fixture.h"

static bitacora_policy *of_vectors;
static struct buf text;

static void read_beside(struct buf *out, const char *folder, const char *name)
{
    buf_clear(out);
    vector_read(out, text_of("%s/bad/%s", folder, name));
}

static void read_policy(const char *folder, const char *name)
{
    struct buf bytes = { 0 };
    bitacora_policy_free(of_vectors);
    read_beside(&bytes, folder, name);
    assert_int_equal(bitacora_policy_parse(ctx, bytes.p, bytes.n, &of_vectors), BITACORA_PROVEN);
    buf_free(&bytes);
}

static void expect_of(const char *const *cell, bitacora_result got, const char *exit,
                      const char *code)
{
    bool there = strcmp(code, "-") == 0 ? bitacora_findings(ctx) == 0 : has_found(code, NULL);
    if ((int)got != atoi(exit) || !there)
        fail_msg("%s: %s, %zu findings, the first %s; expected %s, %s", cell[0],
                 bitacora_result_name(got), bitacora_findings(ctx),
                 bitacora_findings(ctx) == 0 ? "-"
                                             : bitacora_finding_name(bitacora_finding_at(ctx, 0)),
                 exit, code);
}

/* Whether nothing was found but what leaves the entry alone. */
static bool entry_stands(void)
{
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        const char *code = bitacora_finding_code(bitacora_finding_at(ctx, i));
        if (strcmp(code, "quorum") != 0 && strcmp(code, "clock") != 0)
            return false;
    }
    return true;
}

static void check_receipt(const char *const *cell)
{
    bitacora_receipt *r;
    read_beside(&text, "receipt", cell[0]);
    read_policy("receipt", cell[3]);
    bitacora_result got = bitacora_receipt_verify(ctx, of_vectors, text.p, text.n, &r);
    expect_of(cell, got, cell[1], cell[2]);
    assert_int_equal(r != NULL, entry_stands());
    bitacora_receipt_free(r);
}

static void receipts_are_judged_as_they_say(void **state)
{
    (void)state;
    vector_table("receipt/bad/expect.tsv", 5, check_receipt);
}

static void check_evidence(const char *const *cell)
{
    bitacora_evidence *e;
    read_beside(&text, "evidence", cell[0]);
    read_policy("evidence", cell[3]);
    bitacora_result got = bitacora_evidence_verify(ctx, of_vectors, text.p, text.n, &e);
    expect_of(cell, got, cell[1], cell[2]);
    assert_non_null(e);
    assert_string_equal(bitacora_finding_code(bitacora_evidence_finding(e)), cell[2]);
    assert_int_equal(bitacora_finding_result(bitacora_evidence_finding(e)), got);
    bitacora_evidence_free(e);
}

static void evidence_is_judged_as_it_says(void **state)
{
    (void)state;
    vector_table("evidence/bad/expect.tsv", 5, check_evidence);
}

static void good_evidence_proves(void **state)
{
    (void)state;
    static const char *const files[][3] = {
        { "fork", "fork", "fork" },     { "fork-equal-sizes", "fork", "fork" },
        { "leaves", "leaves", "fork" }, { "link", "link", "link" },
        { "role", "entry", "role" },
    };
    read_policy("evidence", "policy");
    for (size_t i = 0; i < COUNT(files); i++) {
        bitacora_evidence *e;
        buf_clear(&text);
        vector_read(&text, text_of("evidence/good/%s.json", files[i][0]));
        assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, text.p, text.n, &e),
                         BITACORA_PROVEN);
        assert_string_equal(bitacora_evidence_claim(e), files[i][1]);
        only(files[i][2], BITACORA_BAD); /* of the log */
        assert_string_equal(bitacora_finding_code(bitacora_evidence_finding(e)), files[i][2]);
        bitacora_evidence_free(e);
    }
}

/* Evidence of the second writer that an entry is bad carries entries: it can be stopped there. */
static void evidence_can_be_cancelled(void **state)
{
    (void)state;
    int left = 1;
    bitacora_evidence *e;
    read_policy("evidence", "policy");
    buf_clear(&text);
    vector_read(&text, "evidence/good/role.json");
    bitacora_set_cancel(ctx, stop_after, &left);
    assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, text.p, text.n, &e),
                     BITACORA_CANCELLED);
    assert_null(e);
    bitacora_set_cancel(ctx, NULL, NULL);
}

static void evidence_has_a_limit_and_arguments(void **state)
{
    (void)state;
    bitacora_evidence *e;
    read_policy("evidence", "policy");
    buf_clear(&text);
    vector_read(&text, "evidence/good/fork.json");
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_EVIDENCE, text.n - 1), BITACORA_PROVEN);
    assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, text.p, text.n, &e),
                     BITACORA_UNDECIDED);
    only("evidence", BITACORA_UNDECIDED);
    assert_string_equal(bitacora_evidence_claim(e), "");
    assert_string_equal(bitacora_finding_subject(bitacora_evidence_finding(e)), "too large");
    bitacora_evidence_free(e);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_EVIDENCE, EVIDENCE_MAX),
                     BITACORA_PROVEN);
    assert_int_equal(bitacora_evidence_verify(NULL, of_vectors, "", 0, &e), BITACORA_MISUSE);
    assert_int_equal(bitacora_evidence_verify(ctx, NULL, "", 0, &e), BITACORA_MISUSE);
    assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, NULL, 1, &e), BITACORA_MISUSE);
    assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, "", 0, NULL), BITACORA_MISUSE);
    assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, "", 0, &e), BITACORA_UNDECIDED);
    bitacora_evidence_free(e);
    assert_null(bitacora_evidence_claim(NULL));
    assert_null(bitacora_evidence_finding(NULL));
    bitacora_evidence_free(NULL);
}

static void check_disclosure(const char *const *cell)
{
    bitacora_opening *o;
    read_beside(&text, "disclosure", cell[0]);
    read_policy("disclosure", cell[3]);
    bitacora_result got = bitacora_opening_verify(ctx, of_vectors, text.p, text.n, NULL, &o);
    expect_of(cell, got, cell[1], cell[2]);
    assert_int_equal(o != NULL, got == BITACORA_PROVEN);
    bitacora_opening_free(o);
}

static void openings_are_judged_as_they_say(void **state)
{
    (void)state;
    vector_table("disclosure/bad/expect.tsv", 5, check_disclosure);
}

static void check_pair(const char *const *cell)
{
    bitacora_receipt *r[2];
    bitacora_evidence *e;
    char *evidence;
    size_t n;
    read_policy("contradiction", cell[5]);
    for (size_t i = 0; i < 2; i++) {
        read_beside(&text, "contradiction", cell[i]);
        assert_int_equal(bitacora_receipt_verify(ctx, of_vectors, text.p, text.n, &r[i]),
                         BITACORA_PROVEN);
    }
    bitacora_result got = bitacora_receipt_compare(ctx, r[0], r[1], &evidence, &n);
    expect_of(cell, got, cell[2], cell[3]);
    assert_int_equal(evidence != NULL, strcmp(cell[4], "-") != 0);
    if (evidence != NULL) {
        assert_int_equal(bitacora_evidence_verify(ctx, of_vectors, evidence, n, &e),
                         BITACORA_PROVEN);
        assert_string_equal(bitacora_evidence_claim(e), cell[4]);
        bitacora_evidence_free(e);
    }
    bitacora_free(evidence);
    bitacora_receipt_free(r[0]);
    bitacora_receipt_free(r[1]);
}

static void pairs_contradict_each_other_as_they_say(void **state)
{
    (void)state;
    vector_table("contradiction/bad/expect.tsv", 7, check_pair);
}

static int stop(void **state)
{
    buf_free(&text);
    bitacora_policy_free(of_vectors);
    return group_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_are_judged_as_they_say),
        cmocka_unit_test(evidence_is_judged_as_it_says),
        cmocka_unit_test(good_evidence_proves),
        cmocka_unit_test(evidence_can_be_cancelled),
        cmocka_unit_test(evidence_has_a_limit_and_arguments),
        cmocka_unit_test(openings_are_judged_as_they_say),
        cmocka_unit_test(pairs_contradict_each_other_as_they_say),
    };
    return cmocka_run_group_tests(tests, group_start, stop);
}
