/* fsck for other commands. Main thread. */
#ifndef DAEMON_FSCK_CMD_FSCK_H
#define DAEMON_FSCK_CMD_FSCK_H

#include "daemon/host/datadir.h"
#include "proto/base/must_use.h"

/* Checks a log's folder as fsck does, which nobody else may be writing to: the store in a child
 * process. What it finds goes to standard error. Nothing of the store may be open. Returns EXIT_FINE
 * if it is sound, else another exit code. */
MUST_USE int fsck_quietly(const struct datadir *d);

#endif
