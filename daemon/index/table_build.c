#include "daemon/index/table_build.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/index/table_writer.h"
#include "proto/index/row_sorter.h"
#include "proto/sys/tape_file.h"

#define SORTED_IN_MEMORY (256 * 1024) /* rows: 6 MB */
#define ROWS_AT_ONCE (16 * 1024)      /* between two calls of between() */

static bool has_room(const struct table_job *job, uint64_t bytes)
{
    uint64_t room = store_room(job->store);
    return room >= job->min_free && room - job->min_free >= bytes;
}

static bool told_to_stop(const struct table_job *job)
{
    return job->between != NULL && job->between(job->ctx) != 0;
}

static enum build_result result_of_disk(void)
{
    return errno == ENOSPC || errno == EDQUOT ? BUILD_FULL
           : errno == ENOMEM                  ? BUILD_MEMORY
                                              : BUILD_DISK;
}

/* ---- the file, from ascending rows ----------------------------------------------------------- */

struct table_making {
    const struct table_job *job;
    struct table_writer writer;
    struct index_table_builder builder;
    uint64_t rows; /* so far */
    bool stopped;
};

static int take_row(void *ctx, const struct index_row *row)
{
    struct table_making *m = ctx;
    if (++m->rows % ROWS_AT_ONCE == 0) {
        m->stopped = told_to_stop(m->job);
        if (m->stopped)
            return 1;
        errno = 0; /* other work may have left something */
    }
    return index_table_builder_add(&m->builder, row);
}

/* Gives all rows to take_row(). */
typedef int give_rows_fn(void *ctx, struct table_making *m);

/* Writes the rows that `give` gives, which are `rows`, and keeps the file if good() says so, which
 * is asked when all were read. */
static enum build_result write_table(struct index_table *out, const struct table_job *job,
                                     uint64_t rows, give_rows_fn *give,
                                     enum build_result (*good)(void *ctx), void *ctx)
{
    struct table_making *m = calloc(1, sizeof *m);
    if (m == NULL)
        return BUILD_MEMORY;
    m->job = job;
    if (!has_room(job, table_file_bytes(rows))) {
        free(m);
        return BUILD_FULL;
    }
    if (table_writer_open(&m->writer, job->files, rows) != 0) {
        free(m);
        return result_of_disk();
    }
    index_table_builder_begin(&m->builder, table_writer_put, &m->writer);
    errno = 0;
    enum build_result r = BUILD_DONE;
    if (give(ctx, m) != 0 || index_table_builder_end(&m->builder, out) != 0)
        r = m->stopped ? BUILD_STOPPED : errno == 0 ? BUILD_DAMAGED : result_of_disk();
    if (r == BUILD_DONE)
        r = out->rows != rows ? BUILD_DAMAGED : good(ctx);
    if (r != BUILD_DONE)
        table_writer_drop(&m->writer);
    else if (table_writer_keep(&m->writer, &out->root) != 0)
        r = result_of_disk();
    free(m);
    return r;
}

/* ---- from entries ---------------------------------------------------------------------------- */

struct entry_rows {
    const struct table_job *job;
    struct row_maker *maker;
    struct tape tape;
    struct row_sorter *sorter;
    uint64_t rows;
    struct buf buf; /* of a few entries */
};

/* Rows of entries that are on the disk as a full bundle, from `from` on, at most up to `to`. Sets
 * *next to the first that it did not read. */
static enum store_result rows_of_bundle(struct entry_rows *e, struct store_txn *t, uint64_t from,
                                        uint64_t to, uint64_t *next)
{
    struct span hashes, bundle, entry[TILE_WIDTH];
    int64_t accepted;
    struct hash leaf;
    uint64_t first = from / TILE_WIDTH * TILE_WIDTH;
    enum store_result r = store_bundle(t, from / TILE_WIDTH, &hashes, &bundle);
    *next = from;
    if (r != STORE_OK)
        return r;
    if (bundle_split(entry, TILE_WIDTH, bundle) != TILE_WIDTH)
        return STORE_DAMAGED;
    for (; r == STORE_OK && *next < to && *next < first + TILE_WIDTH; ++*next) {
        memcpy(leaf.b, hashes.p + (*next - first) * HASH_BYTES, HASH_BYTES);
        r = row_maker_add_bytes(e->maker, *next, entry[*next - first], &leaf, t, &e->buf,
                                &accepted);
    }
    return r == STORE_ABSENT ? STORE_DAMAGED : r;
}

/* The same for any entries, TILE_WIDTH at most. */
static enum store_result read_some(struct entry_rows *e, uint64_t from, uint64_t to, uint64_t *next)
{
    struct store_txn *t;
    int64_t accepted;
    buf_clear(&e->buf);
    enum store_result r = store_begin(&t, e->job->store, STORE_READ);
    if (r != STORE_OK)
        return r;
    r = rows_of_bundle(e, t, from, to, next);
    if (r == STORE_ABSENT)
        for (r = STORE_OK; r == STORE_OK && *next < to && *next < from + TILE_WIDTH; ++*next)
            r = row_maker_read(e->maker, *next, t, &e->buf, &accepted);
    store_end(t);
    return r;
}

static enum build_result result_of_store(enum store_result r)
{
    return r == STORE_OK        ? BUILD_DONE
           : r == STORE_MEMORY  ? BUILD_MEMORY
           : r == STORE_DAMAGED ? BUILD_STORE
                                : BUILD_UNREAD;
}

static enum build_result sort_rows(struct entry_rows *e, struct span rows)
{
    const struct index_row *row = (const struct index_row *)(const void *)rows.p;
    size_t n = rows.n / ROW_BYTES;
    for (size_t i = 0; i < n; i++) {
        errno = 0;
        if (row_sorter_add(e->sorter, &row[i]) != 0)
            return errno == 0 ? BUILD_MEMORY : result_of_disk();
    }
    e->rows += n;
    return BUILD_DONE;
}

