/* The store against itself. Every entry is replayed as an auditor would, then every index and the
 * blobs are held against the entries, both ways. Nothing is written. Main thread. */
#ifndef DAEMON_FSCK_FSCK_H
#define DAEMON_FSCK_FSCK_H

#include "daemon/fsck/fsck_report.h"
#include "daemon/store/store.h"
#include "proto/tlog/key.h"

/* Looks at all of it and reports what it finds. key is the log's public key; blobs is the path of
 * DIR/blobs, which may be missing. A damaged page of the store may crash the process. */
void fsck_walk(struct fsck_report *r, struct store *store, const struct vkey *key,
               const char *blobs);

#endif
