/* Was nothing newer signed than what a restored store holds? Only then the log goes on under its key
 * and origin. Shown by the newest checkpoint that somebody has, by a mirror, or by witnesses: enough
 * of them, so that the others could not have made a quorum. Main thread; waits for the network. What
 * is found is said on standard error. */
#ifndef DAEMON_BACKUP_NEWEST_H
#define DAEMON_BACKUP_NEWEST_H

#include <stdint.h>

#include "daemon/state/own_keys.h"
#include "daemon/state/tip.h"
#include "proto/base/must_use.h"

struct newest_of {
    struct store *store;
    const struct log_own_keys *keys;
    const struct tip *tip;
    const char *cacert; /* of mirrors and witnesses: proto/net/tls_client.h */
};

/* By a checkpoint in a file, or in a mirror: a folder or the URL of one. Returns 0 where the store
 * holds it and nothing behind it, or an exit code. */
MUST_USE int newest_by_checkpoint(const struct newest_of *n, const char *file);
MUST_USE int newest_by_mirror(const struct newest_of *n, const char *mirror);

/* By the witnesses of a policy, each asked for its cosignature, seconds long at most. Returns as
 * above. */
MUST_USE int newest_by_witnesses(const struct newest_of *n, const char *policy, int64_t seconds);

#endif
