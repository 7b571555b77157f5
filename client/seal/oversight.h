/* The oversight key that subjects are sealed to. */
#ifndef CLIENT_SEAL_OVERSIGHT_H
#define CLIENT_SEAL_OVERSIGHT_H

#include "client/replay/in_force.h"
#include "proto/base/must_use.h"

struct oversight {
    char name[SIGNER_NAME_MAX + 1];
    struct entry_ref to;
    uint8_t key[PUBLIC_KEY_BYTES];
};

/* The only oversight key in force now, by what was replayed. Returns 0, or -1 with *complaint:
 * none, several, no quorum, or not proven. member is what is to be sealed, for the sentence. */
MUST_USE int oversight_find(struct oversight *out, struct in_force *st, const char *member,
                            struct complaint *complaint);

/* The one that an entry enrols, whatever its hash, if it is in force now. */
MUST_USE int oversight_at(struct oversight *out, struct in_force *st, uint64_t index,
                          struct complaint *complaint);

/* The one that a line names: proven to be enrolled for oversight by that entry, and in force
 * now. */
MUST_USE int oversight_named(struct oversight *out, struct in_force *st, const struct entry_ref *to,
                             struct complaint *complaint);

#endif
