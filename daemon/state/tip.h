/* Where the log stands: all that appending needs to know of what is already there. Built from the
 * store, at start-up and again whenever memory and disk may have parted. */
#ifndef DAEMON_STATE_TIP_H
#define DAEMON_STATE_TIP_H

#include "daemon/store/store.h"
#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"
#include "proto/tlog/edge.h"

/* Longer than any checkpoint of a log that signs alone. */
#define OWN_CHECKPOINT_MAX 1024

struct tip {
    struct edge edge;
    struct hash last_leaf;
    int64_t last_time;                   /* acceptance of the last entry, milliseconds */
    int64_t skew;                        /* milliseconds */
    char checkpoint[OWN_CHECKPOINT_MAX]; /* the newest signed note */
    size_t checkpoint_length;
};

/* Reads it, and holds it against itself: the checkpoint is signed by key, its root is that of the
 * tiles, the last entry is the last leaf. Also builds the registry (the caller's to free). Returns
 * STORE_OK, or why not; for STORE_DAMAGED *cause is a phrase. */
MUST_USE enum store_result tip_load(struct tip *out, struct registry **registry,
                                    struct store_txn *t, const struct vkey *key,
                                    const char **cause);

/* The size of the newest checkpoint that a transaction sees. */
MUST_USE enum store_result tip_size(struct store_txn *t, uint64_t *size);

#endif
