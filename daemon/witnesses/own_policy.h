/* The policy that a log is run under (--policy): its witnesses, their URLs and the quorum. Main
 * thread, or the one that reads it again; it waits for the disk. */
#ifndef DAEMON_WITNESSES_OWN_POLICY_H
#define DAEMON_WITNESSES_OWN_POLICY_H

#include "daemon/host/objection.h"
#include "proto/base/must_use.h"
#include "proto/tlog/policy.h"

/* All zero until it is read. */
struct own_policy {
    struct policy *policy; /* NULL: none was read, or somebody took it over */
    struct buf text;       /* the bytes of the file */
};

/* Reads a file, which must name one log, whose key is `key` (NULL: any). Returns 0; or -1 after it objected, with
 * *out all zero. */
MUST_USE int own_policy_read(struct own_policy *out, const char *path, const struct vkey *key,
                             objections *to);

/* Frees what it holds. */
void own_policy_free(struct own_policy *p);

#endif
