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
    struct log_rarely refused, not_kept, not_turn;
};

/* Who asks, by process ids; 0: not known. */
struct signer_askers {
    long asks;  /* sent the request */
    long holds; /* may have texts signed: the first that asked anything and is still connected */
};

/* Answers the text of a request: appends a whole message to *out. What was signed last is on the
 * disk before. Nothing is signed for anybody but the holder: two logs that append by one signer
 * would each go on from where the other is not. Returns 0; or -1 if nobody knows what the disk
 * holds: then the process must end without another answer. */
MUST_USE int signer_answer(struct signer_process *s, const struct signer_askers *who, bool holds,
                           struct span body, struct buf *out);

#endif
