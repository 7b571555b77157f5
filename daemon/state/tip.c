#include "daemon/state/tip.h"

#include "daemon/state/cover_find.h"
#include "proto/base/scan.h"
#include "proto/tlog/checkpoint.h"

#define REGISTRY_PAGE 256

static enum store_result damaged(const char **cause, const char *phrase)
{
    *cause = phrase;
    return STORE_DAMAGED;
}

static enum store_result load_checkpoint(struct tip *s, struct checkpoint *cp, struct store_txn *t,
                                         const struct log_own_keys *keys, const char **cause)
{
    struct buf note = { 0 };
    struct note parsed;
    struct refusal why;
    enum store_result r = store_head(t, &note);
    bool fits = r == STORE_OK && note.n <= sizeof s->checkpoint;
    if (fits) {
        memcpy(s->checkpoint, note.p, note.n);
        s->checkpoint_length = note.n;
    }
    buf_free(&note);
    if (r == STORE_ABSENT)
        return damaged(cause, "there is no checkpoint");
    if (r != STORE_OK)
        return r;
    if (!fits || note_parse(&parsed, span_of(s->checkpoint, s->checkpoint_length), &why) != 0 ||
        own_keys_signer(keys, &parsed) == NULL || checkpoint_parse(cp, parsed.text, &why) != 0 ||
        !span_is(cp->origin, keys->key[0].name) || cp->size == 0)
        return damaged(cause, "the checkpoint is not one that log.key signed");
    return STORE_OK;
}

static enum store_result load_edge(struct tip *s, const struct checkpoint *cp, struct store_txn *t,
                                   const char **cause)
{
    struct hash root;
    struct buf file = { 0 };
    enum store_result r = STORE_OK;
    for (int level = 0; r == STORE_OK && level < TILE_LEVELS; level++) {
        struct tile tile = { .level = level, .n = cp->size >> 8 >> (8 * level) };
        tile.width = tile_width(cp->size, level, tile.n);
        if (tile.width == 0)
            continue;
        buf_clear(&file);
        r = store_tile(t, &tile, &file);
        if (r == STORE_OK)
            memcpy(s->edge.tile[level], file.p, tile.width * sizeof(struct hash));
    }
    buf_free(&file);
    if (r == STORE_ABSENT)
        return damaged(cause, "a tile of the tree's edge is missing");
    if (r != STORE_OK)
        return r;
    edge_from_tiles(&s->edge, cp->size);
    edge_root(&s->edge, &root);
    return hash_eq(&root, &cp->root) ? STORE_OK
                                     : damaged(cause, "the tiles do not give the signed root");
}

static enum store_result load_last(struct tip *s, struct store_txn *t, const char **cause)
{
    struct buf bytes = { 0 };
    struct hash stored;
    struct entry e;
    struct refusal why;
    uint64_t last = s->edge.frontier.size - 1;
    enum store_result r = store_entry(t, last, &bytes, &stored);
    if (r == STORE_OK) {
        hash_leaf(&s->last_leaf, buf_span(&bytes));
        if (entry_parse(&e, buf_span(&bytes), &why) != 0 || e.index != last ||
            !hash_eq(&s->last_leaf, &stored))
            r = damaged(cause, "the last entry is not the last leaf of the tree");
        else
            s->last_time = e.accepted;
    } else if (r == STORE_ABSENT) {
        r = damaged(cause, "the last entry is missing");
    }
    buf_free(&bytes);
    return r;
}

/* One entry of those that the registry is made of. */
static enum store_result apply(struct tip *s, struct registry *registry, struct store_txn *t,
                               const struct log_own_keys *keys, uint64_t index, const char **cause)
{
    struct buf bytes = { 0 };
    struct hash leaf;
    struct entry e;
    struct record record;
    struct refusal why = { .reason = REASON_NONE };
    enum store_result r = store_entry(t, index, &bytes, &leaf);
    if (r == STORE_OK && (entry_parse(&e, buf_span(&bytes), &why) != 0 ||
                          record_parse(&record, e.note, &why) != 0)) {
        r = why.reason == REASON_MEMORY ? STORE_MEMORY
                                        : damaged(cause, "an enrolment cannot be read");
    } else if (r == STORE_OK) {
        const struct value *skew = value_member(record.object, "skew");
        if (index == 0 &&
            (record.kind != KIND_GENESIS || !record_signed_by(&record, &keys->key[0]) ||
             registry_check_genesis(&record, &keys->key[0], &why) != 0))
            r = damaged(cause, "entry 0 is not this log's genesis");
        else if (registry_apply(registry, index, &leaf, &record) != 0)
            r = STORE_MEMORY;
        if (index == 0)
            s->skew = (skew != NULL ? value_integer(skew) : SKEW_DEFAULT_S) * INT64_C(1000);
        record_free(&record);
    }
    buf_free(&bytes);
    return r == STORE_ABSENT ? damaged(cause, "an enrolment is missing") : r;
}

static enum store_result load_registry(struct tip *s, struct registry *registry,
                                       struct store_txn *t, const struct log_own_keys *keys,
                                       const char **cause)
{
    uint64_t index[REGISTRY_PAGE], from = 0;
    size_t n;
    do {
        enum store_result r =
            store_list(t, LIST_REGISTRY, span_of("", 0), from, index, REGISTRY_PAGE, &n);
        if (r != STORE_OK)
            return r;
        if (from == 0 && (n == 0 || index[0] != 0))
            return damaged(cause, "entry 0 is not listed");
        for (size_t i = 0; i < n; i++)
            if ((r = apply(s, registry, t, keys, index[i], cause)) != STORE_OK)
                return r;
        if (n > 0)
            from = index[n - 1] + 1;
    } while (n == REGISTRY_PAGE);
    return STORE_OK;
}

static enum store_result load_cover(struct tip *s, struct store_txn *t, const char **cause)
{
    enum store_result r = cover_find(&s->cover, t, s->edge.frontier.size);
    return r == STORE_DAMAGED ? damaged(cause, "the last index cannot be read") : r;
}

enum store_result tip_load(struct tip *out, struct registry **registry, struct store_txn *t,
                           const struct log_own_keys *keys, const char **cause)
{
    struct checkpoint cp;
    struct registry *fresh = registry_new();
    *cause = "it cannot be read";
    if (fresh == NULL)
        return STORE_MEMORY;
    enum store_result r = load_checkpoint(out, &cp, t, keys, cause);
    if (r == STORE_OK)
        r = load_edge(out, &cp, t, cause);
    if (r == STORE_OK)
        r = load_last(out, t, cause);
    if (r == STORE_OK)
        r = load_registry(out, fresh, t, keys, cause);
    if (r == STORE_OK)
        r = load_cover(out, t, cause);
    registry_know_log(fresh, &keys->all);
    if (r == STORE_OK)
        *registry = fresh;
    else
        registry_free(fresh);
    return r;
}

enum store_result tip_size(struct store_txn *t, uint64_t *size)
{
    struct buf bytes = { 0 };
    struct note note;
    struct checkpoint cp;
    struct refusal why;
    enum store_result r = store_head(t, &bytes);
    if (r == STORE_OK && (note_parse(&note, buf_span(&bytes), &why) != 0 ||
                          checkpoint_parse(&cp, note.text, &why) != 0))
        r = STORE_DAMAGED;
    if (r == STORE_OK)
        *size = cp.size;
    buf_free(&bytes);
    return r;
}
