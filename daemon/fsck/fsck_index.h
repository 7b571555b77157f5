/* The indexes of the store against the entries, both ways. Main thread. */
#ifndef DAEMON_FSCK_FSCK_INDEX_H
#define DAEMON_FSCK_FSCK_INDEX_H

#include "daemon/fsck/fsck_blobs.h"
#include "daemon/store/store.h"

/* Looks at the indexes of the first r->size entries, in a STORE_READ transaction. registry is the
 * one that these entries make. Also tells `blobs` (may be NULL) which blobs each record names. */
void fsck_indexes(struct fsck_report *r, struct store_txn *t, const struct registry *registry,
                  struct fsck_blobs *blobs);

#endif
