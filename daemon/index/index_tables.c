#include <errno.h>
#include <string.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/index/indexer_state.h"
#include "daemon/state/cover_find.h"
#include "daemon/witnesses/feed.h"
#include "proto/base/scan.h"
#include "proto/sys/clock.h"

uint64_t index_end(const struct indexer *ix)
{
    return ix->slots == 0 ? 0 : ix->slot[ix->slots - 1].table.to;
}

/* Tells what went wrong with a table. Returns false. */
static bool build_failed(struct indexer *ix, enum build_result r)
{
    switch (r) {
    case BUILD_DONE:
    case BUILD_STOPPED:
        break;
    case BUILD_FULL:
        index_fail(ix, "the disk has too little room");
        break;
    case BUILD_MEMORY:
        index_fail(ix, "out of memory");
        break;
    case BUILD_DISK:
        index_fail(ix, strerror(errno));
        break;
    case BUILD_DAMAGED:
        index_fail(ix, "a table's file is damaged");
        break;
    case BUILD_UNREAD:
        index_fail(ix, "the store cannot be read");
        break;
    case BUILD_STORE:
        index_give_up(ix, "an entry cannot be read; run bitacorad fsck");
        break;
    }
    return false;
}

/* ---- tables that were signed and are not there ----------------------------------------------- */

/* Makes a table again from the entries. */
static bool make_again(struct indexer *ix, const struct index_table *table)
{
    struct index_table again;
    char hex[2 * HASH_BYTES + 1];
    enum build_result r = table_build(&again, &ix->job, ix->maker, table->from, table->to, NULL);
    if (r != BUILD_DONE)
        return build_failed(ix, r);
    hex_format(hex, table->root.b, HASH_BYTES);
    if (hash_eq(&again.root, &table->root) && again.rows == table->rows &&
        again.unkeyed == table->unkeyed) {
        log_line(LOG_INFO, "index: table %s is made again from the entries", hex);
        return true;
    }
    table_file_remove(ix->files, &again.root);
    ix->wrong = true;
    index_give_up(ix, "the entries do not give a table that was signed");
    log_line(LOG_ERROR, "index: that is table %s of entries %llu to %llu", hex,
             (unsigned long long)table->from, (unsigned long long)table->to - 1);
    return false;
}

/* Of some tables those whose files are not what was signed. Returns whether there were any, and all
 * are right now: else the disk does not give what it holds, and to go on at once would be to spin. */
static bool repair(struct indexer *ix, const struct index_table *table, size_t n)
{
    bool repaired = false;
    for (size_t i = 0; i < n; i++) {
        if (table_is_right(ix->files, &table[i]))
            continue;
        if (!make_again(ix, &table[i]))
            return false;
        repaired = table_is_right(ix->files, &table[i]);
        if (!repaired)
            break;
    }
    return repaired || build_failed(ix, BUILD_DAMAGED);
}

/* ---- the start ------------------------------------------------------------------------------- */

struct needed_tables {
    const struct cover *newest, *witnessed;
};

static bool is_needed(void *ctx, const struct hash *root)
{
    const struct needed_tables *n = ctx;
    return cover_has_root(n->newest, root) || cover_has_root(n->witnessed, root);
}

#define COUNTED_MOST 4096 /* entries, in one transaction: some ten milliseconds */

/* Counts entries with keys that no table covers, from `from` on, as far as that matters: enough
 * that a table is due, or as many as are counted at most. */
static enum store_result count_uncovered(struct indexer *ix, struct store_txn *t, uint64_t from,
                                         uint64_t to)
{
    enum store_result r = STORE_OK;
    struct buf rows = { 0 };
    int64_t accepted;
    to = to - from < COUNTED_MOST ? to : from + COUNTED_MOST;
    for (; r == STORE_OK && from < to && ix->keyed < (uint64_t)ix->service->config.index_every;
         from++) {
        buf_clear(&rows);
        r = row_maker_read(ix->maker, from, t, &rows, &accepted);
        if (r == STORE_OK && rows.n > 0 && ix->keyed++ == 0)
            ix->since = accepted;
    }
    buf_free(&rows);
    return r;
}

/* Reads the last cover, and that of the newest witnessed checkpoint: somebody may rest on it. */
static enum store_result read_covers(struct indexer *ix, struct cover *witnessed)
{
    struct service *s = ix->service;
    struct store_txn *t;
    struct hash root;
    uint64_t signed_size, size = feed_quorum_size(s, NULL);
    newest_get(&s->newest, &signed_size, &root, NULL);
    enum store_result r = store_begin(&t, s->store, STORE_READ);
    if (r != STORE_OK)
        return r;
    r = cover_find(&ix->cover, t, signed_size);
    if (r == STORE_OK)
        r = cover_find(witnessed, t, size < signed_size ? size : signed_size);
    ix->keyed = 0;
    if (r == STORE_OK)
        r = count_uncovered(ix, t, ix->cover.end, signed_size);
    store_end(t);
    return r;
}

