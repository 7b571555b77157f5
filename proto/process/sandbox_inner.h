/* The two parts of sandbox.h, for sandbox.c alone. */
#ifndef PROTO_PROCESS_SANDBOX_INNER_H
#define PROTO_PROCESS_SANDBOX_INNER_H

#include "proto/process/sandbox.h"

/* ---- sandbox_files.c: Landlock --------------------------------------------------------------- */

/* Has the kernel a Landlock that is new enough? */
bool sandbox_files_known(void);

/* From now on only the files of the plan can be opened. Returns 0; or -1 with errno and *what. */
MUST_USE int sandbox_files(const struct sandbox_plan *p, const char **what);

/* ---- sandbox_calls.c: seccomp ---------------------------------------------------------------- */

/* Can the kernel filter system calls? */
bool sandbox_calls_known(void);

/* From now on only the calls of sandbox_calls.c can be made. Returns 0; or -1 with errno and
 * *what. */
MUST_USE int sandbox_calls(enum sandbox_network network, const char **what);

#endif
