#include "proto/recount/table_leaves.h"

#include <stdlib.h>

#include "proto/tlog/shared_proof.h"

/* ---- leaves ---------------------------------------------------------------------------------- */

/* Copies the rows of each leaf. Returns 0 or -1. */
static int read_rows(struct table_leaves *out, const struct said_files *files)
{
    struct buf page = { 0 };
    const struct index_row *row = NULL;
    size_t n = 0, at = 0;
    uint64_t held = 0; /* the page of row */
    int failed = 0;
    for (size_t i = 0; !failed && i < out->shown.leaves; i++) {
        uint64_t leaf = out->leaf[i].number;
        size_t rows = index_table_leaf_rows(files->table->rows, leaf);
        if (row == NULL || leaf / PAGE_LEAVES != held) {
            held = leaf / PAGE_LEAVES;
            failed = index_table_page(&page, &row, &n, files->table, held, files->read, files->ctx);
        }
        out->leaf[i].row = &out->row[at];
        if (!failed)
            memcpy(&out->row[at], &row[leaf % PAGE_LEAVES * LEAF_ROWS], rows * sizeof *row);
        at += rows;
    }
    buf_free(&page);
    return failed;
}

static int put_hash(void *ctx, const struct hash *hash)
{
    struct table_leaves *out = ctx;
    if (out->shown.hashes == TABLE_HASHES_MAX)
        return -1;
    out->proof[out->shown.hashes++] = *hash;
    return 0;
}

int table_leaves_read(struct table_leaves *out, const struct said_files *files, uint64_t from,
                      uint64_t to)
{
    uint64_t index[TABLE_LEAVES_MAX];
    struct index_table_tree tree = { files->table, files->read, files->ctx };
    uint64_t leaves = index_table_leaves(files->table->rows);
    uint64_t last = to == 0 ? 0 : (to - 1) / LEAF_ROWS;
    out->shown =
        (struct shown_rows){ .table = files->table, .leaf = out->leaf, .proof = out->proof };
    for (uint64_t n = from / LEAF_ROWS; n <= last && n < leaves; n++) {
        if (out->shown.leaves == TABLE_LEAVES_MAX)
            return -1;
        index[out->shown.leaves] = n;
        out->leaf[out->shown.leaves++].number = n;
    }
    if (out->shown.leaves == 0)
        return 0;
    if (read_rows(out, files) != 0)
        return -1;
    return shared_proof_make(leaves, index, out->shown.leaves, index_table_subtree, &tree, put_hash,
                             out) == 0
               ? 0
               : -1;
}

int table_leaves_around(struct table_leaves *out, const struct said_files *files,
                        const struct index_row *row)
{
    uint64_t place = 0;
    if (index_table_find(&place, files->table, row, files->read, files->ctx) != 0)
        return -1;
    return table_leaves_read(out, files, place == 0 ? 0 : place - 1, place + 1);
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* The rows of files, in their order. */
struct file_rows {
    const struct said_files *files;
    struct buf page;
    const struct index_row *row;
    size_t n;
    uint64_t place; /* of the next */
};

static int next_of_files(struct file_rows *f, struct index_row *out)
{
    if (f->place == f->files->table->rows)
        return 0;
    if (f->place % PAGE_ROWS == 0 &&
        index_table_page(&f->page, &f->row, &f->n, f->files->table, f->place / PAGE_ROWS,
                         f->files->read, f->files->ctx) != 0)
        return -1;
    *out = f->row[f->place++ % PAGE_ROWS];
    return 1;
}

static void differs(struct table_difference *out, enum table_differs how, uint64_t from,
                    uint64_t to)
{
    out->differs = how;
    out->from = from;
    out->to = to;
}

static bool is_misplaced(const struct index_table *t, const struct index_row *before,
                         const struct index_row *row)
{
    uint64_t entry = index_row_entry(row);
    return entry < t->from || entry >= t->to ||
           (before != NULL && index_row_compare(before, row) >= 0);
}

/* Compares the next row of both. Returns whether they are the same, and there may be more. */
static bool compare_next(struct table_difference *out, struct file_rows *f, struct index_row *said,
                         const struct index_row_source *right, bool first)
{
    struct index_row before = *said;
    uint64_t place = f->place, least = place == 0 ? 0 : place - 1;
    int here = next_of_files(f, said), there = right->next(right->ctx, &out->row);
    if (here < 0 || there < 0)
        differs(out, TABLE_UNREAD, 0, 0);
    else if (here > 0 && is_misplaced(f->files->table, first ? NULL : &before, said))
        differs(out, TABLE_MISPLACES, least, place + 1);
    else if (there > 0 && (here == 0 || index_row_compare(&out->row, said) < 0))
        differs(out, TABLE_LACKS_ROW, least, place + 1);
    else if (here > 0 && (there == 0 || index_row_compare(said, &out->row) < 0)) {
        out->row = *said;
        differs(out, TABLE_ADDS_ROW, place, place + 1);
    }
    return out->differs == TABLE_SAME && here > 0;
}

void table_compare(struct table_difference *out, const struct said_files *files,
                   const struct tape *tape, const struct row_run *run)
{
    struct file_rows f = { .files = files };
    struct row_reader *reader = malloc(sizeof *reader);
    struct index_row said = { 0 };
    uint64_t unkeyed = 0;
    *out = (struct table_difference){ .differs = reader == NULL ? TABLE_UNREAD : TABLE_SAME };
    if (reader == NULL)
        return;
    row_reader_open(reader, tape, run);
    struct index_row_source right = row_reader_source(reader);
    while (compare_next(out, &f, &said, &right, f.place == 0))
        unkeyed += index_row_has_key(&said, &INDEX_UNKEYED);
    if (out->differs == TABLE_SAME && unkeyed != files->table->unkeyed)
        differs(out, TABLE_MISCOUNTS, 0, unkeyed + 1);
    buf_free(&f.page);
    free(reader);
}
