/* Leaves of a table that are read from its files prove what is asked; and the first difference of
 * such files from the right rows is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "proto/recount/table_leaves.h"
#include "proto/sys/tape_file.h"

#define ROWS 3000
#define FILES_MAX 16

/* A table, its files, and the rows that would be right. */
struct table {
    struct index_table table;
    struct index_row row[ROWS + 1];
    size_t rows;
    struct index_table_file file[FILES_MAX];
    struct buf bytes[FILES_MAX];
    size_t files;
    bool missing;
    size_t reads_left; /* until one file is missing, once; 0: none is */
    struct tape tape;
    struct row_run run; /* the right rows */
};

/* Rows of even entries, so that there is room between them; the first `unkeyed` have no key. */
static struct index_row row_at(size_t i, size_t unkeyed)
{
    struct index_key key = { .b = { i >= unkeyed, (uint8_t)(i >> 8), (uint8_t)i } };
    struct index_row row;
    index_row_set(&row, i < unkeyed ? &INDEX_UNKEYED : &key, 2 * i);
    return row;
}

static int keep(void *ctx, const struct index_table_file *f, struct span bytes)
{
    struct table *t = ctx;
    assert_true(t->files < FILES_MAX);
    t->file[t->files] = *f;
    buf_add_span(&t->bytes[t->files++], bytes);
    return 0;
}

static int read_kept(void *ctx, const struct hash *root, const struct index_table_file *f,
                     struct buf *out)
{
    struct table *t = ctx;
    assert_true(hash_eq(root, &t->table.root));
    if (t->reads_left > 0 && --t->reads_left == 0)
        return -1;
    for (size_t i = 0; i < t->files && !t->missing; i++)
        if (t->file[i].level == f->level && t->file[i].n == f->n) {
            buf_add_span(out, buf_span(&t->bytes[i]));
            return 0;
        }
    return -1;
}

/* The right rows go to the tape. */
static struct table *begin(size_t rows, size_t unkeyed)
{
    struct table *t = calloc(1, sizeof *t);
    struct row_writer w;
    assert_int_equal(tape_file_new(&t->tape, NULL), 0);
    row_writer_begin(&w, &t->tape);
    for (size_t i = 0; i < rows; i++) {
        t->row[t->rows++] = row_at(i, unkeyed);
        assert_int_equal(row_writer_add(&w, &t->row[i]), 0);
    }
    assert_int_equal(row_writer_end(&w, &t->run), 0);
    t->table = (struct index_table){ .from = 0, .to = 2 * ROWS };
    return t;
}

/* The table is made of the rows as they are now; out of order they are put in afterwards. */
static struct said_files make(struct table *t)
{
    static struct index_table_builder b;
    index_table_builder_begin(&b, keep, t);
    for (size_t i = 0; i < t->rows; i++)
        assert_int_equal(index_table_builder_add(&b, &t->row[i]), 0);
    assert_int_equal(index_table_builder_end(&b, &t->table), 0);
    return (struct said_files){ &t->table, read_kept, t };
}

static void end(struct table *t)
{
    for (size_t i = 0; i < t->files; i++)
        buf_free(&t->bytes[i]);
    tape_file_close(&t->tape);
    free(t);
}

static void test_leaves_prove_a_row_or_its_absence(void **state)
{
    static struct table_leaves leaves;
    static const size_t places[] = { 0, 1, 15, 16, 17, 1023, 1024, 2047, 2998, 2999 };
    struct table *t = begin(ROWS, 0);
    struct said_files files = make(t);
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct index_row row = t->row[places[i]];
        assert_int_equal(table_leaves_around(&leaves, &files, &row), 0);
        assert_int_equal(shown_rows_prove(&leaves.shown, &why), VERDICT_GOOD);
        assert_false(shown_rows_lack(&leaves.shown, &row));
        row.b[ROW_BYTES - 1] |= 1; /* right behind it */
        assert_int_equal(table_leaves_around(&leaves, &files, &row), 0);
        assert_int_equal(shown_rows_prove(&leaves.shown, &why), VERDICT_GOOD);
        assert_true(shown_rows_lack(&leaves.shown, &row));
    }
    assert_int_equal(table_leaves_read(&leaves, &files, 100, 100 + 64 * LEAF_ROWS), -1);
    assert_int_equal(table_leaves_read(&leaves, &files, 96, 96 + 64 * LEAF_ROWS), 0);
    assert_int_equal(leaves.shown.leaves, 64);
    assert_int_equal(shown_rows_prove(&leaves.shown, &why), VERDICT_GOOD);
    t->bytes[0].p[5] ^= 1;
    assert_int_equal(table_leaves_read(&leaves, &files, 0, 1), 0);
    assert_int_equal(shown_rows_prove(&leaves.shown, &why), VERDICT_BAD);
    t->missing = true;
    assert_int_equal(table_leaves_around(&leaves, &files, &t->row[4]), -1);
    end(t);
}

/* Whichever file it is that cannot be read. */
static void test_each_file_is_needed(void **state)
{
    static struct table_leaves leaves;
    struct table *t = begin(ROWS, 0);
    struct said_files files = make(t);
    (void)state;
    for (int how = 0; how < 2; how++)
        for (size_t at = 1;; at++) {
            t->reads_left = at;
            int failed = how == 0 ? table_leaves_around(&leaves, &files, &t->row[1500])
                                  : table_leaves_read(&leaves, &files, 1000, 1100);
            if (t->reads_left > 0) {
                assert_true(failed == 0 && at > 2);
                break;
            }
            assert_int_equal(failed, -1);
        }
    t->reads_left = 0;
    /* From the first row to before it, and of more leaves than there is room for. */
    assert_int_equal(table_leaves_read(&leaves, &files, 0, 0), 0);
    assert_int_equal(leaves.shown.leaves, 1);
    assert_int_equal(table_leaves_read(&leaves, &files, 0, ROWS), -1);
    end(t);
}

