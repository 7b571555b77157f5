/* One list of hashes that proves any number of leaves of one RFC 6962 tree. docs/FORMATS.md, 25,
 * "Shared proof". Any thread. */
#ifndef PROTO_TLOG_SHARED_PROOF_H
#define PROTO_TLOG_SHARED_PROOF_H

#include "proto/base/must_use.h"
#include "proto/tlog/tree.h"

/* A leaf, by its place in the tree. */
struct placed_leaf {
    uint64_t index;
    struct hash leaf;
};

/* Sets *out to the root that these leaves (ascending, none twice, all below size; at least one) and
 * the list lead to. Returns 0, or -1 if the list has another length than such a proof has, or the
 * leaves are not as asked. */
MUST_USE int shared_proof_root(struct hash *out, uint64_t size, const struct placed_leaf *leaf,
                               size_t leaves, const struct hash *proof, size_t n);

/* Sets *out to the root over the leaves from `from` up to, and without, `to`: a subtree that RFC
 * 6962 makes where it divides the tree. Returns 0, or -1 if it cannot be had; ctx keeps why. */
typedef int subtree_fn(void *ctx, uint64_t from, uint64_t to, struct hash *out);

/* Called for each hash of the proof, in its order. Returns 0 to go on. */
typedef int proof_hash_fn(void *ctx, const struct hash *hash);

/* Makes the proof of these leaves (as above, by index alone). Returns 0; -1 if subtree did not
 * return 0, or the leaves are not as asked; else what put returned. */
MUST_USE int shared_proof_make(uint64_t size, const uint64_t *index, size_t leaves,
                               subtree_fn *subtree, void *subtree_ctx, proof_hash_fn *put,
                               void *put_ctx);

#endif
