/* A new key of a log whose signer has it: what says that it is one of the log's keys. Main
 * thread. */
#ifndef DAEMON_HANDED_OVER_H
#define DAEMON_HANDED_OVER_H

#include "daemon/host/config.h"
#include "daemon/signer/handover.h"

/* Reads a hand-over from a file, and lists its key in DIR/log.keys, as the newest one: a key of the
 * log in dir must have signed it. The log must be stopped. What was listed before stays. Returns 0,
 * or an exit code after having said why on standard error. */
MUST_USE int handed_over_take(struct key_handover *out, const char *file, const char *dir,
                              const struct config *config);

#endif