/* A row is shown to be absent by what stands on both sides of it: not by the leaves before it, nor
 * by one that is in memory and not shown. */
static void test_what_is_not_shown_proves_nothing(void **state)
{
    static struct table_leaves leaves;
    struct table *t = begin(ROWS, 0);
    struct said_files files = make(t);
    struct index_row row = t->row[127]; /* the last one of a leaf; its last byte is 0xfe */
    (void)state;
    assert_int_equal(row.b[ROW_BYTES - 1], 0xfe);
    row.b[ROW_BYTES - 1] = 0xff; /* the next one that there could be: a byte more is carried */
    assert_int_equal(table_leaves_read(&leaves, &files, 0, 129), 0);
    assert_int_equal(leaves.shown.leaves, 9);
    assert_true(shown_rows_lack(&leaves.shown, &row));
    leaves.shown.leaves = 8;
    assert_false(shown_rows_lack(&leaves.shown, &row));
    end(t);
}

static int read_nothing(void *ctx, uint64_t at, void *p, size_t n)
{
    (void)ctx;
    (void)at;
    (void)p;
    (void)n;
    return -1;
}

static void test_no_rows_have_no_leaves(void **state)
{
    static struct table_leaves leaves;
    struct table *t = begin(0, 0);
    struct said_files files = make(t);
    struct index_row row = row_at(0, 0);
    (void)state;
    assert_int_equal(table_leaves_around(&leaves, &files, &row), 0);
    assert_int_equal(leaves.shown.leaves, 0);
    end(t);
}

static struct table_difference compare(struct table *t, const struct said_files *files)
{
    struct table_difference d;
    table_compare(&d, files, &t->tape, &t->run);
    return d;
}

static void test_first_difference_is_found(void **state)
{
    static const size_t places[] = { 0, 7, 1023, 1024, ROWS - 1 };
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t at = places[i];
        struct table *t = begin(ROWS, 0); /* one is left out */
        struct index_row row = t->row[at];
        memmove(&t->row[at], &t->row[at + 1], (--t->rows - at) * sizeof row);
        struct said_files files = make(t);
        struct table_difference d = compare(t, &files);
        assert_int_equal(d.differs, TABLE_LACKS_ROW);
        assert_int_equal(index_row_compare(&d.row, &row), 0);
        assert_int_equal(d.from, at == 0 ? 0 : at - 1);
        assert_int_equal(d.to, at + 1);
        end(t);

        t = begin(ROWS, 0); /* one is added */
        memmove(&t->row[at + 1], &t->row[at], (t->rows++ - at) * sizeof row);
        row = t->row[at + 1];
        row.b[ROW_BYTES - 1] |= 1;
        t->row[at + 1] = row;
        files = make(t);
        d = compare(t, &files);
        assert_int_equal(d.differs, TABLE_ADDS_ROW);
        assert_int_equal(index_row_compare(&d.row, &row), 0);
        assert_int_equal(d.from, at + 1);
        end(t);
    }
}

static void test_what_is_wrong_in_itself_is_found(void **state)
{
    struct table *t = begin(ROWS, 40);
    struct said_files files = make(t);
    struct table_difference d = compare(t, &files);
    (void)state;
    assert_int_equal(d.differs, TABLE_SAME);
    t->table.unkeyed = 41;
    d = compare(t, &files);
    assert_int_equal(d.differs, TABLE_MISCOUNTS);
    assert_int_equal(d.from, 0);
    assert_int_equal(d.to, 41);
    t->table.to = 2 * ROWS - 2; /* the last row is of an entry beyond */
    d = compare(t, &files);
    assert_int_equal(d.differs, TABLE_MISPLACES);
    assert_int_equal(d.to, ROWS);
    t->table.to = 2 * ROWS;
    t->table.from = 1; /* and the first one of an entry before */
    d = compare(t, &files);
    assert_int_equal(d.differs, TABLE_MISPLACES);
    assert_int_equal(d.from, 0);
    assert_int_equal(d.to, 1);
    t->table.from = 0;
    memcpy(t->bytes[0].p + 20 * ROW_BYTES, t->row[10].b, ROW_BYTES); /* it stands there twice */
    d = compare(t, &files);
    assert_int_equal(d.differs, TABLE_MISPLACES);
    assert_int_equal(d.from, 19);
    assert_int_equal(d.to, 21);
    t->missing = true;
    d = compare(t, &files);
    assert_int_equal(d.differs, TABLE_UNREAD);
    t->missing = false;
    struct tape broken = t->tape; /* the right rows cannot be read */
    broken.read = read_nothing;
    table_compare(&d, &files, &broken, &t->run);
    assert_int_equal(d.differs, TABLE_UNREAD);
    end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaves_prove_a_row_or_its_absence),
        cmocka_unit_test(test_each_file_is_needed),
        cmocka_unit_test(test_what_is_not_shown_proves_nothing),
        cmocka_unit_test(test_no_rows_have_no_leaves),
        cmocka_unit_test(test_first_difference_is_found),
        cmocka_unit_test(test_what_is_wrong_in_itself_is_found),
    };
    return cmocka_run_group_tests_name("table_leaves", tests, NULL, NULL);
}
