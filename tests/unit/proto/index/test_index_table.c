#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/index/index_table.h"
#include "proto/tlog/shared_proof.h"

/* Rows of different keys, so that no two are equal; some unkeyed. */
static void make_rows(struct index_row *row, size_t n, size_t unkeyed)
{
    struct index_key key = { { 0 } };
    for (size_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < 4; k++)
            key.b[k] = i < unkeyed ? 0 : (uint8_t)((i + 1) >> (24 - 8 * k));
        index_row_set(&row[i], &key, 1000 + i);
    }
}

/* A table's files as a folder has them. */
struct made {
    struct index_table table;
    struct made_file {
        struct index_table_file name;
        struct buf bytes;
    } * file;
    size_t files;
    size_t reads, bad_read; /* the read with that number fails (from 1) */
    size_t shorten;         /* all reads give so many bytes less */
};

static int keep_file(void *made, const struct index_table_file *f, struct span bytes)
{
    struct made *m = made;
    m->file = realloc(m->file, (m->files + 1) * sizeof *m->file);
    assert_non_null(m->file);
    struct made_file *k = &m->file[m->files++];
    *k = (struct made_file){ .name = *f };
    buf_add_span(&k->bytes, bytes);
    return 0;
}

static struct made_file *file_named(struct made *m, unsigned level, uint64_t n)
{
    for (size_t i = 0; i < m->files; i++)
        if (m->file[i].name.level == level && m->file[i].name.n == n)
            return &m->file[i];
    return NULL;
}

static int read_made(void *made, const struct hash *root, const struct index_table_file *f,
                     struct buf *out)
{
    struct made *m = made;
    struct made_file *k = file_named(m, f->level, f->n);
    assert_true(hash_eq(root, &m->table.root));
    assert_non_null(k);
    if (++m->reads == m->bad_read)
        return -1;
    buf_add(out, k->bytes.p, k->bytes.n - m->shorten);
    return 0;
}

static void build(struct made *m, const struct index_row *row, size_t n)
{
    struct index_table_builder *b = malloc(sizeof *b);
    assert_non_null(b);
    memset(b, 0xA5, sizeof *b); /* nothing rests on what was there */
    *m = (struct made){ .table = { .from = 0, .to = 1 } };
    index_table_builder_begin(b, keep_file, m);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(index_table_builder_add(b, &row[i]), 0);
    assert_int_equal(index_table_builder_end(b, &m->table), 0);
    free(b);
}

static void made_free(struct made *m)
{
    for (size_t i = 0; i < m->files; i++)
        buf_free(&m->file[i].bytes);
    free(m->file);
}

/* The root by the text of FORMATS, 24.2, over rows `from` to `to` - 1; from begins a leaf. */
static void plain_root_of_rows(struct hash *out, const struct index_row *row, size_t from,
                               size_t to)
{
    size_t leaves = (to - from + 15) / 16;
    struct hash *leaf = calloc(leaves + 1, sizeof *leaf);
    for (size_t i = 0; i < leaves; i++) {
        size_t at = from + 16 * i, n = to - at < 16 ? to - at : 16;
        hash_leaf(&leaf[i], span_of(&row[at], n * 24));
    }
    plain_root(out, leaf, leaves);
    free(leaf);
}

static const size_t sizes[] = { 0,    1,    15,   16,     17,     1023,   1024,
                                1025, 2048, 5000, 262143, 262144, 262145, 300000 };

static struct index_row *rows;
#define ROWS_MAX 300000

static int make_all(void **state)
{
    (void)state;
    rows = calloc(ROWS_MAX, sizeof *rows);
    assert_non_null(rows);
    make_rows(rows, ROWS_MAX, 7);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    free(rows);
    return 0;
}

/* ---- building ------------------------------------------------------------------------------ */

