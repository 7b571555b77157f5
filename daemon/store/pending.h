/* Blobs that no entry names yet: how many there are, how much they take on the disk, and whose
 * they are, so that nobody who may put blobs can fill the disk, or the room of all others. Of
 * blobs from before the start nobody knows whose they are: they count for all. Any thread. */
#ifndef DAEMON_STORE_PENDING_H
#define DAEMON_STORE_PENDING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/base/hash.h"
#include "proto/base/must_use.h"

#define PENDING_NOBODY UINT32_MAX

struct pending_limits {
    int64_t blobs, bytes;
    int64_t share; /* percent of each that one signer may have */
};

struct pending {
    struct pending_limits limits;
    pthread_mutex_t lock;
    int64_t blobs, bytes;
    void *owners; /* a tree of what each signer has */
    void *known;  /* a tree of the blobs */
};

enum pending_result {
    PENDING_OK,
    PENDING_CROWDED, /* all have put too much */
    PENDING_SHARE,   /* this signer has put too much */
    PENDING_MEMORY,
};

/* Returns 0 or -1. */
MUST_USE int pending_init(struct pending *p, const struct pending_limits *limits);
void pending_destroy(struct pending *p);

/* Counts a blob of that size that a signer begins to put, before anything is written, so that
 * many at once cannot pass a limit together. Unless PENDING_OK nothing was counted. */
MUST_USE enum pending_result pending_begin(struct pending *p, uint32_t signer, uint64_t size);
/* It was not put. */
void pending_cancel(struct pending *p, uint32_t signer, uint64_t size);

/* What was begun is there, and is now known by its name. */
void pending_name(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint32_t signer,
                  uint64_t size);

/* One that was there at the start. */
void pending_found(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint64_t size);

/* A blob is not pending any more: an entry names it, or it is gone. */
void pending_leave(struct pending *p, const uint8_t sha256[static HASH_BYTES]);

#endif