static enum build_result add_entries(struct entry_rows *e, uint64_t from, uint64_t to)
{
    enum build_result r = BUILD_DONE;
    while (r == BUILD_DONE && from < to) {
        if (told_to_stop(e->job))
            return BUILD_STOPPED;
        if (!has_room(e->job, 2 * e->rows * ROW_BYTES)) /* the file, and what is being sorted */
            return BUILD_FULL;
        r = result_of_store(read_some(e, from, to, &from));
        if (r == BUILD_DONE)
            r = sort_rows(e, buf_span(&e->buf));
    }
    return r;
}

/* Those whose rows could not be made as they came. */
static enum build_result add_unread(struct entry_rows *e, const struct fresh_block *block)
{
    enum build_result r = BUILD_DONE;
    uint64_t index;
    for (size_t at = 0; r == BUILD_DONE && at + sizeof index <= block->unread.n;
         at += sizeof index) {
        memcpy(&index, block->unread.p + at, sizeof index);
        r = add_entries(e, index, index + 1);
    }
    return r;
}

static int give_sorted(void *ctx, struct table_making *m)
{
    struct entry_rows *e = ctx;
    return row_sorter_end(e->sorter, take_row, m);
}

static enum build_result always_good(void *ctx)
{
    (void)ctx;
    return BUILD_DONE;
}

static enum build_result build(struct index_table *out, struct entry_rows *e, uint64_t from,
                               uint64_t to, const struct fresh_block *block)
{
    enum build_result r = add_entries(e, from, block == NULL ? to : block->from);
    if (r == BUILD_DONE && block != NULL)
        r = sort_rows(e, buf_span(&block->rows));
    if (r == BUILD_DONE && block != NULL)
        r = add_unread(e, block);
    if (r == BUILD_DONE)
        r = write_table(out, e->job, e->rows, give_sorted, always_good, e);
    out->from = from;
    out->to = to;
    return r;
}

enum build_result table_build(struct index_table *out, const struct table_job *job,
                              struct row_maker *maker, uint64_t from, uint64_t to,
                              const struct fresh_block *block)
{
    struct entry_rows e = { .job = job, .maker = maker };
    enum build_result r = BUILD_MEMORY;
    if (tape_file_new(&e.tape, job->files->path) != 0)
        return result_of_disk();
    e.sorter = row_sorter_new(&e.tape, SORTED_IN_MEMORY);
    if (e.sorter != NULL)
        r = build(out, &e, from, to, block);
    row_sorter_free(e.sorter);
    tape_file_close(&e.tape);
    buf_free(&e.buf);
    return r;
}

/* ---- of tables ------------------------------------------------------------------------------- */

struct table_merging {
    const struct index_table *table;
    size_t n;
    struct table_reader *reader; /* n of them */
};

static int give_merged(void *ctx, struct table_making *m)
{
    const struct table_merging *g = ctx;
    struct index_row_source source[TABLES_MAX];
    for (size_t i = 0; i < g->n; i++)
        source[i] = table_reader_source(&g->reader[i]);
    return index_rows_merge(source, g->n, take_row, m);
}

/* Nothing is made of rows that are not those of the tables that were signed. */
static enum build_result are_right(void *ctx)
{
    const struct table_merging *g = ctx;
    struct hash root;
    for (size_t i = 0; i < g->n; i++) {
        table_reader_root(&g->reader[i], &root);
        if (!hash_eq(&root, &g->table[i].root))
            return BUILD_DAMAGED;
    }
    return BUILD_DONE;
}

/* Opens all of them, and sets *rows to how many rows they have together. */
static enum build_result open_readers(struct table_merging *g, const struct table_job *job,
                                      uint64_t *rows)
{
    *rows = 0;
    for (size_t i = 0; i < g->n; i++)
        g->reader[i].fd = -1;
    for (size_t i = 0; i < g->n; i++) {
        if (table_reader_open(&g->reader[i], job->files, &g->table[i]) != 0)
            return errno == ENOENT ? BUILD_DAMAGED : result_of_disk();
        *rows += g->table[i].rows;
    }
    return BUILD_DONE;
}

enum build_result table_merge(struct index_table *out, const struct table_job *job,
                              const struct index_table *table, size_t n)
{
    struct table_merging g = { .table = table, .n = n, .reader = calloc(n, sizeof *g.reader) };
    uint64_t rows;
    if (g.reader == NULL)
        return BUILD_MEMORY;
    enum build_result r = open_readers(&g, job, &rows);
    if (r == BUILD_DONE)
        r = write_table(out, job, rows, give_merged, are_right, &g);
    for (size_t i = 0; i < n; i++)
        if (g.reader[i].failed)
            r = BUILD_DAMAGED;
    out->from = table[0].from;
    out->to = table[n - 1].to;
    for (size_t i = 0; i < n; i++)
        table_reader_close(&g.reader[i]);
    free(g.reader);
    return r;
}

static int look_at_row(void *ctx, const struct index_row *row)
{
    (void)ctx;
    (void)row;
    return 0;
}

bool table_is_right(const struct index_folder *files, const struct index_table *table)
{
    struct table_reader *reader = calloc(1, sizeof *reader);
    struct hash root;
    if (reader == NULL)
        return false;
    bool right = table_reader_open(reader, files, table) == 0;
    if (right) {
        const struct index_row_source source = table_reader_source(reader);
        right = index_rows_merge(&source, 1, look_at_row, NULL) == 0;
        table_reader_root(reader, &root);
        right = right && hash_eq(&root, &table->root);
        table_reader_close(reader);
    }
    free(reader);
    return right;
}
