/* Receipts, built from the store. Any thread. */
#ifndef DAEMON_RECEIPTS_H
#define DAEMON_RECEIPTS_H

#include "daemon/store.h"

/* Appends the receipt of an entry against the newest checkpoint. STORE_ABSENT: there is no such
 * entry. */
__attribute__((warn_unused_result)) enum store_result
receipt_build(struct buf *out, struct store *store, uint64_t index);

#endif
