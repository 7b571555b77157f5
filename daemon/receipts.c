#include "daemon/receipts.h"

#include <stdlib.h>

#include "daemon/log.h"
#include "proto/checkpoint.h"
#include "proto/receipt.h"
#include "proto/tree.h"

/* A receipt in the making: the entry, its `under`, and so on to genesis. */
struct chain {
    struct store_txn *txn;
    uint64_t size;
    enum store_result read; /* why a tile could not be read */
    struct buf note;        /* the checkpoint */
    size_t count, cap;
    struct link {
        uint64_t index;
        struct buf bytes;
        struct hash path[PROOF_MAX];
        int path_length;
    } * link;
};

static void chain_free(struct chain *c)
{
    for (size_t i = 0; i < c->count; i++)
        buf_free(&c->link[i].bytes);
    free(c->link);
    buf_free(&c->note);
}

static int read_tile(void *ctx, const struct tile *t, struct hash *out)
{
    struct chain *c = ctx;
    struct buf file = { 0 };
    c->read = store_tile(c->txn, t, &file);
    if (c->read == STORE_OK)
        memcpy(out, file.p, t->width * sizeof *out);
    buf_free(&file);
    return c->read == STORE_OK ? 0 : -1;
}

static enum store_result open_checkpoint(struct chain *c)
{
    struct note parsed;
    struct checkpoint cp;
    struct refusal why;
    enum store_result r = c->note.n > 0 ? STORE_OK : store_head(c->txn, &c->note);
    if (r != STORE_OK)
        return r;
    if (note_parse(&parsed, buf_span(&c->note), &why) != 0 ||
        checkpoint_parse(&cp, parsed.text, &why) != 0)
        return STORE_DAMAGED;
    c->size = cp.size;
    return STORE_OK;
}

/* Which entry its record rests on; NO_ENTRY for genesis. */
static enum store_result under_of(struct span bytes, uint64_t *under)
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

static enum store_result add_link(struct chain *c, uint64_t index, uint64_t *under)
{
    struct tile_source tiles = { .read = read_tile, .ctx = c, .size = c->size };
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 4 : c->cap * 2;
        struct link *more = realloc(c->link, cap * sizeof *more);
        if (more == NULL)
            return STORE_MEMORY;
        c->link = more;
        c->cap = cap;
    }
    struct link *l = &c->link[c->count++];
    l->index = index;
    l->bytes = (struct buf){ 0 };
    enum store_result r = store_entry(c->txn, index, &l->bytes, NULL);
    if (r != STORE_OK)
        return r;
    l->path_length = proof_inclusion(l->path, &tiles, index);
    if (l->path_length < 0)
        return c->read == STORE_MEMORY ? STORE_MEMORY : STORE_DAMAGED;
    return under_of(buf_span(&l->bytes), under);
}

static enum store_result format(struct buf *out, const struct chain *c)
{
    struct proven_entry *proven = malloc(c->count * sizeof *proven);
    if (proven == NULL)
        return STORE_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        proven[i] = (struct proven_entry){ .index = c->link[i].index,
                                           .bytes = buf_span(&c->link[i].bytes),
                                           .path = c->link[i].path,
                                           .path_length = (size_t)c->link[i].path_length };
    receipt_format(out, proven, c->count, buf_span(&c->note));
    free(proven);
    return out->failed ? STORE_MEMORY : STORE_OK;
}

static enum store_result build(struct buf *out, struct chain *c, uint64_t index)
{
    enum store_result r = open_checkpoint(c);
    if (r == STORE_OK && index >= c->size)
        return STORE_ABSENT;
    while (r == STORE_OK && index != NO_ENTRY) {
        uint64_t under = NO_ENTRY;
        r = add_link(c, index, &under);
        if (r == STORE_OK && under != NO_ENTRY && under >= index)
            r = STORE_DAMAGED;
        index = under;
    }
    if (r == STORE_ABSENT || r == STORE_DAMAGED) {
        log_line(LOG_ERROR, "a receipt could not be built: run fsck");
        return STORE_DAMAGED;
    }
    return r == STORE_OK ? format(out, c) : r;
}

enum store_result receipt_build(struct buf *out, struct store *store, struct span checkpoint,
                                uint64_t index)
{
    struct chain c = { .read = STORE_OK };
    buf_add_span(&c.note, checkpoint);
    if (c.note.failed)
        return STORE_MEMORY;
    enum store_result r = store_begin(&c.txn, store, STORE_READ);
    if (r != STORE_OK) {
        buf_free(&c.note);
        return r;
    }
    r = build(out, &c, index);
    store_end(c.txn);
    chain_free(&c);
    return r;
}

enum store_result receipt_root(struct hash *out, struct store_txn *t, uint64_t size)
{
    struct chain c = { .txn = t, .read = STORE_OK };
    struct tile_source tiles = { .read = read_tile, .ctx = &c, .size = size };
    struct hash path[PROOF_MAX], leaf;
    struct buf bytes = { 0 };
    enum store_result r = size == 0 ? STORE_ABSENT : store_entry(t, size - 1, &bytes, &leaf);
    buf_free(&bytes);
    if (r != STORE_OK)
        return r;
    int n = proof_inclusion(path, &tiles, size - 1);
    if (n < 0)
        return c.read;
    return tree_root_of_inclusion(out, size - 1, size, &leaf, path, (size_t)n) == 0 ? STORE_OK
                                                                                    : STORE_DAMAGED;
}
