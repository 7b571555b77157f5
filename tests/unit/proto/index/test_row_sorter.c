/* More rows than the sorter holds in memory, in any order, come out ascending and once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "proto/index/row_sorter.h"
#include "proto/sys/tape_file.h"

#define ROWS 20000

static uint64_t drawn;

static uint64_t draw(uint64_t below)
{
    drawn = drawn * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (drawn >> 33) % below;
}

static struct index_row row_of(uint64_t key, uint64_t entry)
{
    struct index_key k = { .b = { 0 } };
    struct index_row row;
    for (int i = 0; i < 8; i++)
        k.b[i] = (uint8_t)(key >> (56 - 8 * i));
    index_row_set(&row, &k, entry);
    return row;
}

static int by_bytes(const void *a, const void *b)
{
    return index_row_compare(a, b);
}

/* Rows that are to come, ascending, each once. */
struct expected {
    struct index_row *row;
    size_t n, next;
};

static void expect(struct expected *e, size_t n)
{
    size_t once = 0;
    qsort(e->row, n, sizeof *e->row, by_bytes);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_bytes(&e->row[i], &e->row[i - 1]) != 0)
            e->row[once++] = e->row[i];
    e->n = once;
    e->next = 0;
}

static int take(void *ctx, const struct index_row *row)
{
    struct expected *e = ctx;
    assert_true(e->next < e->n);
    assert_memory_equal(row, &e->row[e->next++], sizeof *row);
    return 0;
}

static void sort(struct row_sorter *s, size_t n, uint64_t keys)
{
    struct expected e = { .row = calloc(n + 1, sizeof *e.row) };
    for (size_t i = 0; i < n; i++) {
        e.row[i] = row_of(draw(keys), draw(50));
        assert_int_equal(row_sorter_add(s, &e.row[i]), 0);
    }
    expect(&e, n);
    assert_int_equal(row_sorter_end(s, take, &e), 0);
    assert_int_equal(e.next, e.n);
    free(e.row);
}

static void test_rows_come_out_sorted_and_once(void **state)
{
    static const size_t memory[] = { 1, 3, 64, 1000, ROWS };
    (void)state;
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
        struct tape tape;
        assert_int_equal(tape_file_new(&tape, NULL), 0);
        struct row_sorter *s = row_sorter_new(&tape, memory[i]);
        sort(s, ROWS, 1000); /* with memory 3: more runs than are merged at once, several times */
        sort(s, 0, 1);
        sort(s, 1, 1);
        sort(s, 500, 2); /* most of them several times */
        row_sorter_free(s);
        tape_file_close(&tape);
    }
}

static void test_runs_are_read_again(void **state)
{
    struct tape tape;
    struct row_run run[3];
    struct expected e = { .row = calloc(3 * ROWS, sizeof *e.row) };
    size_t n = 0;
    (void)state;
    assert_int_equal(tape_file_new(&tape, NULL), 0);
    for (uint64_t r = 0; r < 3; r++) {
        struct row_writer w;
        row_writer_begin(&w, &tape);
        for (uint64_t i = 0; i < 1500 * r; i++) {
            e.row[n] = row_of(i * (r + 1), 7);
            assert_int_equal(row_writer_add(&w, &e.row[n++]), 0);
        }
        assert_int_equal(row_writer_end(&w, &run[r]), 0);
        assert_int_equal(run[r].rows, 1500 * r);
    }
    expect(&e, n);
    assert_int_equal(row_runs_merge(&tape, run, 3, take, &e), 0);
    assert_int_equal(e.next, e.n);
    tape_file_close(&tape);
    free(e.row);
}

static int stop_at_third(void *ctx, const struct index_row *row)
{
    int *left = ctx;
    (void)row;
    return --*left == 0 ? 42 : 0;
}

static int no_room(void *ctx, const void *p, size_t n)
{
    (void)ctx;
    (void)p;
    (void)n;
    return -1;
}

static int no_bytes(void *ctx, uint64_t at, void *p, size_t n)
{
    (void)ctx;
    (void)at;
    (void)p;
    (void)n;
    return -1;
}

