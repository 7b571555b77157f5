#include "daemon/state/receipt_maker.h"

#include <stdlib.h>

#include "daemon/host/log.h"
#include "proto/base/scan.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/tree.h"
#include "proto/verify/receipt.h"

#define UNDER_UNKNOWN (NO_ENTRY - 1)
#define LINKS_KEPT 4096

/* A full tile of hashes; of level 0 also where the entries stand in their bundle, and what they
 * rest on. */
struct kept_tile {
    struct cached cached; /* first */
    struct tile_nodes nodes;
    struct {
        uint32_t offset; /* of its length, in the bundle */
        _Atomic uint64_t under;
    } entry[]; /* TILE_WIDTH of them in level 0, else none */
};

/* An entry that others rest on. */
struct kept_link {
    struct cached cached; /* first */
    uint64_t under;
    size_t n;
    uint8_t bytes[];
};

/* A receipt in the making: the entry, its `under`, and so on to genesis. */
struct chain {
    const struct service *service;
    struct store_txn *txn; /* begun when something has to be read */
    struct snapshot *snapshot;
    unsigned generation;
    enum store_result read;              /* why a tile could not be had */
    struct kept_tile *tile[TILE_LEVELS]; /* the one that was used last, of each level */
    struct tile_source tiles;
    struct hash remainder[64]; /* where the checkpoint is not the snapshot's */
    struct buf own;            /* the entry's bytes, where they had to be copied */
    size_t count, cap;
    struct chain_link *link;
    struct chain_link {
        struct kept_link *kept;
        struct proven_entry proven;
        struct hash path[PROOF_MAX];
    } first[4];
};

int receipts_open(struct service *service)
{
    service->tiles = cache_new((uint64_t)service->config.tiles);
    service->links = cache_new(LINKS_KEPT);
    return service->tiles != NULL && service->links != NULL ? 0 : -1;
}

void receipts_close(struct service *service)
{
    cache_free(service->tiles);
    cache_free(service->links);
}

