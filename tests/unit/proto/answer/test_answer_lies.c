/* Answers from an index that lies: what is found, and what convicts the log. */
#include "tests/unit/proto/answer/answer_case.h"
#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"

/* The tables of one with rows that the test may change. */
static struct index_row *rows;
static size_t row_count;

static void lie_begin(void)
{
    row_count = honest_rows(&x, 0, x.l.n, &rows);
}

static void lie_end(uint64_t unkeyed)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, x.l.n, rows, row_count, unkeyed);
    newest = add_index(&x, &cover);
    free(rows);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
}

static size_t row_of(const struct answer_question *q, uint64_t entry)
{
    struct index_row row;
    index_row_set(&row, &q->key, entry);
    for (size_t i = 0; i < row_count; i++)
        if (index_row_compare(&rows[i], &row) == 0)
            return i;
    fail_msg("no such row");
    return 0;
}

/* The file is bad for that reason, and evidence convicts the log of it. */
static void expect_convicted(enum reason reason)
{
    struct answer_part p;
    struct evidence_report report;
    assert_int_equal(judge(&p), VERDICT_BAD);
    expect_only(&found, reason, VERDICT_BAD, newest);
    assert_true(p.evidence.n > 0);
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&p.evidence), NULL), 0);
    assert_string_equal(report.claim, "index");
    assert_int_equal(report.finding.why.reason, reason);
    assert_int_equal(report.finding.entry, newest);
    answer_part_free(&p);
}

static void a_row_left_out_convicts(void **state)
{
    (void)state;
    uint64_t correction = add_correction(&x, x.warrant[1]);
    add_correction(&x, correction);
    lie_begin();
    size_t at = row_of(&warrant, correction);
    memmove(&rows[at], &rows[at + 1], (row_count - at - 1) * sizeof *rows);
    row_count--;
    lie_end(0);
    /* The other correction names it: so it is carried. */
    ask(&warrant);
    expect_convicted(REASON_INDEX_LEFT_OUT);
}

static void a_row_put_in_convicts(void **state)
{
    (void)state;
    lie_begin();
    size_t at = row_of(&warrant, x.warrant[0]);
    rows = realloc(rows, (row_count + 1) * sizeof *rows);
    assert_non_null(rows);
    memmove(&rows[at + 1], &rows[at], (row_count - at) * sizeof *rows);
    index_row_set(&rows[at], &warrant.key, x.l.request); /* under no warrant, and lower */
    row_count++;
    lie_end(0);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROW);
}

static void rows_out_of_order_convict(void **state)
{
    (void)state;
    lie_begin();
    size_t at = row_of(&warrant, x.warrant[0]);
    struct index_row first = rows[at];
    rows[at] = rows[at + 1];
    rows[at + 1] = first;
    lie_end(0);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROWS);
}

static void rows_beyond_the_table_convict(void **state)
{
    (void)state;
    lie_begin();
    index_row_set(&rows[row_of(&warrant, x.l.n - 1)], &warrant.key, x.l.n);
    lie_end(0);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROWS);
}

static void a_wrong_number_of_unkeyed_rows_convicts(void **state)
{
    (void)state;
    lie_begin();
    lie_end(1);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROWS);
}

/* What has no form is hidden: the table says that there is none. */
static void hiding_what_has_no_form_convicts(void **state)
{
    (void)state;
    uint64_t hidden = add_unkeyed(&x, false);
    add_correction(&x, hidden);
    add_correction(&x, x.l.n - 1);
    lie_begin();
    assert_true(index_row_has_key(&rows[0], &INDEX_UNKEYED));
    memmove(&rows[0], &rows[1], (row_count - 1) * sizeof *rows);
    row_count--;
    lie_end(0);
    ask(&warrant);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, hidden); /* somebody has it */
    draft_write(&file, &x, &d);
    buf_free(&honest);
    struct answer_part p;
    struct evidence_report report;
    assert_int_equal(judge(&p), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_LEFT_OUT, newest));
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&p.evidence), NULL), 0);
    assert_int_equal(report.finding.related, hidden);
    answer_part_free(&p);
}

