#include "daemon/fsck/fsck_tables.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/index/row_maker.h"
#include "daemon/index/table_files.h"
#include "daemon/state/cover_find.h"
#include "proto/base/scan.h"
#include "proto/index/row_sorter.h"
#include "proto/sys/tape_file.h"

#define SORTED_IN_MEMORY (1024 * 1024) /* rows: 24 MB */

struct table_check {
    struct fsck_report *report;
    struct store_txn *txn;
    struct index_folder files;
    struct cover cover;
    struct row_maker *maker;
    struct tape tape;
    struct row_sorter *sorter;
    struct buf bytes;
    struct index_table_builder builder;
    /* Of the table being checked: */
    const struct index_table *table;
    int fd;            /* its file; -1: there is none */
    bool file_differs; /* from what the entries give */
};

static enum store_result sort_entries(struct table_check *c)
{
    enum store_result r = STORE_OK;
    int64_t accepted;
    for (uint64_t i = c->table->from; r == STORE_OK && i < c->table->to; i++) {
        buf_clear(&c->bytes);
        r = row_maker_read(c->maker, i, c->txn, &c->bytes, &accepted);
        const struct index_row *row = (const struct index_row *)(const void *)c->bytes.p;
        for (size_t n = 0; r == STORE_OK && n < c->bytes.n / ROW_BYTES; n++)
            if (row_sorter_add(c->sorter, &row[n]) != 0)
                r = STORE_FULL;
    }
    return r;
}

static int compare_part(void *ctx, const struct index_table_file *part, struct span bytes)
{
    struct table_check *c = ctx;
    if (c->fd < 0 || c->file_differs)
        return 0;
    buf_clear(&c->bytes);
    c->file_differs = table_file_read(c->fd, c->table->rows, part, &c->bytes) != 0 ||
                      !span_eq(buf_span(&c->bytes), bytes);
    return 0;
}

static int add_row(void *ctx, const struct index_row *row)
{
    return index_table_builder_add(ctx, row);
}

static void compare_table(struct table_check *c, size_t number, const struct index_table *made)
{
    const struct index_table *t = c->table;
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, t->root.b, HASH_BYTES);
    if (!hash_eq(&made->root, &t->root) || made->rows != t->rows || made->unkeyed != t->unkeyed)
        fsck_found(c->report, "table", c->cover.entry,
                   "table %zu of this index is not what entries %" PRIu64 " to %" PRIu64 " give",
                   number, t->from, t->to - 1);
    else if (c->fd < 0)
        c->report->absent_tables++;
    else if (c->file_differs || !table_file_is_there(&c->files, t))
        fsck_found(c->report, "table", c->cover.entry,
                   "index/%s is damaged: remove it, and the daemon makes it again", hex);
}

static bool check_table(struct table_check *c, size_t number)
{
    struct index_table made;
    c->table = &c->cover.table[number];
    enum store_result r = sort_entries(c);
    if (r != STORE_OK) {
        fsck_found(c->report, r == STORE_DAMAGED ? "store" : "memory", c->cover.entry,
                   "table %zu of this index cannot be computed%s", number,
                   r == STORE_FULL ? ": TMPDIR has no room to sort its rows" : "");
        return false;
    }
    c->fd = table_file_open(&c->files, &c->table->root);
    c->file_differs = c->fd < 0 && errno != ENOENT;
    index_table_builder_begin(&c->builder, compare_part, c);
    bool made_it = row_sorter_end(c->sorter, add_row, &c->builder) == 0 &&
                   index_table_builder_end(&c->builder, &made) == 0;
    if (made_it)
        compare_table(c, number, &made);
    else
        fsck_found(c->report, "memory", c->cover.entry, "table %zu cannot be sorted", number);
    if (c->fd >= 0)
        close(c->fd);
    return made_it;
}

static void check_tables(struct table_check *c)
{
    c->maker = row_maker_new();
    if (tape_file_new(&c->tape, NULL) == 0)
        c->sorter = row_sorter_new(&c->tape, SORTED_IN_MEMORY);
    if (c->maker == NULL || c->sorter == NULL)
        fsck_found(c->report, "memory", NO_ENTRY, "tables cannot be sorted: %s", strerror(errno));
    else
        for (size_t i = 0; i < c->cover.tables && check_table(c, i); i++)
            ;
    row_sorter_free(c->sorter);
    tape_file_close(&c->tape);
    row_maker_free(c->maker);
    buf_free(&c->bytes);
}

void fsck_tables(struct fsck_report *r, struct store_txn *t, const char *dir)
{
    struct table_check *c = calloc(1, sizeof *c);
    if (c == NULL) {
        fsck_found(r, "memory", NO_ENTRY, "out of memory");
        return;
    }
    c->report = r;
    c->txn = t;
    if (cover_find(&c->cover, t, r->size) != STORE_OK)
        fsck_found(r, "store", NO_ENTRY, "the newest index cannot be read");
    else if (c->cover.tables > 0 && table_files_at(&c->files, dir) == 0)
        check_tables(c);
    free(c);
}
