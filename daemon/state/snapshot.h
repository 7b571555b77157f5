/* The tree of one signed checkpoint, as receipts against it need it: the nodes of its right edge.
 * What is left of the edge is full tiles, which never change. The sequencer makes one after each
 * commit. From then on it is constant and counts its users, so that a receipt in the making keeps
 * the one that it began with. */
#ifndef DAEMON_STATE_SNAPSHOT_H
#define DAEMON_STATE_SNAPSHOT_H

#include <stdatomic.h>

#include "daemon/state/tip.h"

struct snapshot {
    atomic_uint users;
    uint64_t size;             /* entries */
    struct hash remainder[64]; /* of tree_remainders() */
    char note[OWN_CHECKPOINT_MAX];
    size_t note_length;
    int levels;               /* of edge: those that have any hash */
    struct tile_nodes edge[]; /* the partial tile of each level */
};

/* The edge that snapshots are copied from. It grows from one to the next, so that only what changed
 * is hashed. All zero at the start. */
struct growing_edge {
    struct tile_nodes level[TILE_LEVELS];
};

/* A snapshot of *tip, with one user; brings *edge up to it. NULL when out of memory. One thread at
 * a time for each edge. */
struct snapshot *snapshot_new(struct growing_edge *edge, const struct tip *tip);

/* Adds a user, and returns s. NULL is harmless. Any thread that knows that somebody else still has
 * it. */
struct snapshot *snapshot_keep(struct snapshot *s);

/* Lets go of it; the last user frees it. NULL is harmless. Any thread. */
void snapshot_release(struct snapshot *s);

#endif