void receipts_forget(struct service *service)
{
    cache_forget(service->tiles);
    cache_forget(service->links);
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static enum store_result begin_reading(struct chain *c)
{
    return c->txn != NULL ? STORE_OK : store_begin(&c->txn, c->service->store, STORE_READ);
}

static uint64_t tile_key(int level, uint64_t n)
{
    return (uint64_t)level << 56 | n;
}

/* Level 0 and its bundle are one value of the store. */
static enum store_result fill_low_tile(struct chain *c, struct kept_tile *tile, uint64_t n)
{
    struct hash hashes[TILE_WIDTH];
    struct span leaves, bundle;
    enum store_result r = store_bundle(c->txn, n, &leaves, &bundle);
    if (r != STORE_OK)
        return r;
    struct scan s = scan_of(bundle);
    for (unsigned i = 0; i < TILE_WIDTH; i++) {
        tile->entry[i].offset = (uint32_t)(s.p - bundle.p);
        atomic_init(&tile->entry[i].under, UNDER_UNKNOWN);
        scan_bytes(&s, scan_u16(&s));
    }
    if (!scan_done(&s))
        return STORE_DAMAGED;
    memcpy(hashes, leaves.p, TILE_BYTES);
    tile_nodes_set(&tile->nodes, hashes, TILE_WIDTH);
    return STORE_OK;
}

static enum store_result fill_tile(struct chain *c, struct kept_tile *tile, int level, uint64_t n)
{
    struct tile t = { .level = level, .n = n, .width = TILE_WIDTH };
    struct buf file = { 0 };
    struct hash hashes[TILE_WIDTH];
    enum store_result r = begin_reading(c);
    tile->nodes.width = 0;
    if (r == STORE_OK && level == 0)
        return fill_low_tile(c, tile, n);
    if (r == STORE_OK)
        r = store_tile(c->txn, &t, &file);
    if (r == STORE_OK) {
        memcpy(hashes, file.p, TILE_BYTES);
        tile_nodes_set(&tile->nodes, hashes, TILE_WIDTH);
    }
    buf_free(&file);
    return r;
}

static const struct tile_nodes *nodes_of(void *ctx, int level, uint64_t n);

/* The tile above has its root, and so on up to the edge, which is in memory: what a disk returns
 * that is not what was written is not given to anybody. */
static bool is_in_tree(struct chain *c, const struct kept_tile *tile, int level, uint64_t n)
{
    const struct tile_nodes *above = nodes_of(c, level + 1, n / TILE_WIDTH);
    if (above == NULL)
        return false;
    bool same = hash_eq(tile_node(&tile->nodes, 8, 0), tile_node(above, 0, n % TILE_WIDTH));
    if (!same) {
        log_line(LOG_ERROR, "store: tile %d/%llu is damaged: run bitacorad fsck", level,
                 (unsigned long long)n);
        c->read = STORE_DAMAGED;
    }
    return same;
}

/* A full tile, valid until another of its level is asked for. NULL: c->read says why. */
static struct kept_tile *full_tile(struct chain *c, int level, uint64_t n)
{
    struct kept_tile **held = &c->tile[level];
    uint64_t key = tile_key(level, n);
    if (*held != NULL && (*held)->cached.key == key)
        return *held;
    if (*held != NULL)
        cached_release(&(*held)->cached);
    *held = (struct kept_tile *)(void *)cache_get(c->service->tiles, key);
    if (*held != NULL)
        return *held;
    size_t entries = level == 0 ? TILE_WIDTH : 0;
    struct kept_tile *tile = malloc(sizeof *tile + entries * sizeof *tile->entry);
    c->read = tile == NULL ? STORE_MEMORY : fill_tile(c, tile, level, n);
    if (c->read != STORE_OK || !is_in_tree(c, tile, level, n)) {
        free(tile);
        return NULL;
    }
    atomic_init(&tile->cached.users, 1);
    cache_keep(c->service->tiles, key, &tile->cached, c->generation);
    return *held = tile;
}

/* A tile_nodes_fn: what is full never changes, the rest is in the snapshot. */
static const struct tile_nodes *nodes_of(void *ctx, int level, uint64_t n)
{
    struct chain *c = ctx;
    const struct snapshot *s = c->snapshot;
    if (level < s->levels && n == s->size >> 8 >> (8 * level))
        return &s->edge[level];
    struct kept_tile *tile = full_tile(c, level, n);
    return tile == NULL ? NULL : &tile->nodes;
}

/* Are these the bytes that the tree has there? */
static enum store_result check_entry(struct chain *c, uint64_t index, struct span bytes)
{
    struct hash leaf;
    const struct tile_nodes *nodes = nodes_of(c, 0, index / TILE_WIDTH);
    if (nodes == NULL)
        return c->read;
    hash_leaf(&leaf, bytes);
    if (hash_eq(&leaf, tile_node(nodes, 0, index % TILE_WIDTH)))
        return STORE_OK;
    log_line(LOG_ERROR, "store: entry %llu is damaged: run bitacorad fsck",
             (unsigned long long)index);
    return STORE_DAMAGED;
}

/* Which entry a record rests on; NO_ENTRY for genesis. */
static enum store_result parse_under(struct span bytes, uint64_t *under)
{
    struct entry e;
    struct record record;
    struct refusal why;
    if (entry_parse(&e, bytes, &why) != 0 || record_parse(&record, e.note, &why) != 0)
        return why.reason == REASON_MEMORY ? STORE_MEMORY : STORE_DAMAGED;
    *under = record.kind == KIND_GENESIS ? NO_ENTRY : record.under.entry;
    record_free(&record);
    return STORE_OK;
}

/* Nothing is appended unless its `under` is the enrolment of the key that signed it: as long as
 * there is one key of that name and id only, its record need not be parsed to know it. */
static enum store_result find_under(const struct chain *c, uint64_t index, struct span bytes,
                                    uint64_t *under)
{
    struct entry e;
    struct note note;
    struct refusal why;
    if (index == 0) {
        *under = NO_ENTRY;
        return STORE_OK;
    }
    if (entry_parse(&e, bytes, &why) != 0 || note_parse(&note, e.note, &why) != 0)
        return STORE_DAMAGED;
    *under = signers_enrolled((struct signer_registry *)(uintptr_t)&c->service->signers,
                              note.signature[0].name, note.signature[0].id);
    return *under != NO_ENTRY ? STORE_OK : parse_under(bytes, under);
}

/* ---- the parts of a receipt ------------------------------------------------------------------ */

static enum store_result add_link(struct chain *c, uint64_t index, struct span bytes,
                                  struct kept_link *kept)
{
    if (c->count == c->cap) {
        size_t cap = c->cap * 2;
        struct chain_link *more = malloc(cap * sizeof *more);
        if (more == NULL)
            return STORE_MEMORY;
        memcpy(more, c->link, c->count * sizeof *more);
        if (c->link != c->first)
            free(c->link);
        c->link = more;
        c->cap = cap;
    }
    struct chain_link *l = &c->link[c->count];
    int n = proof_inclusion(l->path, &c->tiles, index);
    if (n < 0)
        return c->read == STORE_OK ? STORE_DAMAGED : c->read;
    l->proven = (struct proven_entry){ .index = index, .bytes = bytes, .path_length = (size_t)n };
    l->kept = kept;
    c->count++;
    return STORE_OK;
}

/* The entry itself: out of a full bundle, or of the tail. */
static enum store_result add_entry(struct chain *c, uint64_t index, uint64_t *under)
{
    struct span bytes, leaves, bundle;
    struct kept_tile *tile = NULL;
    enum store_result r = begin_reading(c);
    unsigned at = (unsigned)(index % TILE_WIDTH);
    if (r != STORE_OK)
        return r;
    if (index / TILE_WIDTH < c->snapshot->size / TILE_WIDTH) {
        tile = full_tile(c, 0, index / TILE_WIDTH);
        r = tile == NULL ? c->read : store_bundle(c->txn, index / TILE_WIDTH, &leaves, &bundle);
        if (r != STORE_OK || tile == NULL || tile->entry[at].offset > bundle.n)
            return r == STORE_OK ? STORE_DAMAGED : r;
        struct scan s =
            scan_of(span_of(bundle.p + tile->entry[at].offset, bundle.n - tile->entry[at].offset));
        bytes = scan_bytes(&s, scan_u16(&s));
        if (s.bad)
            return STORE_DAMAGED;
    } else {
        r = store_entry(c->txn, index, &c->own, NULL);
        bytes = buf_span(&c->own);
    }
    if (r == STORE_OK)
        r = check_entry(c, index, bytes);
    *under = tile == NULL ? UNDER_UNKNOWN : atomic_load(&tile->entry[at].under);
    if (r == STORE_OK && *under == UNDER_UNKNOWN)
        r = find_under(c, index, bytes, under);
    if (r == STORE_OK && tile != NULL)
        atomic_store(&tile->entry[at].under, *under);
    return r == STORE_OK ? add_link(c, index, bytes, NULL) : r;
}

static enum store_result read_link(struct chain *c, uint64_t index, struct kept_link **out)
{
    struct buf bytes = { 0 };
    uint64_t under;
    enum store_result r = begin_reading(c);
    if (r == STORE_OK)
        r = store_entry(c->txn, index, &bytes, NULL);
    if (r == STORE_OK)
        r = check_entry(c, index, buf_span(&bytes));
    if (r == STORE_OK)
        r = parse_under(buf_span(&bytes), &under);
    struct kept_link *link = r == STORE_OK ? malloc(sizeof *link + bytes.n) : NULL;
    if (r == STORE_OK && link == NULL)
        r = STORE_MEMORY;
    if (link != NULL) {
        link->under = under;
        link->n = bytes.n;
        memcpy(link->bytes, bytes.p, bytes.n);
        atomic_init(&link->cached.users, 1);
        cache_keep(c->service->links, index, &link->cached, c->generation);
    }
    *out = link;
    buf_free(&bytes);
    return r;
}

/* What the entry rests on, down to genesis. */
static enum store_result add_basis(struct chain *c, uint64_t index, uint64_t under)
{
    while (under != NO_ENTRY) {
        if (under >= index)
            return STORE_DAMAGED;
        enum store_result r = STORE_OK;
        struct kept_link *kept = (struct kept_link *)(void *)cache_get(c->service->links, under);
        if (kept == NULL)
            r = read_link(c, under, &kept);
        if (r == STORE_OK)
            r = add_link(c, under, span_of(kept->bytes, kept->n), kept);
        if (r != STORE_OK) {
            if (kept != NULL)
                cached_release(&kept->cached);
            return r;
        }
        index = under;
        under = kept->under;
    }
    return STORE_OK;
}

static enum store_result format(struct buf *out, const struct chain *c, struct span checkpoint)
{
    struct proven_entry few[sizeof c->first / sizeof *c->first], *proven = few;
    if (c->count > sizeof few / sizeof *few)
        proven = malloc(c->count * sizeof *proven);
    if (proven == NULL)
        return STORE_MEMORY;
    for (size_t i = 0; i < c->count; i++) {
        proven[i] = c->link[i].proven;
        proven[i].path = c->link[i].path;
    }
    receipt_format(out, proven, c->count, checkpoint);
    if (proven != few)
        free(proven);
    return out->failed ? STORE_MEMORY : STORE_OK;
}

/* ---- receipts -------------------------------------------------------------------------------- */

static enum store_result chain_begin(struct chain *c, const struct service *service)
{
    c->service = service;
    c->txn = NULL;
    c->read = STORE_OK;
    c->own = (struct buf){ 0 };
    c->count = 0;
    c->cap = sizeof c->first / sizeof *c->first;
    c->link = c->first;
    memset(c->tile, 0, sizeof c->tile);
    c->generation = cache_generation(service->tiles);
    c->snapshot = newest_snapshot((struct newest *)(uintptr_t)&service->newest);
    if (c->snapshot == NULL)
        return STORE_MEMORY;
    c->tiles = (struct tile_source){
        .nodes = nodes_of, .ctx = c, .size = c->snapshot->size, .remainder = c->snapshot->remainder
    };
    return STORE_OK;
}

static void chain_end(struct chain *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->link[i].kept != NULL)
            cached_release(&c->link[i].kept->cached);
    for (int level = 0; level < TILE_LEVELS; level++)
        if (c->tile[level] != NULL)
            cached_release(&c->tile[level]->cached);
    if (c->link != c->first)
        free(c->link);
    buf_free(&c->own);
    snapshot_release(c->snapshot);
    store_end(c->txn);
}

