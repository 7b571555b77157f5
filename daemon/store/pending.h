/* Counts the blobs that no entry names yet, their bytes, and who put them, so that nobody who may
 * put blobs can fill the disk, or take the room of all others. Of blobs from before the start
 * nobody knows who put them: they count towards the totals alone. Any thread; one lock, held for a
 * few look-ups in memory. */
#ifndef DAEMON_STORE_PENDING_H
#define DAEMON_STORE_PENDING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/base/hash.h"
#include "proto/base/must_use.h"

#define PENDING_NOBODY UINT32_MAX /* the signer of blobs from before the start */

struct pending_limits {
    int64_t blobs, bytes; /* in all */
    int64_t share;        /* percent of each that one signer may have */
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
    PENDING_CROWDED, /* all together have put too much */
    PENDING_SHARE,   /* this signer has put too much */
    PENDING_MEMORY,
};

/* Returns 0 or -1. */
MUST_USE int pending_init(struct pending *p, const struct pending_limits *limits);
void pending_destroy(struct pending *p);

/* Other limits. What is there beyond them stays. */
void pending_limit(struct pending *p, const struct pending_limits *limits);

/* Counts a blob of that size that a signer begins to put, before anything is written, so that
 * many at once cannot pass a limit together. Unless PENDING_OK nothing was counted. */
MUST_USE enum pending_result pending_begin(struct pending *p, uint32_t signer, uint64_t size);
/* Takes back pending_begin(): the blob was not put. */
void pending_cancel(struct pending *p, uint32_t signer, uint64_t size);

/* What was begun is there, and is from now on known by its name. */
void pending_name(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint32_t signer,
                  uint64_t size);

/* Counts a blob that was there at the start. */
void pending_found(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint64_t size);

/* A blob is not pending any more, as an entry names it or it is gone. Harmless for one that is not
 * known. */
void pending_leave(struct pending *p, const uint8_t sha256[static HASH_BYTES]);

#endif
