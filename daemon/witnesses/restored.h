/* A log that was restored from a backup, and whose witnesses were not asked: an erasure may have
 * been ordered in what was lost. So no sealed blob is served until they have cosigned what is here,
 * nor while the log is rolled back or doubted. */
#ifndef DAEMON_WITNESSES_RESTORED_H
#define DAEMON_WITNESSES_RESTORED_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"

/* Looks whether DIR/restored says so. alone: the log has no witnesses: then the file goes. Returns
 * 0, or -1 with errno. Main thread, before others start, once the newest checkpoint is known. */
MUST_USE int restored_begin(struct service *s, const char *dir, bool alone);

/* Whether sealed blobs are withheld now. Any thread. */
bool restored_withholds(struct service *s);

#endif
