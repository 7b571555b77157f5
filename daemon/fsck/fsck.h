/* The store against itself. Every entry is replayed as an auditor would, then every list of the
 * store and the blobs are held against the entries, both ways, and the tables of the index. Nothing
 * is written there. Main thread. */
#ifndef DAEMON_FSCK_FSCK_H
#define DAEMON_FSCK_FSCK_H

#include "daemon/fsck/fsck_report.h"
#include "daemon/store/store.h"
#include "proto/tlog/key.h"

struct fsck_folders {
    const char *log;   /* DIR */
    const char *blobs; /* DIR/blobs, which may be missing */
};

/* Looks at all of it and reports what it finds. key is the log's public key. A damaged page of the
 * store may crash the process. */
void fsck_walk(struct fsck_report *r, struct store *store, const struct vkey *key,
               const struct fsck_folders *folders);

#endif
