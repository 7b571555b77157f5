/* A hand-over: the key with which a log has signed so far says which key goes on, and from which
 * checkpoint on. It is a note of the former key (docs/INTERFACES.md, section 30). Nothing here
 * reads or writes anything but memory. Any thread. */
#ifndef DAEMON_SIGNER_HANDOVER_H
#define DAEMON_SIGNER_HANDOVER_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/tlog/key.h"
#include "proto/tlog/note.h"

#define HANDOVER_MAX 4096 /* bytes of the note */

struct key_handover {
    struct vkey to; /* of the former key's name, and another key */
    uint64_t size;  /* what the former key has signed last */
    struct hash root;
};

/* Whether a key may go on for another one of the log: another Ed25519 key of the same name. */
bool handover_fits(const struct vkey *from, const struct vkey *to);

/* Appends the text that is signed. */
void handover_text(struct buf *out, const struct key_handover *h);

/* Splits a note, which must outlive *note. Who signed it is not judged: the caller looks for a key
 * that it knows, and asks handover_fits() of it. Returns 0, or -1 if it is no hand-over. */
MUST_USE int handover_parse(struct key_handover *out, struct note *note, struct span bytes);

#endif
