/* Answers that the second writer made from FORMATS.md alone (tests/interop/vectors.py). */
#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/answer/answer.h"
#include "proto/verify/evidence.h"

static struct found found;
static struct policy *policy;
static struct buf text;

static void read_policy(const char *name)
{
    struct buf bytes = { 0 };
    struct refusal why;
    vector_read(&bytes, text_of("answer/bad/%s", name));
    policy = policy_parse(buf_span(&bytes), &why);
    assert_non_null(policy);
    buf_free(&bytes);
}

/* Judges all parts, and that they are whole. Evidence, if there is any, must convince. */
static int judge(void)
{
    struct watch watch = { .found = found_add, .ctx = &found };
    struct answer_file file = { .parts = 0 };
    struct refusal why;
    bool whole = true;
    found.n = 0;
    for (size_t at = 0, used = 1; used > 0 && at < text.n; at += used) {
        struct answer_part p;
        struct evidence_report report;
        answer_judge(&p, &used, policy, span_of(text.p + at, text.n - at), NULL, NULL, &watch);
        whole = whole && used > 0 && answer_file_add(&file, &p, &why) == 0;
        if (p.evidence.n > 0)
            assert_int_equal(evidence_judge(&report, policy, buf_span(&p.evidence), NULL), 0);
        /* Of a table that the entry itself tells to be wrong the entry is evidence enough. */
        if (found_count(&found, REASON_INDEX_ROW) + found_count(&found, REASON_INDEX_ROWS) > 0 &&
            found_count(&found, REASON_INDEX_UNKEYED) == 0)
            assert_true(p.evidence.n > 0);
        answer_part_free(&p);
    }
    whole = whole && answer_file_end(&file, &why) == 0;
    return found_bad(&found) ? 1 : found.n > 0 || !whole ? 3 : 0;
}

static bool has_code(const char *code)
{
    bool there = strcmp(code, "-") == 0;
    for (size_t i = 0; i < found.n; i++)
        there = there || strcmp(reason_code(found.f[i].why.reason), code) == 0;
    return there;
}

static void check_bad(const char *const *cell)
{
    buf_clear(&text);
    vector_read(&text, text_of("answer/bad/%s", cell[0]));
    read_policy(cell[3]);
    int code = judge();
    if (code != atoi(cell[1]))
        fail_msg("%s: %d", cell[0], code);
    if (found.n > 0 && !has_code(cell[2]))
        fail_msg("%s: no %s", cell[0], cell[2]);
    assert_true(found.n > 0 || code == 3);
    policy_free(policy);
}

static void bad_answers_are_judged_as_they_say(void **state)
{
    (void)state;
    vector_table("answer/bad/expect.tsv", 5, check_bad);
}

static void good_answers_are_good(void **state)
{
    static const char *const files[] = { "honest", "absent", "similar", "tail",      "parts",
                                         "vkey",   "signer", "holder",  "authority", "subject" };
    (void)state;
    read_policy("policy");
    for (size_t i = 0; i < COUNT(files); i++) {
        buf_clear(&text);
        vector_read(&text, text_of("answer/good/%s.answer", files[i]));
        assert_int_equal(judge(), 0);
        expect_none(&found);
    }
    policy_free(policy);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_answers_are_judged_as_they_say),
        cmocka_unit_test(good_answers_are_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
