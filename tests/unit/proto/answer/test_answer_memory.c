/* Answers when memory runs out: whichever allocation of ours fails, a part is never found good or
 * bad for it, no half of one is made, and the next call works. The allocations of jansson and yajl
 * are not among those that fail. */
#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"

static long left = -1; /* allocations until one fails; negative: none does */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool fails(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

static struct indexed x;
static struct buf file;
static struct answer_question warrant;
static uint64_t newest;

/* With a correction, as its key rests on what it names, and with an anchor. */
static int start(void **state)
{
    (void)state;
    indexed_start(&x);
    warrant = question_of(INDEX_KEY_WARRANT, REFERENCE);
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL);
    add_anchor(&x, older, AUDITOR);
    const uint64_t all[] = { ends[0], x.l.n };
    newest = add_honest_index(&x, all, 2, NULL);
    add_correction(&x, x.warrant[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    indexed_free(&x);
    buf_free(&file);
    return 0;
}

static struct answer_ask the_ask(void)
{
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.tail = true;
    a.own_tables = true;
    a.hashes_max = 60; /* so few that they are counted */
    return a;
}

/* Judges the file while allocation n fails; returns false if it was not reached. */
static bool judged_at(long n, enum verdict expected, long *undecided)
{
    struct found found = { .n = 0 };
    struct watch watch = { .found = found_add, .ctx = &found };
    struct answer_part p;
    size_t used;
    left = n;
    enum verdict verdict =
        answer_judge(&p, &used, x.policy, buf_span(&file), &warrant, NULL, &watch);
    bool reached = left < 0;
    left = -1;
    if (verdict == VERDICT_UNDECIDED)
        ++*undecided;
    if (reached && verdict != VERDICT_UNDECIDED && verdict != expected)
        fail_msg("allocation %ld: verdict %d", n, verdict);
    if (reached && verdict == VERDICT_UNDECIDED && found_count(&found, REASON_MEMORY) == 0)
        fail_msg("allocation %ld: undecided without a reason", n);
    if (p.evidence.n > 0) {
        struct evidence_report report;
        assert_int_equal(evidence_judge(&report, x.policy, buf_span(&p.evidence), NULL), 0);
    }
    answer_part_free(&p);
    return reached;
}

static void a_good_part_is_good_or_undecided(void **state)
{
    (void)state;
    struct answer_ask a = the_ask();
    long n = 0, undecided = 0;
    make_answer(&file, &x, &a);
    while (judged_at(n, VERDICT_UNDECIDED, &undecided))
        n++;
    assert_int_equal(undecided, n);
    assert_true(n > 50);
}

/* What is bad is bad, or undecided; evidence may be wanting, but what there is convinces. */
static void a_bad_part_is_bad_or_undecided(void **state)
{
    (void)state;
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_row *rows, lie;
    size_t n = honest_rows(&x, 0, x.l.n, &rows), at = 0;
    index_row_set(&lie, &warrant.key, 2);
    while (index_row_compare(&rows[at], &lie) < 0)
        at++;
    memmove(&rows[at + 1], &rows[at], (n - at) * sizeof *rows);
    rows[at] = lie;
    put_table(&x, &cover.table[0], 0, x.l.n, rows, n + 1, 0);
    free(rows);
    newest = add_index(&x, &cover);
    struct answer_ask a = the_ask();
    make_answer(&file, &x, &a);
    long tried = 0, undecided = 0;
    while (judged_at(tried, VERDICT_BAD, &undecided))
        tried++;
    assert_true(tried > 50 && undecided > 50 && undecided < tried);
}

static void a_part_is_made_whole_or_not(void **state)
{
    (void)state;
    struct answer_ask a = the_ask();
    struct answer_source source = source_of(&x);
    uint64_t to, end;
    struct buf checkpoint = { 0 };
    make_answer(&file, &x, &a);
    log_checkpoint(&checkpoint, &x.l, a.size);
    a.checkpoint = buf_span(&checkpoint);
    long n = 0, memory = 0;
    for (bool reached = true; reached; n++) {
        struct buf out = { 0 };
        left = n;
        enum answer_made made = answer_make(&out, &a, &source, &to, &end);
        reached = left < 0;
        left = -1;
        memory += made == ANSWER_MEMORY;
        if (made == ANSWER_MADE)
            assert_true(span_eq(buf_span(&out), buf_span(&file)));
        else if (made != ANSWER_MEMORY)
            fail_msg("allocation %ld: %d", n, made);
        buf_free(&out);
    }
    assert_true(memory > 50);
    buf_free(&checkpoint);
}

static void a_checkpoint_is_put_in_whole_or_not(void **state)
{
    (void)state;
    struct answer_ask a = the_ask();
    struct answer_source source = source_of(&x);
    uint64_t to, end;
    struct buf checkpoint = { 0 }, without = { 0 };
    make_answer(&file, &x, &a);
    log_checkpoint(&checkpoint, &x.l, a.size);
    assert_int_equal(answer_make(&without, &a, &source, &to, &end), ANSWER_MADE);
    for (long n = 0, reached = 1; reached; n++) {
        struct buf out = { 0 };
        left = n;
        int result = answer_put_checkpoint(&out, buf_span(&without), buf_span(&checkpoint));
        reached = left < 0;
        left = -1;
        assert_int_equal(result, reached ? -1 : 0);
        if (result == 0)
            assert_true(span_eq(buf_span(&out), buf_span(&file)));
        buf_free(&out);
    }
    buf_free(&checkpoint);
    buf_free(&without);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_part_is_good_or_undecided),
        TEST(a_bad_part_is_bad_or_undecided),
        TEST(a_part_is_made_whole_or_not),
        TEST(a_checkpoint_is_put_in_whole_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
