/* What the processes of bitacorad give up once they have started: their user, and in the sandbox
 * what they never need. Main thread, before others start. */
#ifndef DAEMON_HOST_CONFINE_H
#define DAEMON_HOST_CONFINE_H

#include "proto/base/must_use.h"
#include "proto/process/sandbox.h"

/* Becomes --user; NULL: stays who it is, and warns of root. Returns 0, or an exit code after having
 * said why. */
MUST_USE int confine_user(const char *user);

/* Enters the sandbox, unless it is not wanted, and says in the log and in the metrics what of it is
 * active. Returns 0, or an exit code after having said why: then the process must end. */
MUST_USE int confine(const struct sandbox_plan *plan, bool wanted);

#endif
