/* The store against itself. Every entry is replayed as an auditor would, then every list of the
 * store and the blobs are held against the entries, both ways, and the tables of the index. Nothing
 * is written there. Main thread. */
#ifndef DAEMON_FSCK_FSCK_H
#define DAEMON_FSCK_FSCK_H

#include "daemon/fsck/fsck_report.h"
#include "daemon/store/store.h"

struct fsck_folders {
    const char *log;   /* DIR */
    const char *blobs; /* DIR/blobs, which may be missing */
};

/* Looks at all of it and reports what it finds. The log's public key is the one that entry 0 names:
 * no file of a key is needed, so that a backup can be looked at. A damaged page of the store may
 * crash the process. */
void fsck_walk(struct fsck_report *r, struct store *store, const struct fsck_folders *folders);

#endif
