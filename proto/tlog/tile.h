/* Tiles and bundles, c2sp.org/tlog-tiles: where they are, what is in them, and every proof that can
 * be built from them. One proof builder serves the store, HTTP and a mirror folder: they differ in
 * how a tile is read. */
#ifndef PROTO_TLOG_TILE_H
#define PROTO_TLOG_TILE_H

#include "proto/base/must_use.h"
#include "proto/tlog/tree.h"

/* A tile of hashes, or with level TILE_ENTRIES a bundle of entries. */
#define TILE_ENTRIES (-1)

struct tile {
    int level;
    uint64_t n;
    unsigned width; /* 1 to 256 */
};

/* Writes "tile/<L>/<N>[.p/<W>]", without a slash before it. */
void tile_path(char out[TILE_PATH_MAX], const struct tile *t);

/* Parses such a path, canonical only. Returns 0 or -1. */
MUST_USE int tile_path_parse(struct tile *out, struct span path);

/* The width that tile n of that level (or bundle n) has in a tree of that size: 0 if it is not in
 * it, 256 if it is full. */
unsigned tile_width(uint64_t size, int level, uint64_t n);

/* How many tiles of that level (or bundles) a tree of that size has, the partial one included. */
uint64_t tile_count(uint64_t size, int level);

/* Splits a bundle of exactly `width` entries into views of it. Returns how many of them could be
 * read: less than width if the bundle is cut off or does not divide exactly; and `width` only if
 * nothing is left over. entry has room for width. */
unsigned bundle_split(struct span *entry, unsigned width, struct span bundle);

/* How many bytes the first `width` entries of a bundle take; all of them if it is cut off
 * before. */
size_t bundle_length(struct span bundle, unsigned width);

/* The most bytes that the file of a tile or bundle has. */
size_t tile_bytes_max(const struct tile *t);

/* A log may delete a partial file once there is the full one, which begins with the same bytes.
 * Returns how many bytes of the full file make the file of t; 0 if `full` is no full tile or
 * bundle. */
size_t tile_part_of_full(struct span full, const struct tile *t);

/* The root of the perfect or partial subtree that hashes are the leaves of; n >= 1. */
void tile_root(struct hash *out, const struct hash *hashes, unsigned n);

/* A tile with the nodes above its hashes: a proof that finds them here need not hash them again. */
struct tile_nodes {
    unsigned width;                       /* hashes that it holds */
    struct hash node[2 * TILE_WIDTH - 1]; /* by height, 0 to 8: see tile_node() */
};

/* Sets the hashes, and computes all complete nodes above them. Begin with t->width 0. The tile may
 * grow: hashes that it holds already must be the same, and are not computed again. */
void tile_nodes_set(struct tile_nodes *t, const struct hash *hashes, unsigned width);

/* The complete node at that height (0 to 8) over the hashes from at << height on. */
static inline const struct hash *tile_node(const struct tile_nodes *t, unsigned height, unsigned at)
{
    return &t->node[2 * TILE_WIDTH - (2 * TILE_WIDTH >> height) + at];
}

/* Copies the nodes that are set. */
void tile_nodes_copy(struct tile_nodes *out, const struct tile_nodes *t);

/* Reads the first t->width hashes of a tile into out. Returns 0 or -1; ctx keeps the reason. */
typedef int tile_read_fn(void *ctx, const struct tile *t, struct hash *out);

/* Returns tile n of a level with its nodes, valid until the next call for that level. It may hold
 * more hashes than the tree of the source's size has. NULL if it cannot be had; ctx keeps the
 * reason. */
typedef const struct tile_nodes *tile_nodes_fn(void *ctx, int level, uint64_t n);

/* Tiles of a tree of some size, for building proofs. `size` is the size that tiles are asked at. */
struct tile_source {
    tile_read_fn *read;
    tile_nodes_fn *nodes; /* asked instead of read, if it is not NULL */
    void *ctx;
    uint64_t size;
    const struct hash
        *remainder; /* of tree_remainders(), for inclusion paths; NULL: hashed for each */
};

/* Fills in tree_remainders() of the source's tree. Returns 0, or -1 if a tile could not be read. */
MUST_USE int source_remainders(struct hash remainder[static 64], const struct tile_source *source);

/* Builds the inclusion path of index in the tree of source->size. Returns its length, or -1 if a
 * tile could not be read. The caller must verify the path, as tiles may be wrong. */
MUST_USE int proof_inclusion(struct hash path[static PROOF_MAX], const struct tile_source *source,
                             uint64_t index);

/* As a subtree_fn (proto/tlog/shared_proof.h): the root over leaves of the tree, from its tiles. */
int tile_subtree(void *tile_source, uint64_t from, uint64_t to, struct hash *out);

/* The consistency proof from old_size to source->size; with `seeded` the hash that RFC 6962 leaves
 * out for powers of two comes first, as tree_roots_of_consistency wants it for its seed. Returns
 * its length or -1. */
MUST_USE int proof_consistency(struct hash proof[static PROOF_MAX],
                               const struct tile_source *source, uint64_t old_size, bool seeded);

#endif
