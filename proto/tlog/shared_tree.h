/* A tree of which some leaves and their shared proof (shared_proof.h) are at hand: other proofs are
 * made of these. Any thread. */
#ifndef PROTO_TLOG_SHARED_TREE_H
#define PROTO_TLOG_SHARED_TREE_H

#include "proto/tlog/shared_proof.h"

/* shared_proof_root() gave the tree's root for these. */
struct shared_tree {
    uint64_t size;
    const struct placed_leaf *leaf; /* ascending */
    size_t leaves;
    const struct hash *proof;
    size_t n;
};

/* A subtree_fn: -1 for a subtree that lies within one of which the proof has only the root. */
int shared_tree_subtree(void *shared_tree, uint64_t from, uint64_t to, struct hash *out);

/* The inclusion path of one of the leaves, its sibling first. Returns its length, or -1 if the leaf
 * is not at hand. */
MUST_USE int shared_tree_path(const struct shared_tree *t, uint64_t index,
                              struct hash path[static PROOF_MAX]);

#endif
