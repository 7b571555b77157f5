/* Is what would be backed up newer than what is backed up already? A backup of a log that was set
 * back would, in time, take the place of the last ones that hold the true history. Main thread; what
 * is wrong is said on standard error. */
#ifndef DAEMON_BACKUP_BACKUP_ORDER_H
#define DAEMON_BACKUP_BACKUP_ORDER_H

#include "daemon/backup/log_copy.h"
#include "proto/base/must_use.h"

/* Returns 0, or EXIT_DAMAGE where DIR/rolled_back says that the log in `dir` was rolled back, or
 * where that cannot be told. */
MUST_USE int backup_refuse_rolled_back(const char *dir);

/* Does the store that was copied into *copy hold all that the backup `previous` has? Returns 0;
 * EXIT_DAMAGE where it does not, or cannot be read; EXIT_USAGE where `previous` is no backup of that
 * log. */
MUST_USE int backup_refuse_older(const struct datadir *copy, const struct log_copied *copied,
                                 const char *previous);

#endif
