/* table_build.h, table_files.h, row_maker.h over a store that is only memory: a table is what its
 * entries give, however it came about; what fails leaves nothing. */
#include "daemon/index/table_build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define ENTRIES 700

struct yard {
    struct world *world;
    char dir[32];
    struct index_folder files;
    struct row_maker *maker;
    struct table_job job;
    int stop_after; /* calls of between() */
};

static int between(void *ctx)
{
    struct yard *y = ctx;
    return y->stop_after-- == 0;
}

static int yard_open(void **state)
{
    struct yard *y = calloc(1, sizeof *y);
    y->world = world_new(ENTRIES);
    strcpy(y->dir, "/tmp/bitacora-unit.XXXXXX");
    assert_non_null(mkdtemp(y->dir));
    assert_int_equal(table_files_open(&y->files, y->dir), 0);
    assert_int_equal(table_files_open(&y->files, y->dir), 0);
    y->maker = row_maker_new();
    y->stop_after = -1;
    y->job = (struct table_job){
        .files = &y->files, .store = y->world->service.store, .between = between, .ctx = y
    };
    *state = y;
    return 0;
}

static bool nobody_needs(void *ctx, const struct hash *root)
{
    (void)ctx;
    (void)root;
    return false;
}

static int files_in(const char *path)
{
    DIR *dir = opendir(path);
    int n = -2; /* . and .. */
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

static int yard_close(void **state)
{
    struct yard *y = *state;
    table_files_sweep(&y->files, nobody_needs, NULL);
    assert_int_equal(files_in(y->files.path), 0);
    assert_int_equal(rmdir(y->files.path), 0);
    assert_int_equal(rmdir(y->dir), 0);
    row_maker_free(y->maker);
    world_free(y->world);
    free(y);
    return 0;
}

/* ---- what a table must be, from the log in memory -------------------------------------------- */

static enum named_entry_result read_log(void *ctx, uint64_t index, struct span *bytes,
                                        struct hash *leaf)
{
    const struct log *l = ctx;
    *bytes = buf_span(&l->entry[index]);
    *leaf = l->leaf[index];
    return NAMED_FOUND;
}

static int by_bytes(const void *a, const void *b)
{
    return index_row_compare(a, b);
}

/* The rows of some entries, sorted. */
static void plain_rows(struct buf *out, struct log *l, uint64_t from, uint64_t to)
{
    struct entry_keys keys = { 0 };
    for (uint64_t i = from; i < to; i++) {
        assert_int_equal(entry_keys_read(&keys, i, buf_span(&l->entry[i]), read_log, l),
                         NAMED_FOUND);
        for (size_t k = 0; k < keys.n; k++) {
            struct index_row row;
            index_row_set(&row, &keys.key[k], i);
            buf_add(out, &row, sizeof row);
        }
    }
    entry_keys_free(&keys);
    qsort(out->p, out->n / ROW_BYTES, ROW_BYTES, by_bytes);
}

static void plain_table_root(struct hash *out, const struct buf *rows)
{
    size_t n = rows->n / ROW_BYTES, leaves = (n + LEAF_ROWS - 1) / LEAF_ROWS;
    struct hash *leaf = calloc(leaves, sizeof *leaf);
    for (size_t i = 0; i < leaves; i++) {
        size_t here = n - i * LEAF_ROWS < LEAF_ROWS ? n - i * LEAF_ROWS : LEAF_ROWS;
        struct buf bytes = { 0 };
        buf_add_u8(&bytes, 0);
        buf_add(&bytes, rows->p + i * LEAF_ROWS * ROW_BYTES, here * ROW_BYTES);
        hash_bytes(&leaf[i], buf_span(&bytes));
        buf_free(&bytes);
    }
    plain_root(out, leaf, leaves);
    free(leaf);
}

/* That a table is that of its entries, and its file begins with its rows. */
static void expect_right(struct yard *y, const struct index_table *t, uint64_t from, uint64_t to)
{
    struct buf rows = { 0 }, file = { 0 };
    struct hash root;
    plain_rows(&rows, &y->world->log, from, to);
    plain_table_root(&root, &rows);
    assert_int_equal(t->from, from);
    assert_int_equal(t->to, to);
    assert_int_equal(t->rows, rows.n / ROW_BYTES);
    assert_int_equal(t->unkeyed, 0);
    assert_true(hash_eq(&t->root, &root));
    assert_true(table_file_is_there(&y->files, t));
    assert_true(table_is_right(&y->files, t));
    int fd = table_file_open(&y->files, &t->root);
    assert_true(fd >= 0);
    assert_int_equal(table_file_rows(fd), t->rows);
    for (uint64_t n = 0; n < index_table_files(t->rows, 0); n++)
        assert_int_equal(
            table_file_read(fd, t->rows, &(struct index_table_file){ .level = 0, .n = n }, &file),
            0);
    assert_true(span_eq(buf_span(&file), buf_span(&rows)));
    close(fd);
    buf_free(&rows);
    buf_free(&file);
}

static struct index_table build(struct yard *y, uint64_t from, uint64_t to)
{
    struct index_table t;
    assert_int_equal(table_build(&t, &y->job, y->maker, from, to, NULL), BUILD_DONE);
    return t;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void a_table_is_what_its_entries_give(void **state)
{
    static const uint64_t range[][2] = { { 0, 1 },     { 0, ENTRIES }, { 256, 512 },
                                         { 255, 513 }, { 3, 9 },       { 650, ENTRIES } };
    struct yard *y = *state;
    for (size_t i = 0; i < COUNT(range); i++) {
        struct index_table t = build(y, range[i][0], range[i][1]);
        expect_right(y, &t, range[i][0], range[i][1]);
    }
}

static void rows_at_hand_make_the_same(void **state)
{
    struct yard *y = *state;
    struct fresh_block block = { .from = 300, .to = ENTRIES };
    struct index_table t;
    struct buf rows = { 0 };
    plain_rows(&rows, &y->world->log, 300, ENTRIES);
    /* Those of two entries are not at hand. */
    for (size_t i = 0; i < rows.n / ROW_BYTES; i++) {
        const struct index_row *row = (const struct index_row *)(const void *)rows.p + i;
        uint64_t entry = index_row_entry(row);
        if (entry != 400 && entry != 699)
            buf_add(&block.rows, row, sizeof *row);
    }
    buf_add(&block.unread, &(uint64_t){ 400 }, sizeof(uint64_t));
    buf_add(&block.unread, &(uint64_t){ 699 }, sizeof(uint64_t));
    assert_int_equal(table_build(&t, &y->job, y->maker, 100, ENTRIES, &block), BUILD_DONE);
    expect_right(y, &t, 100, ENTRIES);
    fresh_block_free(&block);
    buf_free(&rows);
}

static void merged_tables_are_the_same(void **state)
{
    struct yard *y = *state;
    struct index_table part[3] = { build(y, 0, 1), build(y, 1, 256), build(y, 256, ENTRIES) };
    struct index_table t;
    assert_int_equal(table_merge(&t, &y->job, part, 3), BUILD_DONE);
    expect_right(y, &t, 0, ENTRIES);
    assert_int_equal(files_in(y->files.path), 4);
    table_file_remove(&y->files, &part[0].root);
    table_file_remove(&y->files, &part[0].root);
    assert_false(table_file_is_there(&y->files, &part[0]));
    assert_int_equal(table_merge(&t, &y->job, part, 3), BUILD_DAMAGED);
}

static void damage(struct yard *y, const struct index_table *t, off_t at)
{
    char path[TABLE_PATH_MAX];
    uint8_t byte;
    table_file_path(&y->files, path, &t->root);
    int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Whichever bit it is: no table is made of rows that are not those that were signed. */
static void damaged_tables_are_not_merged(void **state)
{
    struct yard *y = *state;
    struct index_table part[2] = { build(y, 0, 40), build(y, 40, 90) }, t;
    int before = files_in(y->files.path);
    for (off_t at = 0; at < (off_t)(part[1].rows * ROW_BYTES); at += 7) {
        damage(y, &part[1], at);
        assert_false(table_is_right(&y->files, &part[1]));
        assert_int_equal(table_merge(&t, &y->job, part, 2), BUILD_DAMAGED);
        assert_int_equal(files_in(y->files.path), before);
        damage(y, &part[1], at);
    }
    assert_int_equal(table_merge(&t, &y->job, part, 2), BUILD_DONE);
    expect_right(y, &t, 0, 90);
}

/* A file that was cut off, and one that cannot be read at all, as on a disk that is damaged there. */
static void tables_that_end_early_are_not_merged(void **state)
{
    struct yard *y = *state;
    struct index_table part[2] = { build(y, 0, 40), build(y, 40, 90) }, t;
    char path[TABLE_PATH_MAX];
    table_file_path(&y->files, path, &part[1].root);
    assert_int_equal(truncate(path, 25), 0);
    assert_int_equal(table_merge(&t, &y->job, part, 2), BUILD_DAMAGED);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(table_merge(&t, &y->job, part, 2), BUILD_DAMAGED);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(table_merge(&t, &y->job, part, 2), BUILD_DAMAGED);
    assert_false(table_is_right(&y->files, &part[1]));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(files_in(y->files.path), 1);
}

static void nothing_is_left_of_what_failed(void **state)
{
    struct yard *y = *state;
    struct index_table t;
    y->stop_after = 1;
    assert_int_equal(table_build(&t, &y->job, y->maker, 0, ENTRIES, NULL), BUILD_STOPPED);
    y->stop_after = -1;
    y->job.min_free = 1000000;
    store_fake_set_room(y->world->service.store, 1000100);
    assert_int_equal(table_build(&t, &y->job, y->maker, 0, ENTRIES, NULL), BUILD_FULL);
    store_fake_set_room(y->world->service.store, 999999);
    assert_int_equal(table_build(&t, &y->job, y->maker, 0, 1, NULL), BUILD_FULL);
    store_fake_set_room(y->world->service.store, UINT64_MAX);
    for (unsigned nth = 1;; nth++) {
        static const enum store_result fault[] = { STORE_IO, STORE_MEMORY, STORE_DAMAGED };
        static const enum build_result result[] = { BUILD_UNREAD, BUILD_MEMORY, BUILD_STORE };
        enum store_result said = fault[nth % COUNT(fault)];
        store_fake_fail(y->world->service.store, nth, said, false);
        enum build_result r = table_build(&t, &y->job, y->maker, 500, 520, NULL);
        if (!store_fake_failed(y->world->service.store))
            break;
        assert_int_equal(r, result[nth % COUNT(result)]);
        assert_int_equal(files_in(y->files.path), 0);
    }
    store_fake_fail(y->world->service.store, 0, STORE_OK, false);
    expect_right(y, &t, 500, 520);
}

static void a_folder_that_is_gone(void **state)
{
    struct yard *y = *state;
    struct index_table t;
    assert_int_equal(rmdir(y->files.path), 0);
    assert_int_equal(table_build(&t, &y->job, y->maker, 0, ENTRIES, NULL), BUILD_DISK);
    assert_int_equal(mkdir(y->files.path, 0700), 0);
}

static void places_in_a_file(void **state)
{
    static const uint64_t rows[] = { 0, 1, 1024, 1025, 262144, 262145, 100000000 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t end = 0;
        for (unsigned level = 0; level <= index_table_levels(rows[i]); level++)
            for (uint64_t n = 0; n < index_table_files(rows[i], level); n++) {
                const struct index_table_file f = { .level = level, .n = n };
                assert_int_equal(table_file_place(rows[i], &f), end);
                end += index_table_file_bytes(rows[i], &f);
            }
        assert_int_equal(table_file_bytes(rows[i]), end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_table_is_what_its_entries_give, yard_open, yard_close),
        cmocka_unit_test_setup_teardown(rows_at_hand_make_the_same, yard_open, yard_close),
        cmocka_unit_test_setup_teardown(merged_tables_are_the_same, yard_open, yard_close),
        cmocka_unit_test_setup_teardown(damaged_tables_are_not_merged, yard_open, yard_close),
        cmocka_unit_test_setup_teardown(tables_that_end_early_are_not_merged, yard_open,
                                        yard_close),
        cmocka_unit_test_setup_teardown(nothing_is_left_of_what_failed, yard_open, yard_close),
        cmocka_unit_test_setup_teardown(a_folder_that_is_gone, yard_open, yard_close),
        cmocka_unit_test(places_in_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
