/* Where the log stands: all that appending needs to know of what is already there. Built from the
 * store, at start-up and again whenever memory and disk may have parted. */
#ifndef DAEMON_STANDING_H
#define DAEMON_STANDING_H

#include "daemon/store.h"
#include "proto/edge.h"
#include "proto/integrity.h"

/* Longer than any checkpoint of a log that signs alone. */
#define OWN_CHECKPOINT_MAX 1024

struct standing {
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
__attribute__((warn_unused_result)) enum store_result
standing_load(struct standing *out, struct registry **registry, struct store_txn *t,
              const struct vkey *key, const char **cause);

/* The size of the newest checkpoint that a transaction sees. */
__attribute__((warn_unused_result)) enum store_result standing_size(struct store_txn *t,
                                                                    uint64_t *size);

#endif
