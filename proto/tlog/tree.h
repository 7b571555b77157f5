/* The RFC 6962 Merkle tree (section 2.1): appending, roots, and the verification of inclusion and
 * consistency proofs. Building proofs needs stored hashes: see tile.h. */
#ifndef PROTO_TLOG_TREE_H
#define PROTO_TLOG_TREE_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"

/* The right edge of a tree: node[k] is the root of the perfect subtree of 2^k leaves that bit k of
 * size stands for. All zeroes is the empty tree. */
struct frontier {
    uint64_t size;
    struct hash node[64];
};

/* Appends one leaf. Returns how many nodes above it that completes: done[0], of height 1, up to
 * done[n-1], of height n. */
unsigned frontier_append(struct frontier *f, const struct hash *leaf, struct hash done[static 64]);

/* The root; of the empty tree SHA-256(""). */
void frontier_root(const struct frontier *f, struct hash *out);

/* Sets remainder[k] to the root over the last (size mod 2^k) leaves, for each k where that is not
 * 0. Such a root is the one node of an inclusion path that may not be a perfect subtree. */
void tree_remainders(const struct frontier *f, struct hash remainder[static 64]);

/* The root that leaf at index and path lead to in a tree of that size (RFC 9162, 2.1.3.2). Returns
 * 0, or -1 if the path has another length than such a path has. */
MUST_USE int tree_root_of_inclusion(struct hash *out, uint64_t index, uint64_t size,
                                    const struct hash *leaf, const struct hash *path, size_t n);

/* The two roots that a consistency proof between sizes old and new (0 < old <= new) leads to (RFC
 * 9162, 2.1.4.2). RFC 6962 leaves the first hash out where old is a power of two, as the verifier
 * has it: seed is that hash, the old root, and is not looked at for other sizes. Returns 0, or -1
 * if the proof has another length than it should. */
MUST_USE int tree_roots_of_consistency(struct hash *old_root, struct hash *new_root,
                                       uint64_t old_size, uint64_t new_size,
                                       const struct hash *seed, const struct hash *proof, size_t n);

/* True if the proof shows that (new_size, new_root) extends (old_size, old_root). */
bool tree_consistent(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
                     const struct hash *new_root, const struct hash *proof, size_t n);

#endif
