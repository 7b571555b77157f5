/* The log that a new one goes on from, as its genesis names it (FORMATS, 5.3 and 9.2). Main thread.
 * What is wrong is said on standard error. */
#ifndef DAEMON_PREDECESSOR_H
#define DAEMON_PREDECESSOR_H

#include <jansson.h>

#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

struct predecessor {
    const char *checkpoint;      /* a file: the last checkpoint, or the newest that anybody has */
    const char *key;             /* a file: the old log's key, private or public, or a policy */
    const char *passphrase_file; /* of a private key; may be NULL */
    const char *origin;          /* of the new log */
    const struct vkey *vkey;     /* its key */
};

/* Makes the member `predecessor` of genesis: with a proof, where the old log's private key is given.
 * Returns 0 and *out, the caller's; or an exit code. */
MUST_USE int predecessor_make(json_t **out, const struct predecessor *p);

#endif
