/* The tree of one signed checkpoint, as receipts against it need it: the nodes of its right edge. What is
 * left of it is full tiles, which never change. Made by the sequencer after each commit; constant from then
 * on, and counted, so that a receipt in the making keeps the one that it began with. */
#ifndef DAEMON_STATE_SNAPSHOT_H
#define DAEMON_STATE_SNAPSHOT_H

#include <stdatomic.h>

#include "daemon/state/tip.h"

struct snapshot {
    atomic_uint users;
    uint64_t size;
    struct hash remainder[64]; /* of tree_remainders() */
    char note[OWN_CHECKPOINT_MAX];
    size_t note_length;
    int levels;               /* that have any hash */
    struct tile_nodes edge[]; /* the partial tile of each */
};

/* The edge that snapshots are copied from: each grows out of the one before. */
struct growing_edge {
    struct tile_nodes level[TILE_LEVELS];
};

/* A snapshot of a tip, whatever the edge held before. NULL when out of memory. */
struct snapshot *snapshot_new(struct growing_edge *edge, const struct tip *tip);

struct snapshot *snapshot_keep(struct snapshot *s);

/* Lets go of it. NULL is harmless. */
void snapshot_release(struct snapshot *s);

#endif
