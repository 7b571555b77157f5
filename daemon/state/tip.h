/* The tip of the log: all that appending needs to know of what is already there. Read from the
 * store at the start, and again whenever memory and disk may have parted. */
#ifndef DAEMON_STATE_TIP_H
#define DAEMON_STATE_TIP_H

#include "daemon/state/own_keys.h"
#include "daemon/store/store.h"
#include "proto/base/must_use.h"
#include "proto/index/cover.h"
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
    struct cover cover; /* of the last `index` entry */
};

/* Reads the tip, and checks that it agrees with itself: the checkpoint is signed by one of
 * the log's keys, which outlive the registry, its root
 * is that of the tiles, the last entry is the last leaf. Sets *registry to a new registry, built
 * from the entries that change it; the caller frees it. Returns STORE_OK, or why not, with *cause a
 * static phrase and no registry. The thread of t. */
MUST_USE enum store_result tip_load(struct tip *out, struct registry **registry,
                                    struct store_txn *t, const struct log_own_keys *keys,
                                    const char **cause);

/* Sets *size to that of the newest checkpoint that a transaction sees. STORE_DAMAGED if it cannot
 * be parsed; else what the store said. The thread of t. */
MUST_USE enum store_result tip_size(struct store_txn *t, uint64_t *size);

#endif
