#include "daemon/fsck/fsck_index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/state/find_terms.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"

/* Distinct terms of one entry: a genesis may name 256 registrars, itself, and the registry. */
#define TERMS_MAX (ITEMS_MAX + 8)

struct term {
    enum store_list list;
    char name[TEXT_MAX + 1];
};

struct checked {
    struct fsck_report *report;
    struct store_txn *txn;
    const struct registry *registry;
    uint64_t index;      /* of the entry being looked at */
    uint64_t ids, items; /* that the entries call for */
    size_t terms;
    struct term term[TERMS_MAX]; /* of this entry */
};

static const char *const list_names[] = { [LIST_SIGNER] = "signer",
                                          [LIST_WARRANT] = "warrant",
                                          [LIST_REGISTRY] = "registry",
                                          [LIST_INDEX] = "index" };

static enum store_result collect_term(void *ctx, enum store_list list, struct span name)
{
    struct checked *c = ctx;
    for (size_t i = 0; i < c->terms; i++)
        if (c->term[i].list == list && span_is(name, c->term[i].name))
            return STORE_OK;
    if (c->terms == TERMS_MAX || name.n > TEXT_MAX)
        return STORE_DAMAGED;
    struct term *t = &c->term[c->terms++];
    t->list = list;
    if (name.n > 0)
        memcpy(t->name, name.p, name.n);
    t->name[name.n] = 0;
    return STORE_OK;
}

/* The number of the enrolment that signed it; that it did so was seen to by the replay. */
static bool signer_number(const struct registry *registry, const struct record *r, uint32_t *number)
{
    const struct enrolment *e;
    *number = LOG_SIGNER;
    if (kind_is_logs(r->kind))
        return true;
    for (*number = 0; (e = registry_find(registry, r->signer, r->key_id, number)) != NULL;
         ++*number)
        if (e->entry == r->under.entry)
            return true;
    return false;
}

/* Reads an entry's record; bytes are what it points into. Returns false if it cannot be read: the
 * replay has said so. */
static bool read_record(struct checked *c, uint64_t index, struct buf *bytes, struct record *record)
{
    struct entry e;
    struct refusal why;
    buf_clear(bytes);
    return store_entry(c->txn, index, bytes, NULL) == STORE_OK &&
           entry_parse(&e, buf_span(bytes), &why) == 0 && record_parse(record, e.note, &why) == 0;
}

static bool terms_of(struct checked *c, const struct record *record)
{
    c->terms = 0;
    const struct reference_source where = { .txn = c->txn };
    return find_terms_visit(record, &where, collect_term, c) == STORE_OK;
}

static void check_id(struct checked *c, const struct record *record)
{
    uint32_t number;
    uint64_t found;
    if (record->kind == KIND_GENESIS || !signer_number(c->registry, record, &number))
        return;
    c->ids++;
    if (store_id(c->txn, record->id, number, &found) != STORE_OK)
        fsck_found(c->report, "index", c->index, "its id is not in the index of ids");
    else if (found != c->index)
        fsck_found(c->report, "index", c->index, "its id is in the index as entry %" PRIu64, found);
}

static void check_terms(struct checked *c, const struct record *record)
{
    if (!terms_of(c, record)) {
        fsck_found(c->report, "index", c->index, "the warrant that it points at cannot be read");
        return;
    }
    for (size_t i = 0; i < c->terms; i++) {
        const struct term *t = &c->term[i];
        uint64_t found;
        size_t n;
        c->items++;
        if (store_list(c->txn, t->list, span_str(t->name), c->index, &found, 1, &n) != STORE_OK ||
            n == 0 || found != c->index)
            fsck_found(c->report, "index", c->index, "it is not in the %s index under '%s'",
                       list_names[t->list], t->name);
    }
}

/* ---- the other way: what is in an index that no entry calls for ------------------------------ */