static void test_failures_are_told(void **state)
{
    struct tape tape, full = { .append = no_room, .read = no_bytes };
    struct index_row row;
    int left = 3, failed = 0;
    (void)state;
    assert_int_equal(tape_file_new(&tape, NULL), 0);
    struct row_sorter *s = row_sorter_new(&tape, 2);
    for (uint64_t i = 0; i < 9; i++) {
        row = row_of(i, i);
        assert_int_equal(row_sorter_add(s, &row), 0);
    }
    assert_int_equal(row_sorter_end(s, stop_at_third, &left), 42);
    for (uint64_t i = 0; i < 9; i++) {
        row = row_of(i, i);
        assert_int_equal(row_sorter_add(s, &row), 0);
    }
    tape.read = no_bytes;
    assert_int_equal(row_sorter_end(s, stop_at_third, &left), -1);
    row_sorter_free(s);
    tape_file_close(&tape);

    s = row_sorter_new(&full, 2);
    for (uint64_t i = 0; i < 3; i++) {
        row = row_of(i, i);
        failed = row_sorter_add(s, &row);
    }
    assert_int_equal(failed, -1);
    row_sorter_free(s);
}

/* ---- a tape of which one operation fails ----------------------------------------------------- */

static struct tape below;
static size_t operations, fails_at;

static int append_or_fail(void *ctx, const void *p, size_t n)
{
    (void)ctx;
    return ++operations == fails_at ? -1 : tape_append(&below, p, n);
}

static int read_or_fail(void *ctx, uint64_t at, void *p, size_t n)
{
    (void)ctx;
    return ++operations == fails_at ? -1 : tape_read(&below, at, p, n);
}

static int count(void *ctx, const struct index_row *row)
{
    (void)row;
    ++*(size_t *)ctx;
    return 0;
}

/* Sorts n rows with room for so many. Returns 0, or -1 as soon as something failed. */
static int sort_failing(size_t memory, size_t n, size_t *out)
{
    struct tape tape = { .append = append_or_fail, .read = read_or_fail };
    int failed = 0;
    operations = *out = 0;
    assert_int_equal(tape_file_new(&below, NULL), 0);
    struct row_sorter *s = row_sorter_new(&tape, memory);
    for (uint64_t i = 0; i < n && !failed; i++) {
        struct index_row row = row_of(i, i);
        failed = row_sorter_add(s, &row);
    }
    failed = failed ? failed : row_sorter_end(s, count, out);
    row_sorter_free(s);
    tape_file_close(&below);
    return failed;
}

/* With one row in memory runs are merged into runs; with many a run is longer than a buffer. */
static void test_each_failure_is_told(void **state)
{
    static const struct {
        size_t memory, rows, least; /* operations */
    } rows[] = { { 1, 70, 130 }, { 600, 1300, 6 } };
    size_t out;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (fails_at = 1; sort_failing(rows[i].memory, rows[i].rows, &out) != 0; fails_at++)
            assert_true(operations >= fails_at);
        assert_int_equal(out, rows[i].rows);
        assert_true(operations < fails_at && fails_at > rows[i].least);
    }
}

/* What was in memory before a run was written is not taken for what is there now. */
static void test_rows_of_before_are_not_there_any_more(void **state)
{
    struct tape tape;
    struct expected e = { .row = calloc(5, sizeof *e.row) };
    (void)state;
    assert_int_equal(tape_file_new(&tape, NULL), 0);
    struct row_sorter *s = row_sorter_new(&tape, 4);
    for (uint64_t i = 0; i < 4; i++) {
        e.row[i] = row_of(i, 7);
        assert_int_equal(row_sorter_add(s, &e.row[i]), 0);
    }
    e.row[4] = e.row[1]; /* goes where the first was, before the second */
    assert_int_equal(row_sorter_add(s, &e.row[4]), 0);
    expect(&e, 5);
    assert_int_equal(row_sorter_end(s, take, &e), 0);
    assert_int_equal(e.next, 4);
    row_sorter_free(s);
    tape_file_close(&tape);
    free(e.row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_come_out_sorted_and_once),
        cmocka_unit_test(test_runs_are_read_again),
        cmocka_unit_test(test_failures_are_told),
        cmocka_unit_test(test_each_failure_is_told),
        cmocka_unit_test(test_rows_of_before_are_not_there_any_more),
    };
    return cmocka_run_group_tests_name("row_sorter", tests, NULL, NULL);
}
