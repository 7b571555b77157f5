/* Finding rows and hashes in a table's files: index_table_find() and the like. */
#include "proto/index/index_table.h"

/* Reads a file that must have the right length. */
static int read_file(struct buf *out, const struct index_table *table, unsigned level, uint64_t n,
                     index_table_read_fn *read, void *ctx)
{
    struct index_table_file f = { .level = level, .n = n };
    size_t bytes = index_table_file_bytes(table->rows, &f);
    buf_clear(out);
    if (bytes == 0 || read(ctx, &table->root, &f, out) != 0)
        return -1;
    return !out->failed && out->n == bytes ? 0 : -1;
}

int index_table_page(struct buf *out, const struct index_row **rows, size_t *n,
                     const struct index_table *table, uint64_t page, index_table_read_fn *read,
                     void *ctx)
{
    if (read_file(out, table, 0, page, read, ctx) != 0)
        return -1;
    *rows = (const struct index_row *)out->p; /* bytes only, of any alignment */
    *n = out->n / ROW_BYTES;
    return 0;
}

/* How many of n things, each of so many bytes and beginning with a row, are lower than a row. */
static size_t lower_than(const uint8_t *things, size_t n, size_t bytes, const struct index_row *row)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (memcmp(things + middle * bytes, row->b, ROW_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int index_table_find(uint64_t *place, const struct index_table *table, const struct index_row *row,
                     index_table_read_fn *read, void *ctx)
{
    struct buf file = { 0 };
    uint64_t n = 0;
    int result = 0;
    *place = 0;
    for (unsigned level = index_table_levels(table->rows); result == 0 && level > 0; level--) {
        result = read_file(&file, table, level, n, read, ctx);
        size_t lower = result != 0 ? 0
                                   : lower_than(file.p, file.n / DIRECTORY_ITEM_BYTES,
                                                DIRECTORY_ITEM_BYTES, row);
        n = n * DIRECTORY_ITEMS + (lower == 0 ? 0 : lower - 1);
    }
    if (result == 0 && table->rows > 0) {
        result = read_file(&file, table, 0, n, read, ctx);
        if (result == 0)
            *place = n * PAGE_ROWS + lower_than(file.p, file.n / ROW_BYTES, ROW_BYTES, row);
    }
    buf_free(&file);
    return result;
}

/* ---- hashes ---------------------------------------------------------------------------------- */

/* The root over the items from `first` on, of a file of that level. */
static void root_of_items(struct hash *out, unsigned level, struct span file, size_t first,
                          size_t n, size_t rows)
{
    struct frontier f = { 0 };
    struct hash leaf, done[64];
    for (size_t i = first; i < first + n; i++) {
        if (level == 0)
            index_row_leaf(&leaf, (const struct index_row *)file.p + i * LEAF_ROWS,
                           index_table_leaf_rows(rows, i));
        else
            memcpy(leaf.b, file.p + i * DIRECTORY_ITEM_BYTES + ROW_BYTES, HASH_BYTES);
        frontier_append(&f, &leaf, done);
    }
    frontier_root(&f, out);
}

/* A subtree is read from the highest file whose items it consists of. RFC 6962 divides a tree so
 * that it lies in one. */
int index_table_subtree(void *index_table_tree, uint64_t from, uint64_t to, struct hash *out)
{
    const struct index_table_tree *tree = index_table_tree;
    uint64_t leaves = index_table_leaves(tree->table->rows);
    uint64_t each = 1, items = PAGE_LEAVES; /* leaves of an item; items of a file */
    unsigned level = 0, levels = index_table_levels(tree->table->rows);
    struct buf file = { 0 };
    if (from >= to || to > leaves)
        return -1;
    while (level < levels && from % (each * items) == 0 &&
           (to % (each * items) == 0 || to == leaves)) {
        each *= items;
        items = DIRECTORY_ITEMS;
        level++;
    }
    uint64_t n = from / each / items, first = from / each % items;
    uint64_t count = (to - from) / each + ((to - from) % each != 0);
    int result =
        first + count > items ? -1 : read_file(&file, tree->table, level, n, tree->read, tree->ctx);
    if (result == 0)
        root_of_items(out, level, buf_span(&file), (size_t)first, (size_t)count,
                      file.n / ROW_BYTES);
    buf_free(&file);
    return result;
}
