/* The root of the tree as it was. */
#ifndef DAEMON_STATE_PAST_ROOT_H
#define DAEMON_STATE_PAST_ROOT_H

#include "daemon/store/store.h"
#include "proto/base/must_use.h"

/* The root of the tree at a size that it has had; t is a STORE_READ transaction. Any thread but the
 * event loop. STORE_ABSENT: it never had that size. */
MUST_USE enum store_result past_root(struct hash *out, struct store_txn *t, uint64_t size);

#endif
