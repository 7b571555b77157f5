/* What the threads of a running daemon share. Made and unmade by cmd_run.c; between that, only what
 * locks itself changes. */
#ifndef DAEMON_STATE_SERVICE_H
#define DAEMON_STATE_SERVICE_H

#include "daemon/host/config.h"
#include "daemon/host/pool.h"
#include "daemon/state/cache.h"
#include "daemon/state/signers.h"
#include "daemon/state/snapshot.h"
#include "daemon/store/blobs.h"

/* The newest signed checkpoint, for those who need not ask the store. */
struct newest {
    pthread_mutex_t lock;
    uint64_t size;
    struct hash root;
    char note[OWN_CHECKPOINT_MAX];
    size_t note_length;
    struct snapshot *snapshot; /* of it; NULL when there was no memory for one */
    struct growing_edge edge;  /* newest_set()'s own */
};

struct service {
    struct config config;
    struct vkey vkey; /* the log's public key */
    struct store *store;
    struct blobs *blobs;
    struct erasing *erasing; /* erasing.c */
    struct signer_registry signers;
    struct newest newest;
    struct cache *tiles;   /* full ones, for receipts: receipts.c */
    struct cache *links;   /* entries that others rest on: receipts.c */
    struct pool *workers;  /* verify and build receipts */
    struct pool *readers;  /* answer GETs from the store */
    struct queue *mailbox; /* to the event loop */
    struct sequencer *sequencer;
    struct feed *feed; /* NULL for a log that signs alone */
};

/* Whoever changes the tip: one thread at a time. */
void newest_set(struct newest *n, const struct tip *tip);

/* The newest checkpoint's snapshot, to be let go of; NULL when there was no memory. Any thread. */
struct snapshot *newest_snapshot(struct newest *n);

/* Copies the newest checkpoint; note (may be NULL) has room for OWN_CHECKPOINT_MAX. Returns the
 * note's length. Any thread. */
size_t newest_get(struct newest *n, uint64_t *size, struct hash *root, char *note);

#endif
