/* What the copies of store, blobs and rows say where one fails. Main thread. */
#ifndef DAEMON_BACKUP_UNCOPIED_H
#define DAEMON_BACKUP_UNCOPIED_H

#include "proto/base/must_use.h"

/* Says on standard error that a file could not be copied; errno says why. Returns EXIT_DAMAGE. */
MUST_USE int say_uncopied(const char *path);

#endif
