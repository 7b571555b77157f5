/* Receipts, built from the store and from what is kept of it: a tile's nodes and an enrolment are read once, not for
 * each receipt. Any thread. */
#ifndef DAEMON_STATE_RECEIPT_MAKER_H
#define DAEMON_STATE_RECEIPT_MAKER_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"

/* Appends the receipt of an entry against a checkpoint of this log, as a note; empty: against the newest one
 * that is signed. STORE_ABSENT: it holds no such entry. */
MUST_USE enum store_result receipt_build(struct buf *out, const struct service *service,
                                         struct span checkpoint, uint64_t index);

/* The same against the newest one, of an entry whose bytes and `under` (not NO_ENTRY) are at hand. */
MUST_USE enum store_result receipt_build_known(struct buf *out, const struct service *service,
                                               uint64_t index, struct span bytes, uint64_t under);

/* A full tile of hashes that is kept, TILE_BYTES of them, to be let go of; NULL if it is not kept. Never waits for
 * the disk. */
struct cached *receipts_tile(const struct service *service, const struct tile *t,
                             const void **bytes);

/* The file of a full tile of hashes that is not kept; it is from now on. STORE_ABSENT: beyond the newest
 * checkpoint. */
MUST_USE enum store_result receipts_read_tile(struct buf *out, const struct service *service,
                                              const struct tile *t);

/* Makes the caches of a service. Returns 0, or -1: out of memory. */
MUST_USE int receipts_open(struct service *service);
void receipts_close(struct service *service);

/* Forgets what was kept: memory and disk may have parted. */
void receipts_forget(struct service *service);

/* The root of the tree at a size that it has had. */
MUST_USE enum store_result receipt_root(struct hash *out, struct store_txn *t, uint64_t size);

#endif
