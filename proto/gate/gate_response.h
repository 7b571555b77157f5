/* The one `response` that a gate's tickets for a request rest on: its entry shows that the holder
 * gave direct access. Any thread. */
#ifndef PROTO_GATE_GATE_RESPONSE_H
#define PROTO_GATE_GATE_RESPONSE_H

#include "proto/record/fresh_id.h"
#include "proto/record/kind.h"
#include "proto/tlog/key.h"

/* Writes the id of the response to a request, and a zero byte: a UUID of version 8 (RFC 9562) that
 * is made of the holder's key and the leaf hash of the request's entry. So a gate that was killed
 * between signing and hearing of it, or two gates with one key, append one response and no more. */
void gate_response_id(char out[ID_TEXT + 1], const struct vkey *holder,
                      const uint8_t request[static HASH_BYTES]);

/* What the response says. */
struct gate_response {
    const struct vkey *key; /* the holder's, that signs it */
    struct entry_ref under; /* that key's enrolment */
    struct entry_ref request;
    const char *holder; /* the code of the holder */
    int64_t received;   /* when the request was presented, milliseconds by the gate's clock */
    int64_t at;         /* now */
};

/* Appends the response's line of JSON, for record_sign(). */
void gate_response_json(struct buf *out, const struct gate_response *r);

#endif