static void the_root_is_that_of_the_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct made m;
        struct hash want;
        build(&m, rows, sizes[i]);
        plain_root_of_rows(&want, rows, 0, sizes[i]);
        assert_true(hash_eq(&m.table.root, &want));
        assert_int_equal(m.table.rows, sizes[i]);
        assert_int_equal(m.table.unkeyed, sizes[i] < 7 ? sizes[i] : 7);
        made_free(&m);
    }
}

/* What FORMATS, 24.3, says of each file. */
static void check_directory(struct made *m, const struct made_file *k)
{
    size_t below = 1024;
    for (unsigned i = 1; i < k->name.level; i++)
        below *= 256;
    for (size_t i = 0; i < k->bytes.n / 56; i++) {
        size_t first = ((size_t)k->name.n * 256 + i) * below, end = first + below;
        struct hash want;
        plain_root_of_rows(&want, rows, first, end < m->table.rows ? end : (size_t)m->table.rows);
        assert_memory_equal(k->bytes.p + 56 * i, rows[first].b, 24);
        assert_memory_equal(k->bytes.p + 56 * i + 24, want.b, 32);
    }
}

static void the_files_are_those_of_the_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct made m;
        size_t files = 0;
        build(&m, rows, sizes[i]);
        unsigned levels = index_table_levels(sizes[i]);
        for (unsigned level = 0; level <= levels; level++)
            for (uint64_t n = 0; n < index_table_files(sizes[i], level); n++, files++) {
                const struct made_file *k = file_named(&m, level, n);
                assert_non_null(k);
                assert_int_equal(k->bytes.n, index_table_file_bytes(sizes[i], &k->name));
                if (level == 0)
                    assert_memory_equal(k->bytes.p, rows[1024 * n].b, k->bytes.n);
                else
                    check_directory(&m, k);
            }
        assert_int_equal(m.files, files); /* and there is no other */
        made_free(&m);
    }
}

static void sizes_are_those_of_the_format(void **state)
{
    (void)state;
    assert_int_equal(index_table_leaves(0), 0);
    assert_int_equal(index_table_leaves(16), 1);
    assert_int_equal(index_table_leaves(17), 2);
    assert_int_equal(index_table_leaf_rows(17, 0), 16);
    assert_int_equal(index_table_leaf_rows(17, 1), 1);
    assert_int_equal(index_table_leaf_rows(17, 2), 0);
    assert_int_equal(index_table_leaf_rows(17, UINT64_MAX), 0);
    assert_int_equal(index_table_levels(0), 0);
    assert_int_equal(index_table_levels(1024), 0);
    assert_int_equal(index_table_levels(1025), 1);
    assert_int_equal(index_table_levels(262144), 1);
    assert_int_equal(index_table_levels(262145), 2);
    assert_true(index_table_levels(INTEGER_MAX) < DIRECTORY_LEVELS);
    assert_int_equal(index_table_files(262145, 0), 257);
    assert_int_equal(index_table_files(262145, 1), 2);
    assert_int_equal(index_table_files(262145, 2), 1);
    assert_int_equal(index_table_files(262145, 3), 0);
    assert_int_equal(index_table_files(1024, 1), 0);
    const struct index_table_file last = { 1, 1 }, none = { 1, 2 }, page = { 0, 256 };
    assert_int_equal(index_table_file_bytes(262145, &last), 56);
    assert_int_equal(index_table_file_bytes(262145, &none), 0);
    assert_int_equal(index_table_file_bytes(262145, &page), 24);
}

static void rows_ascend(void **state)
{
    struct index_table_builder *b = malloc(sizeof *b);
    (void)state;
    index_table_builder_begin(b, NULL, NULL);
    assert_int_equal(index_table_builder_add(b, &rows[1]), 0);
    assert_int_equal(index_table_builder_add(b, &rows[1]), -1);
    assert_int_equal(index_table_builder_add(b, &rows[0]), -1);
    assert_int_equal(index_table_builder_add(b, &rows[2]), 0);
    free(b);
}

