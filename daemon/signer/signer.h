/* The signer: one request, one answer. One thread. */
#ifndef DAEMON_SIGNER_SIGNER_H
#define DAEMON_SIGNER_SIGNER_H

#include "daemon/signer/signer_state.h"
#include "daemon/signer/signing_key.h"

struct signer_process {
    struct signing_key *key;
    struct signer_state state;
    int64_t told;    /* when a refusal was last written to the log, by the steady clock */
    uint64_t silent; /* refusals since, which were not */
};

/* Answers the text of a request: appends a whole message to *out. What was signed last is on the
 * disk before. Returns 0; or -1 if nobody knows what the disk holds: then the process must end
 * without another answer. */
MUST_USE int signer_answer(struct signer_process *s, struct span body, struct buf *out);

#endif
