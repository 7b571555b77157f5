#include "proto/index/index_table.h"

#include <stdio.h>

#include "proto/base/scan.h"
#include "proto/tlog/tile.h"

/* ---- sizes ----------------------------------------------------------------------------------- */

static uint64_t divide_up(uint64_t n, uint64_t by)
{
    return n / by + (n % by != 0);
}

uint64_t index_table_leaves(uint64_t rows)
{
    return divide_up(rows, LEAF_ROWS);
}

/* How many of `all` things fall to group n, where each has so many. */
static size_t share(uint64_t all, uint64_t n, size_t each)
{
    uint64_t before = n > all / each ? all : n * each;
    return all - before < each ? (size_t)(all - before) : each;
}

size_t index_table_leaf_rows(uint64_t rows, uint64_t leaf)
{
    return share(rows, leaf, LEAF_ROWS);
}

uint64_t index_table_files(uint64_t rows, unsigned level)
{
    uint64_t n = divide_up(rows, PAGE_ROWS);
    for (unsigned i = 0; i < level; i++)
        n = n <= 1 ? 0 : divide_up(n, DIRECTORY_ITEMS);
    return n;
}

unsigned index_table_levels(uint64_t rows)
{
    unsigned level = 0;
    while (index_table_files(rows, level) > 1)
        level++;
    return level;
}

size_t index_table_file_bytes(uint64_t rows, const struct index_table_file *f)
{
    if (f->n >= index_table_files(rows, f->level))
        return 0;
    if (f->level == 0)
        return share(rows, f->n, PAGE_ROWS) * ROW_BYTES;
    return share(index_table_files(rows, f->level - 1), f->n, DIRECTORY_ITEMS) *
           DIRECTORY_ITEM_BYTES;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* N is written as in a tile's path, and read by the same function. */
void index_table_path(char out[INDEX_PATH_MAX], const struct hash *root,
                      const struct index_table_file *f)
{
    const struct tile number = { .level = 0, .n = f->n, .width = TILE_WIDTH };
    char hex[2 * HASH_BYTES + 1], path[TILE_PATH_MAX], level[16] = "";
    hex_format(hex, root->b, HASH_BYTES);
    tile_path(path, &number);
    if (f->level > 0)
        snprintf(level, sizeof level, "%u/", f->level);
    snprintf(out, INDEX_PATH_MAX, "index/%s/%s%s", hex, level, path + strlen("tile/0/"));
}

int index_table_path_parse(struct hash *root, struct index_table_file *f, struct span path)
{
    const size_t before = strlen("index/") + 2 * HASH_BYTES + 1;
    char number[TILE_PATH_MAX], own[INDEX_PATH_MAX];
    struct tile t;
    *f = (struct index_table_file){ 0 };
    if (path.n <= before + 1 || !span_starts(path, "index/") ||
        hex_parse(root->b, HASH_BYTES, span_of(path.p + strlen("index/"), 2 * HASH_BYTES)) != 0)
        return -1;
    struct span rest = span_of(path.p + before, path.n - before);
    if (rest.p[1] == '/') {
        f->level = (unsigned)(rest.p[0] - '0');
        rest = span_of(rest.p + 2, rest.n - 2);
    }
    int n = snprintf(number, sizeof number, "tile/0/%.*s", (int)rest.n, (const char *)rest.p);
    if (f->level > DIRECTORY_LEVELS || rest.n >= sizeof number || n < 0 ||
        tile_path_parse(&t, span_str(number)) != 0)
        return -1;
    f->n = t.n;
    /* Canonical iff it is what we would have written. */
    index_table_path(own, root, f);
    return span_is(path, own) ? 0 : -1;
}

/* ---- building -------------------------------------------------------------------------------- */

void index_table_builder_begin(struct index_table_builder *b, index_table_file_fn *file, void *ctx)
{
    b->rows = b->unkeyed = 0;
    b->file = file;
    b->ctx = ctx;
    for (unsigned i = 0; i < DIRECTORY_LEVELS; i++) {
        b->directory[i].items = 0;
        b->directory[i].full = 0;
        b->directory[i].below.size = 0;
    }
}

static int hand_out(struct index_table_builder *b, unsigned level, uint64_t n, struct span bytes)
{
    struct index_table_file f = { .level = level, .n = n };
    return b->file == NULL ? 0 : b->file(b->ctx, &f, bytes);
}

static int add_item(struct index_table_builder *b, unsigned level, const uint8_t *first_row,
                    const struct hash *root);

/* Hands out a directory, and lists it in the one above it. */
static int end_directory(struct index_table_builder *b, unsigned level)
{
    struct index_directory *d = &b->directory[level - 1];
    struct hash root;
    frontier_root(&d->below, &root);
    int stop = hand_out(b, level, d->full, span_of(d->bytes, d->items * DIRECTORY_ITEM_BYTES));
    if (stop == 0)
        stop = add_item(b, level + 1, d->bytes, &root);
    d->full++;
    d->items = 0;
    d->below.size = 0;
    return stop;
}

/* A full directory is handed out with the item that follows it: then there are two, and so one
 * above them. */
static int add_item(struct index_table_builder *b, unsigned level, const uint8_t *first_row,
                    const struct hash *root)
{
    struct index_directory *d = &b->directory[level - 1];
    struct hash done[64];
    int stop = d->items == DIRECTORY_ITEMS ? end_directory(b, level) : 0;
    if (stop != 0)
        return stop;
    uint8_t *item = d->bytes + d->items++ * DIRECTORY_ITEM_BYTES;
    memcpy(item, first_row, ROW_BYTES);
    memcpy(item + ROW_BYTES, root->b, HASH_BYTES);
    frontier_append(&d->below, root, done);
    return 0;
}

/* The root over the leaves of some rows, which begin with a leaf's first. */
static void root_of_rows(struct hash *out, const struct index_row *rows, size_t n)
{
    struct frontier f = { 0 };
    struct hash leaf, done[64];
    for (size_t at = 0; at < n; at += LEAF_ROWS) {
        index_row_leaf(&leaf, rows + at, n - at < LEAF_ROWS ? n - at : LEAF_ROWS);
        frontier_append(&f, &leaf, done);
    }
    frontier_root(&f, out);
}

static int end_page(struct index_table_builder *b)
{
    size_t n = share(b->rows, divide_up(b->rows, PAGE_ROWS) - 1, PAGE_ROWS);
    struct hash root;
    root_of_rows(&root, b->page, n);
    int stop = hand_out(b, 0, divide_up(b->rows, PAGE_ROWS) - 1, span_of(b->page, n * ROW_BYTES));
    return stop != 0 ? stop : add_item(b, 1, b->page[0].b, &root);
}

int index_table_builder_add(struct index_table_builder *b, const struct index_row *row)
{
    size_t at = b->rows % PAGE_ROWS;
    if (b->rows > 0 && index_row_compare(row, &b->last) <= 0)
        return -1;
    b->last = b->page[at] = *row;
    b->unkeyed += index_row_has_key(row, &INDEX_UNKEYED);
    b->rows++;
    return at == PAGE_ROWS - 1 ? end_page(b) : 0;
}

int index_table_builder_end(struct index_table_builder *b, struct index_table *out)
{
    unsigned levels = index_table_levels(b->rows);
    int stop = b->rows % PAGE_ROWS != 0 ? end_page(b) : 0;
    for (unsigned level = 1; stop == 0 && level <= levels; level++)
        stop = end_directory(b, level);
    out->rows = b->rows;
    out->unkeyed = b->unkeyed;
    frontier_root(&b->directory[levels].below, &out->root); /* of one item: the highest file */
    return stop;
}