static int no_file(void *left, const struct index_table_file *f, struct span bytes)
{
    (void)f;
    (void)bytes;
    return (*(int *)left)-- == 0 ? 9 : 0;
}

/* Whichever file cannot be taken, the builder says so. */
static void a_file_that_nobody_takes_is_told(void **state)
{
    struct index_table_builder *b = malloc(sizeof *b);
    struct index_table t;
    (void)state;
    for (int fail = 0; fail < 4; fail++) { /* pages 0, 1, 2, then the directory */
        int left = fail, result = 0;
        index_table_builder_begin(b, no_file, &left);
        for (size_t i = 0; i < 2049 && result == 0; i++)
            result = index_table_builder_add(b, &rows[i]);
        assert_int_equal(result, fail < 2 ? 9 : 0);
        if (result == 0)
            assert_int_equal(index_table_builder_end(b, &t), 9);
    }
    free(b);
}

/* Nor can a directory that is full, while rows are added still. */
static void a_directory_that_nobody_takes_is_told_at_once(void **state)
{
    struct index_table_builder *b = malloc(sizeof *b);
    const size_t n = (DIRECTORY_ITEMS + 1) * PAGE_ROWS;
    struct index_row *row = malloc((n + 1) * sizeof *row);
    int left = DIRECTORY_ITEMS + 1, result = 0; /* that many pages are taken */
    size_t added = 0;
    (void)state;
    assert_true(b != NULL && row != NULL);
    make_rows(row, n + 1, 0);
    index_table_builder_begin(b, no_file, &left);
    while (added <= n && result == 0)
        result = index_table_builder_add(b, &row[added++]);
    assert_int_equal(result, 9);
    assert_true(added == n || added == n + 1);
    free(row);
    free(b);
}

/* ---- paths --------------------------------------------------------------------------------- */

#define R "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void paths_are_written_and_read(void **state)
{
    static const struct {
        struct index_table_file f;
        const char *path;
    } good[] = {
        { { 0, 0 }, "index/" R "/000" },
        { { 0, 1234 }, "index/" R "/x001/234" },
        { { 1, 0 }, "index/" R "/1/000" },
        { { 8, 67001 }, "index/" R "/8/x067/001" },
    };
    static const char *const bad[] = {
        "index/" R,
        "index/" R "/",
        "index/" R "/0",
        "index/" R "/00",
        "index/" R "/0000",
        "index/" R "/0/000",
        "index/" R "/9/000",
        "index/" R "/1/",
        "index/" R "/a/000",
        "index/" R "/x000/001",
        "index/" R "/000.p/3",
        "index/" R "/1/000.p/3",
        "index/" R "/000/",
        "index/" R "/1/1/000",
        "index/" R "/-/000",
        "/index/" R "/000",
        "index/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef/000",
        "index/newest",
        "index",
        "",
        "index/" R "-000",
        "index/" R "/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/001",
    };
    struct hash root, want;
    struct index_table_file f;
    char path[INDEX_PATH_MAX];
    (void)state;
    unhex(want.b, sizeof want.b, span_str(R));
    for (size_t i = 0; i < COUNT(good); i++) {
        index_table_path(path, &want, &good[i].f);
        assert_string_equal(path, good[i].path);
        assert_int_equal(index_table_path_parse(&root, &f, span_str(good[i].path)), 0);
        assert_true(hash_eq(&root, &want));
        assert_int_equal(f.level, good[i].f.level);
        assert_int_equal(f.n, good[i].f.n);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(index_table_path_parse(&root, &f, span_str(bad[i])), -1);
    assert_int_equal(index_table_path_parse(&root, &f, span_of("index/" R "/000\0", 75)), -1);
    for (size_t n = 0; n < strlen("index/" R "/000"); n++) /* and nothing behind it is read */
        assert_int_equal(index_table_path_parse(&root, &f, fenced(span_of("index/" R "/000", n))),
                         -1);
}

/* ---- finding ------------------------------------------------------------------------------- */

static void every_row_is_found_and_every_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct made m;
        uint64_t place;
        build(&m, rows, sizes[i]);
        for (size_t k = 0; k<sizes[i]; k += sizes[i]> 4096 ? 511 : 1) {
            struct index_key key;
            struct index_row above;
            memcpy(key.b, rows[k].b, INDEX_KEY_LENGTH);
            index_row_set(&above, &key, index_row_entry(&rows[k]) + 1);
            assert_int_equal(index_table_find(&place, &m.table, &rows[k], read_made, &m), 0);
            assert_int_equal(place, k);
            assert_int_equal(index_table_find(&place, &m.table, &above, read_made, &m), 0);
            assert_int_equal(place, k + 1);
        }
        struct index_row highest;
        memset(&highest, 0xFF, sizeof highest);
        assert_int_equal(index_table_find(&place, &m.table, &highest, read_made, &m), 0);
        assert_int_equal(place, sizes[i]);
        made_free(&m);
    }
}

