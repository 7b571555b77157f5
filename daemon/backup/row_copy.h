/* Copies the rows of access that a log's entries commit to, beside a store that was copied before.
 * Main thread. What is wrong is said on standard error. */
#ifndef DAEMON_BACKUP_ROW_COPY_H
#define DAEMON_BACKUP_ROW_COPY_H

#include "daemon/host/datadir.h"
#include "daemon/store/store.h"
#include "proto/base/must_use.h"

/* Copies the file of each `access` entry of the store in *to, of a log of that origin, from the
 * folder `from`, and nothing else that is there. No copy is longer than as many rows as its entry
 * counts can be. Whether they are these rows, and all, is for fsck. Returns 0, all on the disk; or
 * an exit code. */
MUST_USE int row_copy_all(const char *from, const struct datadir *to, struct store *copied,
                          const char *origin);

#endif
