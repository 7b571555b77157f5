/* Receipts, built from the store. Any thread. */
#ifndef DAEMON_RECEIPTS_H
#define DAEMON_RECEIPTS_H

#include "daemon/store.h"

/* Appends the receipt of an entry against a checkpoint of this log, as a note; empty: against the newest one
 * that is signed. STORE_ABSENT: it holds no such entry. */
__attribute__((warn_unused_result)) enum store_result
receipt_build(struct buf *out, struct store *store, struct span checkpoint, uint64_t index);

/* The root of the tree at a size that it has had. */
__attribute__((warn_unused_result)) enum store_result
receipt_root(struct hash *out, struct store_txn *t, uint64_t size);

#endif
