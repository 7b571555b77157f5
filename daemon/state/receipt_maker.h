/* Receipts, built from the store and from what is kept of it in service->tiles and service->links:
 * a tile's nodes and an enrolment are read once, not for each receipt. Any thread but the event
 * loop, as the disk may be waited for, except where it says otherwise. */
#ifndef DAEMON_STATE_RECEIPT_MAKER_H
#define DAEMON_STATE_RECEIPT_MAKER_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"

/* Appends the receipt of the entry at index, as a note. checkpoint is a signed checkpoint of this
 * log; empty: the newest one. STORE_ABSENT: the checkpoint holds no such entry. On a failure, *out
 * may hold a part. */
MUST_USE enum store_result receipt_build(struct buf *out, const struct service *service,
                                         struct span checkpoint, uint64_t index);

/* The same against the newest checkpoint, for an entry whose bytes and `under` (the entry of its
 * signer's enrolment, not NO_ENTRY) are at hand. */
MUST_USE enum store_result receipt_build_known(struct buf *out, const struct service *service,
                                               uint64_t index, struct span bytes, uint64_t under);

/* A full tile of hashes that is in memory; *bytes become its TILE_BYTES, valid until the caller
 * lets go of the result with cached_release(). NULL: it is not in memory. Any thread, the event
 * loop too. */
struct cached *receipts_tile(const struct service *service, const struct tile *t,
                             const void **bytes);

/* Appends the file of a tile or bundle; full tiles of hashes are kept in memory. What it has is
 * proven into the newest checkpoint's tree: STORE_DAMAGED where the store returns something else.
 * STORE_ABSENT: beyond the newest checkpoint. */
MUST_USE enum store_result receipts_read_tile(struct buf *out, const struct service *service,
                                              const struct tile *t);

/* Makes service->tiles and service->links. Returns 0, or -1: out of memory. Main thread. */
MUST_USE int receipts_open(struct service *service);
/* Frees them. Main thread. */
void receipts_close(struct service *service);

/* Forgets what is kept: memory and disk may have parted. The sequencer's thread. */
void receipts_forget(struct service *service);

#endif
