/* The signer's socket: who may ask, and one answer for each request. One thread. */
#ifndef DAEMON_SIGNER_SIGNER_SOCKET_H
#define DAEMON_SIGNER_SIGNER_SOCKET_H

#include <sys/types.h>

#include "daemon/signer/signer.h"

/* Listens on a Unix socket at path. One that a killed signer left there is removed; mode 0600, or
 * 0666 where another user than this process's may ask: who that is, each connection is asked.
 * Returns the descriptor, or -1 after having said why on standard error. */
MUST_USE int signer_listen(const char *path, uid_t peer);

/* Answers until SIGTERM or SIGINT. Of others than peer connections are closed at once. Returns 0,
 * or -1 if the signer cannot go on: the log says why. Closes `listening`. */
MUST_USE int signer_serve(struct signer_process *s, int listening, uid_t peer);

#endif
