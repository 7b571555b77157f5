/* Lists a new key that the log's signer has, by the hand-over that the former key has signed. Main
 * thread. */
#ifndef DAEMON_HANDED_OVER_H
#define DAEMON_HANDED_OVER_H

#include "daemon/host/config.h"
#include "daemon/signer/handover.h"

/* Reads a hand-over from a file into *out, and lists its key in DIR/log.keys as the newest one. A
 * key of the log in dir must have signed it. The log must be stopped. What was listed before stays.
 * Returns 0, or an exit code after having said why on standard error. */
MUST_USE int handed_over_take(struct key_handover *out, const char *file, const char *dir,
                              const struct config *config);

#endif
