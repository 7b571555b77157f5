#include "proto/tlog/shared_proof.h"

/* How many leaves of a tree of n > 1 RFC 6962 puts to the left: the largest power of two below
 * n. */
static uint64_t left_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* ---- verifying ------------------------------------------------------------------------------- */

struct proof_reading {
    const struct placed_leaf *leaf;
    const struct hash *proof;
    size_t n, used; /* hashes */
};

/* The root over [from, to), in which the leaves numbered first to last - 1 are. */
static int root_over(struct proof_reading *r, uint64_t from, uint64_t to, size_t first, size_t last,
                     struct hash *out)
{
    if (first == last) {
        if (r->used == r->n)
            return -1;
        *out = r->proof[r->used++];
        return 0;
    }
    if (to - from == 1) {
        *out = r->leaf[first].leaf;
        return 0;
    }
    uint64_t middle = from + left_of(to - from);
    size_t split = first;
    while (split < last && r->leaf[split].index < middle)
        split++;
    struct hash right;
    if (root_over(r, from, middle, first, split, out) != 0 ||
        root_over(r, middle, to, split, last, &right) != 0)
        return -1;
    hash_node(out, out, &right);
    return 0;
}

int shared_proof_root(struct hash *out, uint64_t size, const struct placed_leaf *leaf,
                      size_t leaves, const struct hash *proof, size_t n)
{
    struct proof_reading r = { .leaf = leaf, .proof = proof, .n = n };
    if (leaves == 0)
        return -1;
    for (size_t i = 0; i < leaves; i++)
        if (leaf[i].index >= size || (i > 0 && leaf[i].index <= leaf[i - 1].index))
            return -1;
    return root_over(&r, 0, size, 0, leaves, out) == 0 && r.used == n ? 0 : -1;
}

/* ---- making ---------------------------------------------------------------------------------- */

struct proof_making {
    const uint64_t *index;
    subtree_fn *subtree;
    void *subtree_ctx;
    proof_hash_fn *put;
    void *put_ctx;
};

static int make_over(const struct proof_making *m, uint64_t from, uint64_t to, size_t first,
                     size_t last)
{
    struct hash hash;
    if (first == last)
        return m->subtree(m->subtree_ctx, from, to, &hash) != 0 ? -1 : m->put(m->put_ctx, &hash);
    if (to - from == 1)
        return 0;
    uint64_t middle = from + left_of(to - from);
    size_t split = first;
    while (split < last && m->index[split] < middle)
        split++;
    int stop = make_over(m, from, middle, first, split);
    return stop != 0 ? stop : make_over(m, middle, to, split, last);
}

int shared_proof_make(uint64_t size, const uint64_t *index, size_t leaves, subtree_fn *subtree,
                      void *subtree_ctx, proof_hash_fn *put, void *put_ctx)
{
    struct proof_making m = { .index = index,
                              .subtree = subtree,
                              .subtree_ctx = subtree_ctx,
                              .put = put,
                              .put_ctx = put_ctx };
    if (leaves == 0)
        return -1;
    for (size_t i = 0; i < leaves; i++)
        if (index[i] >= size || (i > 0 && index[i] <= index[i - 1]))
            return -1;
    return make_over(&m, 0, size, 0, leaves);
}
