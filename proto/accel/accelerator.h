/* Eight lanes out of a plug-in: a file that an operator or user names, loaded while the process runs.
 * Nothing is searched for. docs/INTERFACES.md, section 34. */
#ifndef PROTO_ACCEL_ACCELERATOR_H
#define PROTO_ACCEL_ACCELERATOR_H

#include "proto/base/must_use.h"
#include "proto/tlog/verify_sig.h"

#define ACCELERATOR_VARIABLE "BITACORA_ACCELERATOR"
#define ACCELERATOR_CAUSE_MAX 512

struct accelerator {
    struct sig_verifier verifier; /* without lanes: libsodium judges */
    const char *name;             /* the back end that judges: "mb8"; "libsodium" */
    const char *software; /* of the plug-in, such as "crypto_mb 2026.2.0"; NULL: none is loaded */
    char fallback[ACCELERATOR_CAUSE_MAX]; /* why it is libsodium that judges although a plug-in was
                                           * named; else empty */
    void *module;
};

/* The path in effect: `given` unless it is NULL or empty; else what the environment says, but not in a
 * program that runs with more rights than its caller. NULL: none. */
const char *accelerator_path(const char *given);

/* Loads and tries the plug-in at path, which is absolute; the file must be root's or this user's, and
 * writable by nobody else. NULL loads none. Returns 0: also where this processor lacks what the
 * plug-in needs, as a->fallback says. Returns -1 with the cause in a->fallback where
 * the file is not one to load, or judges otherwise than FORMATS says.
 * After signing_begin(), before a sandbox is entered and other threads start. One at a time in a
 * process. */
MUST_USE int accelerator_open(struct accelerator *a, const char *path);

/* Tries the lanes once more, when all is verified and no other thread uses them: sets the verifier's
 * state to SIG_LANES_DIFFER if they lie by now. */
void accelerator_try_again(struct accelerator *a);

/* What judges now: a->name, unless the processor lost what the plug-in needs. Any thread. */
const char *accelerator_judge(const struct accelerator *a);

/* After all who verify. Of one that is all zero, or was not opened: harmless. */
void accelerator_close(struct accelerator *a);

#endif
