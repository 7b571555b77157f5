/* As which user the process runs. Main thread, before others start. */
#ifndef PROTO_PROCESS_PRIVILEGES_H
#define PROTO_PROCESS_PRIVILEGES_H

#include <stdbool.h>

#include "proto/base/must_use.h"

enum privileges {
    PRIVILEGES_DROPPED,  /* the process is that user's now, and cannot go back */
    PRIVILEGES_SAME,     /* it was that user's already: nothing was done */
    PRIVILEGES_NO_USER,  /* there is no such user */
    PRIVILEGES_TO_ROOT,  /* the user is root */
    PRIVILEGES_NOT_ROOT, /* only root can become another user */
    PRIVILEGES_FAILED,   /* errno; the process must end, as it may be half of another user */
};

/* Becomes a user, by name: the groups that the system gives that user, all three group ids, all
 * three user ids. Then verifies that the process has these, and that root is out of reach. */
MUST_USE enum privileges privileges_drop(const char *user);

/* Why not, or "". `language` is 0 for English, 1 for Spanish. Of PRIVILEGES_FAILED errno says
 * more. */
const char *privileges_words(enum privileges p, unsigned language);

/* Does the process run as root? */
bool privileges_root(void);

#endif