/* Of a later version, and so undecided: what is wrong besides is told of all the same. */
static void a_row_left_out_convicts_beside_a_later_version(void **state)
{
    (void)state;
    uint64_t later = add_unkeyed(&x, true);
    uint64_t correction = add_correction(&x, x.warrant[1]);
    add_correction(&x, correction);
    lie_begin();
    size_t at = row_of(&warrant, correction);
    memmove(&rows[at], &rows[at + 1], (row_count - at - 1) * sizeof *rows);
    row_count--;
    lie_end(1);
    ask(&warrant);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_LEFT_OUT, newest));
    assert_true(found_at(&found, REASON_VERSION, later));
}

/* Of two that have no form one is hidden. */
static void hiding_one_of_two_without_form_convicts(void **state)
{
    (void)state;
    uint64_t hidden = add_unkeyed(&x, true);
    add_unkeyed(&x, true);
    lie_begin();
    memmove(&rows[0], &rows[1], (row_count - 1) * sizeof *rows);
    row_count--;
    lie_end(1);
    ask(&warrant);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, hidden);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_LEFT_OUT, newest));
}

/* A table without rows, of which this answer can tell nothing, is followed by one that lies. */
static void a_row_left_out_convicts_behind_an_empty_table(void **state)
{
    (void)state;
    uint64_t correction = add_correction(&x, x.warrant[1]);
    add_correction(&x, correction);
    row_count = honest_rows(&x, 1, x.l.n, &rows);
    size_t at = row_of(&warrant, correction);
    memmove(&rows[at], &rows[at + 1], (row_count - at - 1) * sizeof *rows);
    row_count--;
    struct cover cover = { .tables = 2, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, 1, NULL, 0, 0);
    put_table(&x, &cover.table[1], 1, x.l.n, rows, row_count, 0);
    newest = add_index(&x, &cover);
    free(rows);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    ask(&warrant);
    expect_convicted(REASON_INDEX_LEFT_OUT);
}

/* A table without rows ends where the part begins: what it lacks is for another part to show. */
static void an_empty_table_before_the_part_is_not_asked(void **state)
{
    (void)state;
    uint64_t second = x.warrant[0] + 1;
    row_count = honest_rows(&x, second, x.l.n, &rows);
    struct cover cover = { .tables = 2, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, second, NULL, 0, 0);
    put_table(&x, &cover.table[1], second, x.l.n, rows, row_count, 0);
    newest = add_index(&x, &cover);
    free(rows);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.from = second;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, x.warrant[0]);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    judge(NULL);
    expect_none(&found);
}

/* A table without rows, for entries that have keys. */
static void an_empty_table_convicts(void **state)
{
    (void)state;
    lie_begin();
    row_count = 0;
    lie_end(0);
    ask(&warrant);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, x.warrant[0]);
    draft_add(&d, x.l.who[JUDGE].entry);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    expect_convicted(REASON_INDEX_LEFT_OUT);
}

/* Two covers that do not go together, in one answer. */
static void an_index_that_takes_back_is_refused(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    struct cover cover;
    uint64_t older = add_honest_index(&x, ends, 1, &cover);
    add_anchor(&x, older, AUDITOR);
    cover.table[0].rows--;
    put_honest_table(&x, &cover.table[1], ends[0], x.l.n);
    cover.tables = 2;
    cover.end = x.l.n;
    newest = add_index(&x, &cover);
    struct index_row *honest;
    size_t n = honest_rows(&x, 0, ends[0], &honest);
    (void)n;
    free(honest);
    struct answer_ask a = ask_of(&x, older, &warrant);
    buf_clear(&file);
    make_answer(&file, &x, &a);
    assert_int_equal(judge(NULL), VERDICT_GOOD);
    struct part_draft d;
    struct buf good = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&good));
    draft_add(&d, newest);
    draft_write(&file, &x, &d);
    buf_free(&good);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_CHANGED, newest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_row_left_out_convicts),
        CASE(a_row_put_in_convicts),
        CASE(rows_out_of_order_convict),
        CASE(rows_beyond_the_table_convict),
        CASE(a_wrong_number_of_unkeyed_rows_convicts),
        CASE(an_empty_table_before_the_part_is_not_asked),
        CASE(a_row_left_out_convicts_beside_a_later_version),
        CASE(hiding_one_of_two_without_form_convicts),
        CASE(a_row_left_out_convicts_behind_an_empty_table),
        CASE(hiding_what_has_no_form_convicts),
        CASE(an_empty_table_convicts),
        CASE(an_index_that_takes_back_is_refused),
    };
    return cmocka_run_group_tests_name("answer_lies", tests, NULL, NULL);
}
