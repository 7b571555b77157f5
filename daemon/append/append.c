#include "daemon/append/append.h"

#include "daemon/state/find_terms.h"
#include "proto/tlog/checkpoint.h"

void append_begin(struct append *a, struct store_txn *txn, const struct tip *tip)
{
    a->txn = txn;
    a->next = *tip;
}

void append_free(struct append *a)
{
    buf_free(&a->bytes);
}

#define ENTRY_HEADER_MAX 128 /* about: no more than a hint */

static int put_full(void *ctx, const struct tile *t, const struct hash *hashes)
{
    struct append *a = ctx;
    return (int)store_put_tile(a->txn, t, hashes);
}

struct term_target {
    struct append *append;
    uint64_t index;
};

static enum store_result put_term(void *ctx, enum store_list list, struct span name)
{
    const struct term_target *target = ctx;
    return store_put_list(target->append->txn, list, name, target->index);
}

static enum store_result put_indexes(struct append *a, const struct record *record, uint32_t signer,
                                     uint64_t index)
{
    struct term_target target = { .append = a, .index = index };
    const struct reference_source where = { .memory = a->memory, .txn = a->txn };
    enum store_result r = STORE_OK;
    if (record->kind != KIND_GENESIS)
        r = store_put_id(a->txn, record->id, signer, index);
    return r == STORE_OK ? find_terms_visit(record, &where, put_term, &target) : r;
}

enum store_result append_record(struct append *a, const struct record *record, uint32_t signer,
                                int64_t accepted, struct buf *bytes, uint64_t *index,
                                struct hash *leaf)
{
    struct entry e = { .index = a->next.edge.frontier.size,
                       .accepted = accepted,
                       .link = a->next.last_leaf,
                       .note = record->note };
    if (bytes->failed)
        buf_free(bytes);
    buf_clear(bytes);
    buf_reserve(bytes, e.note.n + ENTRY_HEADER_MAX);
    entry_format(bytes, &e);
    if (bytes->failed)
        return STORE_MEMORY;
    hash_leaf(leaf, buf_span(bytes));
    enum store_result r = store_put_entry(a->txn, e.index, buf_span(bytes), leaf);
    if (r == STORE_OK)
        r = (enum store_result)edge_append(&a->next.edge, leaf, put_full, a);
    if (r == STORE_OK)
        r = put_indexes(a, record, signer, e.index);
    if (record->kind == KIND_INDEX && !cover_of(&a->next.cover, e.index, record))
        r = STORE_DAMAGED; /* note_judge.c lets no other through */
    a->next.last_leaf = *leaf;
    a->next.last_time = accepted;
    *index = e.index;
    return r;
}

/* Partial tiles of the levels above 0; those of level 0 are the tail. */
static enum store_result put_partial_tiles(struct append *a)
{
    enum store_result r = STORE_OK;
    uint64_t size = a->next.edge.frontier.size;
    for (int level = 1; r == STORE_OK && level < TILE_LEVELS; level++) {
        struct tile t = { .level = level, .n = size >> 8 >> (8 * level) };
        t.width = edge_width(&a->next.edge, level);
        if (t.width > 0)
            r = store_put_tile(a->txn, &t, a->next.edge.tile[level]);
    }
    return r;
}

static enum store_result sign_checkpoint(struct append *a, struct log_signer *signer)
{
    struct hash root;
    struct buf text = { 0 }, note = { 0 };
    edge_root(&a->next.edge, &root);
    checkpoint_format(&text, log_signer_vkey(signer)->name, a->next.edge.frontier.size, &root);
    enum store_result r = STORE_MEMORY;
    if (!text.failed && log_signer_sign(signer, buf_span(&text), &note) == 0 &&
        note.n <= OWN_CHECKPOINT_MAX)
        r = store_put_head(a->txn, buf_span(&note));
    if (r == STORE_OK) {
        memcpy(a->next.checkpoint, note.p, note.n);
        a->next.checkpoint_length = note.n;
    }
    buf_free(&text);
    buf_free(&note);
    return r;
}

enum store_result append_finish(struct append *a, struct log_signer *signer)
{
    enum store_result r = put_partial_tiles(a);
    return r == STORE_OK ? sign_checkpoint(a, signer) : r;
}
