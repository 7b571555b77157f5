/* How the process of `bitacorad run` starts: the socket that it is given or listens on while it
 * may, and the sandbox. Main thread, before others start. */
#ifndef DAEMON_STARTING_H
#define DAEMON_STARTING_H

#include "daemon/running.h"
#include "daemon/settings.h"

/* Takes the socket that was passed (proto/process/passed_socket.h). Without one, and with a user to
 * become, listens where the settings say, as that user may not. Sets from->socket. Returns 0, or an
 * exit code after having said why. */
MUST_USE int starting_socket(struct settings_from *from, const char *user);

/* Loads the accelerator that the settings or the environment name, if any, for r->service. The log
 * says where libsodium judges all the same. Returns 0, or an exit code after having said why. */
MUST_USE int starting_accelerator(struct running *r);

/* Enters the sandbox, if the settings want it. All is open by now that the daemon opens once.
 * Returns 0 or an exit code. */
MUST_USE int starting_sandbox(const struct running *r, const struct settings_from *from);

/* For `run --check`: prints what the sandbox would be. */
void starting_print_sandbox(const struct config *c);

#endif