static int visit_id(void *ctx, const uint8_t id[static UUID_BYTES], uint32_t signer, uint64_t entry)
{
    struct checked *c = ctx;
    struct buf bytes = { 0 };
    struct record record;
    uint32_t number;
    bool called_for = false;
    if (entry < c->report->size && read_record(c, entry, &bytes, &record)) {
        called_for = record.kind != KIND_GENESIS && memcmp(record.id, id, UUID_BYTES) == 0 &&
                     signer_number(c->registry, &record, &number) && number == signer;
        record_free(&record);
    }
    buf_free(&bytes);
    if (!called_for) {
        char hex[2 * UUID_BYTES + 1];
        hex_format(hex, id, UUID_BYTES);
        fsck_found(c->report, "index", entry,
                   "the index of ids has %s of signer %" PRIu32 " there, which is not so", hex,
                   signer);
    }
    return 0;
}

static int visit_list(void *ctx, enum store_list list, struct span name, uint64_t entry)
{
    struct checked *c = ctx;
    struct buf bytes = { 0 };
    struct record record;
    bool called_for = false;
    if (list > LIST_INDEX) {
        fsck_found(c->report, "index", entry, "there is a list of an unknown sort");
        return 0;
    }
    if (entry < c->report->size && read_record(c, entry, &bytes, &record)) {
        terms_of(c, &record);
        for (size_t i = 0; i < c->terms; i++)
            called_for |= c->term[i].list == list && span_is(name, c->term[i].name);
        record_free(&record);
    }
    buf_free(&bytes);
    if (!called_for)
        fsck_found(c->report, "index", entry, "the %s index has it under '%.*s', which is not so",
                   list_names[list], (int)name.n, (const char *)name.p);
    return 0;
}

static void check_counts(struct checked *c)
{
    struct store_counts n;
    struct store_visitor visitor = { .id = visit_id, .list = visit_list, .ctx = c };
    uint64_t size = c->report->size, tiles = 0;
    for (int level = 1; level < TILE_LEVELS; level++)
        tiles += tile_count(size, level);
    if (store_count(c->txn, &n) != STORE_OK) {
        fsck_found(c->report, "store", NO_ENTRY, "the tables cannot be counted");
        return;
    }
    if (n.bundles != size / TILE_WIDTH || n.tail != size % TILE_WIDTH)
        fsck_found(c->report, "layout", NO_ENTRY,
                   "%" PRIu64 " bundles and %" PRIu64 " single entries do not make %" PRIu64
                   " entries",
                   n.bundles, n.tail, size);
    if (n.tiles != tiles)
        fsck_found(c->report, "layout", NO_ENTRY,
                   "there are %" PRIu64 " tiles of higher levels instead of %" PRIu64, n.tiles,
                   tiles);
    if (n.meta != 2)
        fsck_found(c->report, "layout", NO_ENTRY,
                   "the table of the checkpoint holds something else");
    if (n.ids == c->ids && n.list_items == c->items)
        return; /* all that was called for is there, and there is no more */
    if (store_visit(c->txn, &visitor) != STORE_OK)
        fsck_found(c->report, "store", NO_ENTRY, "the indexes cannot be read");
}

void fsck_indexes(struct fsck_report *r, struct store_txn *t, const struct registry *registry,
                  struct fsck_blobs *blobs)
{
    struct checked *c = calloc(1, sizeof *c);
    struct buf bytes = { 0 };
    struct record record;
    if (c == NULL) {
        fsck_found(r, "memory", NO_ENTRY, "out of memory");
        return;
    }
    c->report = r;
    c->txn = t;
    c->registry = registry;
    for (c->index = 0; c->index < r->size; c->index++) {
        if (!read_record(c, c->index, &bytes, &record))
            continue;
        check_id(c, &record);
        check_terms(c, &record);
        fsck_blobs_named(blobs, c->index, &record);
        record_free(&record);
    }
    check_counts(c);
    buf_free(&bytes);
    free(c);
}
