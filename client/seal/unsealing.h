/* What a record seals, opened with an oversight key or found in a private part, and held against
 * what the record commits to. */
#ifndef CLIENT_SEAL_UNSEALING_H
#define CLIENT_SEAL_UNSEALING_H

#include "client/remote/identity.h"
#include "client/seal/private.h"
#include "proto/base/must_use.h"

enum unsealed {
    UNSEALED_OPEN, /* and it is what the record commits to */
    /* opened, and it is not: the signer sealed something else; or it cannot be opened */
    UNSEALED_OTHER,
    UNSEALED_ERASED,  /* the service says that it was erased by order */
    UNSEALED_GONE,    /* the service has it not, or something else */
    UNSEALED_FOREIGN, /* sealed to another key */
    UNSEALED_FAILED,  /* no answer: complaint */
};

/* Why something stays shut, in the reader's language; of UNSEALED_FAILED the complaint says
 * more. */
const char *unsealed_words(enum unsealed u);

/* Fetches a sealed blob and opens it. id must be enrolled in the log and be whom s shows tokens of.
 * *out is filled with UNSEALED_OPEN, and may be with _OTHER: wipe it by opening_wipe() after
 * either. *complaint is filled with UNSEALED_FAILED only. */
enum unsealed unseal_with_key(struct opening *out, const struct sealed *sealed,
                              const struct identity *id, struct log_client *s,
                              struct complaint *complaint);

/* Looks for the opening of a commit in private parts. Returns 0, or -1 if they have none. Wipe *out
 * either way: after -1 it may hold the opening of another. */
MUST_USE int unseal_with_private(struct opening *out, const struct sealed *sealed,
                                 const struct private *p);

#endif
