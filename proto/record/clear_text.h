/* Texts that stand in the clear in a record (a reference, a case number, a jurisdiction): they have
 * one spelling, and name no person. docs/FORMATS.md, 5.5. Asked before signing and before
 * appending, never of entries that are in a log already. Any thread. */
#ifndef PROTO_RECORD_CLEAR_TEXT_H
#define PROTO_RECORD_CLEAR_TEXT_H

#include "proto/base/must_use.h"
#include "proto/record/kind.h"

enum persons {
    PERSONS_CERTAIN, /* a CURP with a good check digit, date and state, as a token of its own */
    PERSONS_LIKELY,  /* also what has the shape of an RFC, phone, CLABE, IMEI or e-mail address */
};

/* By what the text names a person ("CURP"; a constant), or NULL. */
const char *name_of_person(struct span text, enum persons shapes);

/* Checks spelling and persons in every text of a checked object, codes and names of keys included.
 * The key that a `revoke` names is left out, as it is in the log already. So is `warrant.ref` if
 * its bytes are known_ref: the reference in the warrant at which a request points by entry (may be
 * NULL). Returns 0, or -1 with REASON_TEXT_…, REASON_PERSON_… or REASON_MEMORY. */
MUST_USE int names_check(enum kind k, const struct value *object, enum persons shapes,
                         const char *known_ref, struct refusal *why);

#endif