static void files_that_cannot_be_used_are_told(void **state)
{
    struct made m;
    uint64_t place;
    struct hash hash;
    const struct index_row *row;
    size_t n;
    struct buf page = { 0 };
    (void)state;
    build(&m, rows, 262145);
    struct index_table_tree tree = { &m.table, read_made, &m };
    for (m.bad_read = 1; m.bad_read <= 3; m.bad_read++) { /* two directories and a page */
        m.reads = 0;
        assert_int_equal(index_table_find(&place, &m.table, &rows[5], read_made, &m), -1);
    }
    m.reads = 0;
    m.bad_read = 1;
    assert_int_equal(index_table_subtree(&tree, 0, 64, &hash), -1);
    m.bad_read = 0;
    m.shorten = 1;
    assert_int_equal(index_table_find(&place, &m.table, &rows[5], read_made, &m), -1);
    assert_int_equal(index_table_subtree(&tree, 0, 64, &hash), -1);
    assert_int_equal(index_table_page(&page, &row, &n, &m.table, 0, read_made, &m), -1);
    m.shorten = 0;
    assert_int_equal(index_table_page(&page, &row, &n, &m.table, 256, read_made, &m), 0);
    assert_int_equal(n, 1);
    assert_int_equal(index_row_compare(row, &rows[262144]), 0);
    assert_int_equal(index_table_page(&page, &row, &n, &m.table, 257, read_made, &m), -1);
    buf_free(&page);
    made_free(&m);
}

/* ---- proving ------------------------------------------------------------------------------- */

struct list {
    struct hash hash[512];
    size_t n;
};

static int put_in_list(void *list, const struct hash *hash)
{
    struct list *l = list;
    assert_true(l->n < COUNT(l->hash));
    l->hash[l->n++] = *hash;
    return 0;
}

static void prove(struct made *m, const uint64_t *leaf, size_t n)
{
    struct placed_leaf placed[8];
    struct list l = { .n = 0 };
    struct hash root;
    uint64_t leaves = index_table_leaves(m->table.rows);
    struct index_table_tree tree = { &m->table, read_made, m };
    assert_int_equal(
        shared_proof_make(leaves, leaf, n, index_table_subtree, &tree, put_in_list, &l), 0);
    for (size_t i = 0; i < n; i++) {
        placed[i].index = leaf[i];
        index_row_leaf(&placed[i].leaf, rows + 16 * leaf[i],
                       index_table_leaf_rows(m->table.rows, leaf[i]));
    }
    assert_int_equal(shared_proof_root(&root, leaves, placed, n, l.hash, l.n), 0);
    assert_true(hash_eq(&root, &m->table.root));
}