/* An older checkpoint: its tree has the same tiles, and an edge of its own. */
static enum store_result go_back(struct chain *c, struct span checkpoint)
{
    struct note parsed;
    struct checkpoint cp;
    struct refusal why;
    if (note_parse(&parsed, checkpoint, &why) != 0 ||
        checkpoint_parse(&cp, parsed.text, &why) != 0 || cp.size > c->snapshot->size)
        return STORE_DAMAGED;
    c->tiles.size = cp.size;
    c->tiles.remainder = NULL;
    if (source_remainders(c->remainder, &c->tiles) != 0)
        return c->read == STORE_OK ? STORE_DAMAGED : c->read;
    c->tiles.remainder = c->remainder;
    return STORE_OK;
}

/* bytes of the entry empty: they are to be read. */
static enum store_result build(struct buf *out, struct chain *c, struct span checkpoint,
                               uint64_t index, struct span bytes, uint64_t under)
{
    enum store_result r = checkpoint.n > 0 ? go_back(c, checkpoint) : STORE_OK;
    if (checkpoint.n == 0)
        checkpoint = span_of(c->snapshot->note, c->snapshot->note_length);
    if (r == STORE_OK && index >= c->tiles.size)
        return STORE_ABSENT;
    if (r == STORE_OK)
        r = bytes.n > 0 ? add_link(c, index, bytes, NULL) : add_entry(c, index, &under);
    if (r == STORE_OK)
        r = add_basis(c, index, under);
    if (r == STORE_ABSENT || r == STORE_DAMAGED) {
        log_line(LOG_ERROR, "a receipt could not be built: run bitacorad fsck");
        return STORE_DAMAGED;
    }
    return r == STORE_OK ? format(out, c, checkpoint) : r;
}

