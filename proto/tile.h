/* Tiles and bundles, c2sp.org/tlog-tiles: where they are, what is in them, and every proof that can
 * be built from them. One proof builder serves the store, HTTP and a mirror folder: they differ in
 * how a tile is read. */
#ifndef PROTO_TILE_H
#define PROTO_TILE_H

#include "proto/tree.h"

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
__attribute__((warn_unused_result)) int tile_path_parse(struct tile *out, struct span path);

/* The width that tile n of that level (or bundle n) has in a tree of that size: 0 if it is not in
 * it, 256 if it is full. */
unsigned tile_width(uint64_t size, int level, uint64_t n);

/* How many tiles of that level (or bundles) a tree of that size has, the partial one included. */
uint64_t tile_count(uint64_t size, int level);

/* Splits a bundle of exactly `width` entries into views of it. Returns how many of them could be
 * read: less than width if the bundle is cut off or does not divide exactly; and `width` only if
 * nothing is left over. entry has room for width. */
unsigned bundle_split(struct span *entry, unsigned width, struct span bundle);

/* The root of the perfect or partial subtree that hashes are the leaves of; n >= 1. */
void tile_root(struct hash *out, const struct hash *hashes, unsigned n);

/* Reads the first t->width hashes of a tile into out. Returns 0 or -1; ctx keeps the reason. */
typedef int tile_read_fn(void *ctx, const struct tile *t, struct hash *out);

/* Tiles of a tree of some size, for building proofs. `size` is the size that tiles are asked at. */
struct tile_source {
    tile_read_fn *read;
    void *ctx;
    uint64_t size;
};

/* The inclusion path of index in the tree of source->size. Returns its length, or -1 if a tile could
 * not be read. The path is not verified: what was read is not to be believed. */
__attribute__((warn_unused_result)) int proof_inclusion(struct hash path[static PROOF_MAX],
                                                        const struct tile_source *source,
                                                        uint64_t index);

/* The consistency proof from old_size to source->size; with `seeded` the hash that RFC 6962 leaves
 * out for powers of two comes first, as tree_roots_of_consistency wants it for its seed. Returns
 * its length or -1. */
__attribute__((warn_unused_result)) int proof_consistency(struct hash proof[static PROOF_MAX],
                                                          const struct tile_source *source,
                                                          uint64_t old_size, bool seeded);

#endif
