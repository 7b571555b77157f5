/* What backup and restore share. Main thread. */
#ifndef DAEMON_BACKUP_CMD_BACKUP_H
#define DAEMON_BACKUP_CMD_BACKUP_H

#include "daemon/host/cmd.h"

/* Runs a command in a child process, as a damaged page of a store may crash whoever reads it.
 * Returns its exit code; EXIT_DAMAGE after having said so if it crashed. */
MUST_USE int backup_in_child(int (*run)(const struct cmd_args *args), const struct cmd_args *args);

#endif
