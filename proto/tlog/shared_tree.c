#include "proto/tlog/shared_tree.h"

/* A subtree while the tree is walked from its root down. */
struct tree_place {
    uint64_t from, to;  /* its leaves */
    size_t first, last; /* those of them that are at hand, by number; last: without */
    size_t used;        /* hashes of the proof before it */
};

/* The larger left half and the right one, as RFC 6962 divides; used of the right one is set by
 * whoever knows it. */
static void divide(const struct shared_tree *t, const struct tree_place *p, struct tree_place *left,
                   struct tree_place *right)
{
    uint64_t k = UINT64_C(1) << (63 - __builtin_clzll(p->to - p->from - 1));
    *left = *right = *p;
    left->to = right->from = p->from + k;
    size_t split = p->first;
    while (split < p->last && t->leaf[split].index < left->to)
        split++;
    left->last = right->first = split;
}

/* The root over a place; returns how many hashes of the proof that took. out NULL: only counted. */
static size_t root_of_place(const struct shared_tree *t, const struct tree_place *p,
                            struct hash *out)
{
    struct tree_place left, right;
    struct hash other;
    if (p->first == p->last) {
        if (out != NULL)
            *out = t->proof[p->used];
        return 1;
    }
    if (p->to - p->from == 1) {
        if (out != NULL)
            *out = t->leaf[p->first].leaf;
        return 0;
    }
    divide(t, p, &left, &right);
    size_t n = root_of_place(t, &left, out);
    right.used = p->used + n;
    n += root_of_place(t, &right, out == NULL ? NULL : &other);
    if (out != NULL)
        hash_node(out, out, &other);
    return n;
}

int shared_tree_subtree(void *shared_tree, uint64_t from, uint64_t to, struct hash *out)
{
    const struct shared_tree *t = shared_tree;
    struct tree_place p = { .to = t->size, .last = t->leaves }, left, right;
    while (p.from != from || p.to != to) {
        if (p.first == p.last || p.to - p.from <= 1)
            return -1;
        divide(t, &p, &left, &right);
        if (from >= right.from)
            right.used = p.used + root_of_place(t, &left, NULL);
        p = from < right.from ? left : right;
    }
    root_of_place(t, &p, out);
    return 0;
}

int shared_tree_path(const struct shared_tree *t, uint64_t index,
                     struct hash path[static PROOF_MAX])
{
    struct tree_place p = { .to = t->size, .last = t->leaves }, left, right, sibling[PROOF_MAX];
    int n = 0;
    while (p.to - p.from > 1) {
        if (p.first == p.last)
            return -1;
        divide(t, &p, &left, &right);
        sibling[n++] = index < right.from ? right : left;
        p = index < right.from ? left : right;
    }
    if (p.first == p.last)
        return -1;
    for (int i = 0; i < n; i++) {
        const struct tree_place *s = &sibling[n - 1 - i];
        if (shared_tree_subtree((void *)(uintptr_t)t, s->from, s->to, &path[i]) != 0)
            return -1;
    }
    return n;
}