enum store_result receipt_build(struct buf *out, const struct service *service,
                                struct span checkpoint, uint64_t index)
{
    struct chain c;
    enum store_result r = chain_begin(&c, service);
    if (r == STORE_OK)
        r = build(out, &c, checkpoint, index, span_of(NULL, 0), NO_ENTRY);
    chain_end(&c);
    return r;
}

enum store_result receipt_build_known(struct buf *out, const struct service *service,
                                      uint64_t index, struct span bytes, uint64_t under)
{
    struct chain c;
    enum store_result r = chain_begin(&c, service);
    if (r == STORE_OK)
        r = build(out, &c, span_of(NULL, 0), index, bytes, under);
    chain_end(&c);
    return r;
}

/* ---- tiles ----------------------------------------------------------------------------------- */

struct cached *receipts_tile(const struct service *service, const struct tile *t,
                             const void **bytes)
{
    struct cached *object = cache_get(service->tiles, tile_key(t->level, t->n));
    if (object != NULL)
        *bytes = ((struct kept_tile *)(void *)object)->nodes.node;
    return object;
}

/* A bundle, each entry of which is what the tree has there. */
static enum store_result read_bundle(struct buf *out, struct chain *c, const struct tile *t)
{
    struct span entry[TILE_WIDTH];
    size_t before = out->n;
    enum store_result r = begin_reading(c);
    if (r == STORE_OK)
        r = store_tile(c->txn, t, out);
    if (r == STORE_OK &&
        bundle_split(entry, t->width, span_of(out->p + before, out->n - before)) != t->width)
        r = STORE_DAMAGED;
    for (unsigned i = 0; r == STORE_OK && i < t->width; i++)
        r = check_entry(c, t->n * TILE_WIDTH + i, entry[i]);
    if (r != STORE_OK)
        out->n = before;
    return r;
}

enum store_result receipts_read_tile(struct buf *out, const struct service *service,
                                     const struct tile *t)
{
    struct chain c;
    enum store_result r = chain_begin(&c, service);
    if (r == STORE_OK && tile_width(c.tiles.size, t->level, t->n) < t->width)
        r = STORE_ABSENT;
    if (r == STORE_OK && t->level == TILE_ENTRIES) {
        r = read_bundle(out, &c, t);
    } else if (r == STORE_OK) {
        const struct tile_nodes *nodes = nodes_of(&c, t->level, t->n);
        if (nodes != NULL)
            buf_add(out, nodes->node, (size_t)t->width * HASH_BYTES);
        r = nodes == NULL ? c.read : out->failed ? STORE_MEMORY : STORE_OK;
    }
    if (r == STORE_ABSENT && tile_width(c.tiles.size, t->level, t->n) >= t->width)
        r = STORE_DAMAGED;
    chain_end(&c);
    return r;
}
