#include "daemon/state/past_root.h"

#include "proto/tlog/tree.h"

struct reading_tiles {
    struct store_txn *txn;
    enum store_result read;
};

static int read_kept_tile(void *ctx, const struct tile *t, struct hash *out)
{
    struct reading_tiles *c = ctx;
    struct buf file = { 0 };
    c->read = store_tile(c->txn, t, &file);
    if (c->read == STORE_OK)
        memcpy(out, file.p, t->width * sizeof *out);
    buf_free(&file);
    return c->read == STORE_OK ? 0 : -1;
}

enum store_result past_root(struct hash *out, struct store_txn *t, uint64_t size)
{
    struct reading_tiles c = { .txn = t, .read = STORE_OK };
    struct tile_source tiles = { .read = read_kept_tile, .ctx = &c, .size = size };
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