bool index_recall(struct indexer *ix)
{
    struct cover witnessed;
    switch (read_covers(ix, &witnessed)) {
    case STORE_OK:
        break;
    case STORE_MEMORY:
        return build_failed(ix, BUILD_MEMORY);
    case STORE_DAMAGED:
        return build_failed(ix, BUILD_STORE);
    default:
        return build_failed(ix, BUILD_UNREAD);
    }
    const struct needed_tables needed = { &ix->cover, &witnessed };
    table_files_sweep(ix->files, is_needed, (void *)&needed);
    ix->slots = ix->cover.tables;
    for (size_t i = 0; i < ix->slots; i++)
        ix->slot[i] = (struct index_slot){ .table = ix->cover.table[i] };
    for (size_t i = 0; i < ix->slots; i++)
        if (!table_file_is_there(ix->files, &ix->slot[i].table) &&
            !make_again(ix, &ix->slot[i].table))
            return false;
    metric_set(METRIC_INDEX_COVERED, (int64_t)ix->cover.end);
    metric_set(METRIC_INDEX_TABLES, (int64_t)ix->cover.tables);
    return true;
}

/* ---- a table of what is new ------------------------------------------------------------------ */

bool index_flush(struct indexer *ix)
{
    struct fresh_block block;
    struct index_table table;
    int64_t since;
    unsigned below = ix->below;
    uint64_t keyed = fresh_rows_keyed(ix->fresh, &since), from = index_end(ix);
    fresh_rows_take(ix->fresh, &block);
    ix->since = ix->keyed > 0 ? ix->since : since;
    ix->keyed += keyed;
    ix->below = 0; /* nothing can stand behind a table that is not there yet */
    enum build_result r = table_build(&table, &ix->job, ix->maker, from, block.to,
                                      block.from >= from ? &block : NULL);
    ix->below = below;
    fresh_block_free(&block);
    if (r != BUILD_DONE)
        return build_failed(ix, r);
    ix->keyed = 0;
    ix->slot[ix->slots++] = (struct index_slot){ .table = table };
    return true;
}

/* ---- merging --------------------------------------------------------------------------------- */

static size_t list_slots(const struct indexer *ix, struct merge_table *list)
{
    for (size_t i = 0; i < ix->slots; i++)
        list[i] = (struct merge_table){ .entries = ix->slot[i].table.to - ix->slot[i].table.from,
                                        .busy = ix->slot[i].merge != 0 };
    return ix->slots;
}

struct merge_choice index_choose(const struct indexer *ix, unsigned below)
{
    struct merge_table list[TABLES_MAX];
    size_t n = list_slots(ix, list);
    return merge_choose(list, n, (uint64_t)ix->service->config.index_every, below);
}

/* A table that was merged before any entry has named it is needed by nobody, unless the others had no
 * rows, so that it is what they were merged to. */
static void put_slot(struct indexer *ix, size_t first, size_t n, const struct index_table *merged)
{
    for (size_t i = first; i < first + n; i++)
        if (!cover_has_root(&ix->cover, &ix->slot[i].table.root) &&
            !hash_eq(&ix->slot[i].table.root, &merged->root))
            table_file_remove(ix->files, &ix->slot[i].table.root);
    ix->slot[first] = (struct index_slot){ .table = *merged };
    memmove(&ix->slot[first + 1], &ix->slot[first + n], (ix->slots - first - n) * sizeof *ix->slot);
    ix->slots -= n - 1;
}

/* Where the slots of a merge stand by now: others may have been merged meanwhile. */
static size_t place_of(const struct indexer *ix, unsigned merge)
{
    size_t i = 0;
    while (ix->slot[i].merge != merge)
        i++;
    return i;
}

bool index_merge(struct indexer *ix, const struct merge_choice *choice)
{
    struct index_table table[TABLES_MAX], merged;
    unsigned below = ix->below, number = ++ix->merges;
    int64_t began = clock_steady_us();
    for (size_t i = 0; i < choice->n; i++) {
        ix->slot[choice->first + i].merge = number;
        table[i] = ix->slot[choice->first + i].table;
    }
    ix->below = choice->tier;
    enum build_result r = table_merge(&merged, &ix->job, table, choice->n);
    ix->below = below;
    size_t first = place_of(ix, number);
    for (size_t i = first; i < first + choice->n; i++)
        ix->slot[i].merge = 0;
    metric_add(METRIC_INDEX_MERGE_US, clock_steady_us() - began);
    if (r == BUILD_DAMAGED)
        return repair(ix, table, choice->n);
    if (r != BUILD_DONE)
        return build_failed(ix, r);
    put_slot(ix, first, choice->n, &merged);
    metric_add(METRIC_INDEX_MERGES, 1);
    return true;
}

bool index_make_room(struct indexer *ix)
{
    struct merge_table list[TABLES_MAX];
    if (ix->slots < TABLES_MAX)
        return true;
    size_t n = list_slots(ix, list);
    const struct merge_choice choice =
        merge_choose_least(list, n, (uint64_t)ix->service->config.index_every);
    return choice.n > 0 && index_merge(ix, &choice) && ix->slots < TABLES_MAX;
}
