/* The signer: one request, one answer. One thread. */
#ifndef DAEMON_SIGNER_SIGNER_H
#define DAEMON_SIGNER_SIGNER_H

#include "daemon/host/log.h"
#include "daemon/signer/signer_state.h"
#include "daemon/signer/signing_key.h"

struct signer_process {
    struct signing_key *key;
    struct signer_state state;
    bool may_freeze; /* its operator has ordered the end of the log */
    struct log_rarely refused, not_kept;
};

/* Answers the text of a request: appends a whole message to *out. What was signed last is on the
 * disk before. Returns 0; or -1 if nobody knows what the disk holds: then the process must end
 * without another answer. */
MUST_USE int signer_answer(struct signer_process *s, struct span body, struct buf *out);

#endif
