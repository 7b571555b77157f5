/* The rows of who read, against the entries that commit to them. Main thread. */
#ifndef DAEMON_FSCK_FSCK_ACCESS_H
#define DAEMON_FSCK_FSCK_ACCESS_H

#include "daemon/fsck/fsck_report.h"
#include "daemon/store/store.h"

/* Looks for the rows of each `access` entry of version 1 in DIR/access, where dir is DIR, in a
 * STORE_READ transaction. origin is the log's. Rows whose entry is not in the log yet are
 * not looked at. */
void fsck_access(struct fsck_report *r, struct store_txn *t, const char *origin, const char *dir);

#endif