static void leaves_are_proven_from_the_files(void **state)
{
    (void)state;
    for (size_t i = 1; i < COUNT(sizes); i++) {
        struct made m;
        build(&m, rows, sizes[i]);
        uint64_t last = index_table_leaves(sizes[i]) - 1;
        for (uint64_t k = 0; k <= last; k += last > 400 ? 61 : 1)
            prove(&m, &k, 1);
        if (last >= 3) {
            const uint64_t some[] = { 0, last / 2, last - 1, last };
            prove(&m, some, 4);
        }
        made_free(&m);
    }
}

/* A proof of one leaf reads the page, and one directory of each level. */
static void few_files_are_read_for_a_proof(void **state)
{
    struct made m;
    uint64_t leaf = 64 * 200 + 3;
    struct list l = { .n = 0 };
    (void)state;
    build(&m, rows, 300000);
    struct index_table_tree tree = { &m.table, read_made, &m };
    for (size_t i = 0; i < m.files; i++) {
        const struct index_table_file *f = &m.file[i].name;
        if (!(f->level == 0 && f->n == 200) && !(f->level == 1 && f->n == 0) && f->level != 2)
            m.file[i].bytes.n = 0; /* must not be looked at */
    }
    assert_int_equal(shared_proof_make(index_table_leaves(300000), &leaf, 1, index_table_subtree,
                                       &tree, put_in_list, &l),
                     0);
    made_free(&m);
}

static void what_is_no_subtree_is_none(void **state)
{
    struct made m;
    struct hash hash;
    (void)state;
    build(&m, rows, 5000);
    struct index_table_tree tree = { &m.table, read_made, &m };
    assert_int_equal(index_table_subtree(&tree, 3, 3, &hash), -1);
    assert_int_equal(index_table_subtree(&tree, 0, 314, &hash), -1); /* 313 leaves */
    assert_int_equal(index_table_subtree(&tree, 60, 70, &hash), -1); /* over two pages */
    assert_int_equal(index_table_subtree(&tree, 0, 313, &hash), 0);
    assert_true(hash_eq(&hash, &m.table.root));
    made_free(&m);
    build(&m, rows, 20); /* two leaves in one page */
    assert_int_equal(index_table_subtree(&tree, 0, 2, &hash), 0);
    assert_int_equal(index_table_subtree(&tree, 0, 3, &hash), -1);
    assert_int_equal(index_table_subtree(&tree, 2, 3, &hash), -1);
    made_free(&m);
}

/* As a file that was read whole, and could not be closed. */
static int read_and_fail(void *made, const struct hash *root, const struct index_table_file *f,
                         struct buf *out)
{
    read_made(made, root, f, out);
    return -1;
}

static void what_a_failed_read_gave_is_not_used(void **state)
{
    struct made m;
    struct hash hash;
    uint64_t place;
    (void)state;
    build(&m, rows, 5000);
    struct index_table_tree tree = { &m.table, read_and_fail, &m };
    assert_int_equal(index_table_subtree(&tree, 0, 313, &hash), -1);
    assert_int_equal(index_table_find(&place, &m.table, &rows[5], read_and_fail, &m), -1);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_is_that_of_the_rows),
        cmocka_unit_test(the_files_are_those_of_the_format),
        cmocka_unit_test(sizes_are_those_of_the_format),
        cmocka_unit_test(rows_ascend),
        cmocka_unit_test(a_file_that_nobody_takes_is_told),
        cmocka_unit_test(a_directory_that_nobody_takes_is_told_at_once),
        cmocka_unit_test(paths_are_written_and_read),
        cmocka_unit_test(every_row_is_found_and_every_gap),
        cmocka_unit_test(files_that_cannot_be_used_are_told),
        cmocka_unit_test(leaves_are_proven_from_the_files),
        cmocka_unit_test(few_files_are_read_for_a_proof),
        cmocka_unit_test(what_is_no_subtree_is_none),
        cmocka_unit_test(what_a_failed_read_gave_is_not_used),
    };
    return cmocka_run_group_tests(tests, make_all, free_all);
}
