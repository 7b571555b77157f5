/* The right edge of a growing tree as tiles: the partial tile of each level, and the frontier. The
 * sequencer appends to one, a replay computes one, and a state file keeps one instead of the
 * tree. */
#ifndef PROTO_TLOG_EDGE_H
#define PROTO_TLOG_EDGE_H

#include "proto/tlog/tile.h"

struct edge {
    struct frontier frontier;                  /* of all leaves so far */
    struct hash tile[TILE_LEVELS][TILE_WIDTH]; /* the first edge_width() hashes of each are set */
};

/* Called when a tile becomes full; hashes are its 256. Return nonzero to stop. */
typedef int full_tile_fn(void *ctx, const struct tile *t, const struct hash *hashes);

/* How many hashes the partial tile of a level has; 0 to 255. */
static inline unsigned edge_width(const struct edge *e, int level)
{
    return (unsigned)(e->frontier.size >> (8 * level)) % TILE_WIDTH;
}

/* Appends a leaf. Calls full (may be NULL) for each tile that this fills, lowest level first.
 * Returns 0, or the first nonzero result of full: then the edge must not be used any more. */
int edge_append(struct edge *e, const struct hash *leaf, full_tile_fn *full, void *ctx);

static inline void edge_root(const struct edge *e, struct hash *out)
{
    frontier_root(&e->frontier, out);
}

/* Rebuilds the edge of a tree of that size from its partial tiles: e->tile[L] must hold
 * tile_width hashes for each level that has a partial tile. Fills in the frontier. */
void edge_from_tiles(struct edge *e, uint64_t size);

#endif
