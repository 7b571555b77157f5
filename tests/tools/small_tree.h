/* A Merkle tree (RFC 6962) of leaves that only have a number and a tag, kept whole in memory: roots and
 * consistency proofs by the RFC's own recursion. Two trees with other tags from some leaf on are a fork. */
#ifndef TESTS_TOOLS_SMALL_TREE_H
#define TESTS_TOOLS_SMALL_TREE_H

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/hash.h"

#define TREE_LEVELS 24
#define TREE_MAX ((size_t)1 << 20)

struct tree {
    size_t size;
    struct hash *level[TREE_LEVELS]; /* perfect subtrees of 2^k leaves */
};

static inline void tree_truncate(struct tree *t, size_t size)
{
    t->size = size; /* what lies behind is written over */
}

/* Appends leaves of that tag until there are `size`. */
static inline void tree_extend(struct tree *t, size_t size, unsigned tag)
{
    if (size > TREE_MAX)
        abort();
    for (int k = 0; t->level[0] == NULL || (k < TREE_LEVELS && t->level[k] == NULL); k++)
        if ((t->level[k] = malloc((TREE_MAX >> k) * sizeof(struct hash) + sizeof(struct hash))) ==
            NULL)
            abort();
    while (t->size < size) {
        char text[64];
        snprintf(text, sizeof text, "leaf %zu %u", t->size, tag);
        hash_leaf(&t->level[0][t->size], span_str(text));
        t->size++;
        for (int k = 1; t->size % ((size_t)1 << k) == 0; k++) {
            size_t n = t->size >> k;
            hash_node(&t->level[k][n - 1], &t->level[k - 1][2 * n - 2],
                      &t->level[k - 1][2 * n - 1]);
        }
    }
}

static inline size_t power_below(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

/* MTH(D[from:from + n]) */
static inline void tree_root(const struct tree *t, size_t from, size_t n, struct hash *out)
{
    if (n == 0) {
        hash_bytes(out, span_str(""));
    } else if ((n & (n - 1)) == 0 && from % n == 0) {
        int k = 0;
        while ((size_t)1 << k < n)
            k++;
        *out = t->level[k][from / n];
    } else {
        struct hash right;
        size_t k = power_below(n);
        tree_root(t, from, k, out);
        tree_root(t, from + k, n - k, &right);
        hash_node(out, out, &right);
    }
}

/* SUBPROOF(m, D[from:from + n], b); appends to proof. */
static inline void tree_subproof(const struct tree *t, size_t m, size_t from, size_t n, bool b,
                                 struct hash *proof, size_t *length)
{
    size_t k = power_below(n);
    if (m == n) {
        if (!b)
            tree_root(t, from, n, &proof[(*length)++]);
    } else if (m <= k) {
        tree_subproof(t, m, from, k, b, proof, length);
        tree_root(t, from + k, n - k, &proof[(*length)++]);
    } else {
        tree_subproof(t, m - k, from + k, n - k, false, proof, length);
        tree_root(t, from, k, &proof[(*length)++]);
    }
}

/* PROOF(old, D[0:size]); none from size 0. Returns its length, at most 63. */
static inline size_t tree_proof(const struct tree *t, size_t old, size_t size, struct hash *proof)
{
    size_t n = 0;
    if (old > 0 && old < size)
        tree_subproof(t, old, 0, size, true, proof, &n);
    return n;
}

#endif
