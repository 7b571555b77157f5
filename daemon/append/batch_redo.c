#include "daemon/append/batch_redo.h"

#include "proto/judge/integrity.h"

bool journaled_follows(const struct journaled *j, const struct edge *edge)
{
    struct hash root;
    edge_root(edge, &root);
    return j->size == edge->frontier.size && hash_eq(&j->root, &root);
}

int journaled_root(struct journaled j, struct edge *edge, struct hash *root, uint64_t *size)
{
    struct span entry;
    struct hash leaf;
    while (journaled_next(&j, &entry)) {
        hash_leaf(&leaf, entry);
        if (edge_append(edge, &leaf, NULL, NULL) != 0)
            return -1;
    }
    edge_root(edge, root);
    *size = edge->frontier.size;
    return j.entries.n == 0 ? 0 : -1;
}

static enum store_result damaged_unless_memory(const struct refusal *why)
{
    return why->reason == REASON_MEMORY ? STORE_MEMORY : STORE_DAMAGED;
}

static enum store_result redo_entry(struct append *a, struct span bytes,
                                    const struct registry *registry, redo_told_fn *told, void *ctx)
{
    struct entry e;
    struct record record;
    struct refusal why;
    struct hash leaf;
    uint32_t signer;
    uint64_t index;
    if (entry_parse(&e, bytes, &why) != 0 || record_parse(&record, e.note, &why) != 0)
        return damaged_unless_memory(&why);
    enum store_result r = STORE_OK;
    if (judge_signer(registry, &record, &signer, &why) != 0)
        r = damaged_unless_memory(&why);
    if (r == STORE_OK)
        r = append_record(a, &record, signer, e.accepted, &a->bytes, &index, &leaf);
    if (r == STORE_OK && !span_eq(buf_span(&a->bytes), bytes))
        r = STORE_DAMAGED; /* another index or link than it had */
    if (r == STORE_OK)
        told(ctx, index, &leaf, e.accepted, &record);
    record_free(&record);
    return r;
}

enum store_result batch_redo(struct append *a, struct journaled j, const struct registry *registry,
                             redo_told_fn *told, void *ctx)
{
    struct span entry;
    enum store_result r = STORE_OK;
    while (r == STORE_OK && journaled_next(&j, &entry))
        r = redo_entry(a, entry, registry, told, ctx);
    return r == STORE_OK && j.entries.n > 0 ? STORE_DAMAGED : r;
}
