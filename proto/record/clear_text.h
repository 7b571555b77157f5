/* What stands in the clear in a record: which form a text has that identifies something (a
 * reference, a case number, a jurisdiction), and that nobody is named by it. docs/FORMATS.md,
 * 5.5. Asked of what is signed and of what is accepted, never of what stands in a log already. */
#ifndef PROTO_RECORD_CLEAR_TEXT_H
#define PROTO_RECORD_CLEAR_TEXT_H

#include "proto/base/must_use.h"
#include "proto/record/kind.h"

enum persons {
    PERSONS_CERTAIN, /* a CURP with a good check digit, date and state, as a token of its own */
    PERSONS_LIKELY, /* and whatever has the shape of an RFC, phone, CLABE, IMEI or e-mail address */
};

/* What such a text names a person by ("CURP"), or NULL. */
const char *name_of_person(struct span text, enum persons shapes);

/* Asks both of every text of a record, codes and names of keys included, but for a `revoke`,
 * whose key stands in the log as it is. known_ref (may be NULL): the reference of the warrant
 * that a request points at by entry; the same bytes in `warrant.ref` are not asked about.
 * Returns 0, or -1 with REASON_TEXT_…, REASON_PERSON_… or REASON_MEMORY. */
MUST_USE int names_check(enum kind k, const struct value *object, enum persons shapes,
                         const char *known_ref, struct refusal *why);

#endif
