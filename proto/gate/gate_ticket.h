/* Tickets: what a gate gives to whoever presented a request, and is shown with each query. A ticket
 * is bytes that only gates with the holder's key can make and read: it names the request's entry,
 * the person, the time, and to whom it was given. It keeps nothing at the gate, so that two gates
 * with one key take each other's tickets. Any thread. */
#ifndef PROTO_GATE_GATE_TICKET_H
#define PROTO_GATE_GATE_TICKET_H

#include "proto/record/kind.h"
#include "proto/record/opening.h"

#define TICKET_KEY_BYTES 32
#define TICKET_BYTES 649 /* nonce, what is enciphered, tag: the same for every ticket */
#define TICKET_TEXT 868  /* characters: base64 */

struct gate_ticket {
    struct entry_ref request;
    uint64_t response;          /* the entry that it rests on, or NO_ENTRY */
    int64_t from, until;        /* milliseconds by the gate's clock; from <= now < until */
    uint8_t bearer[HASH_BYTES]; /* what the gate knows him by to whom it was given */
    bool has_subject;
    struct opening subject; /* the person; secret */
};

/* The key of a holder's tickets, from the holder's own. Wipe it. */
void gate_ticket_key(uint8_t out[static TICKET_KEY_BYTES], const struct skey *holder);

/* Appends a ticket, TICKET_TEXT characters of base64. It is good for that log and holder alone. */
void gate_ticket_seal(struct buf *out, const struct gate_ticket *t,
                      const uint8_t key[static TICKET_KEY_BYTES], const char *origin,
                      const char *holder);

/* Opens a ticket that a gate of that holder gave for that log. Returns 0, or -1 with
 * REASON_TICKET_FORM. *out is secret: gate_ticket_wipe() in any case. */
MUST_USE int gate_ticket_open(struct gate_ticket *out, struct span text,
                              const uint8_t key[static TICKET_KEY_BYTES], const char *origin,
                              const char *holder, struct refusal *why);
void gate_ticket_wipe(struct gate_ticket *t);

/* Whether it is in force at `now`, and shown by him to whom it was given. Returns 0, or -1 with
 * REASON_TICKET_TIME or REASON_TICKET_OTHER. */
MUST_USE int gate_ticket_judge(const struct gate_ticket *t, int64_t now,
                               const uint8_t bearer[static HASH_BYTES], struct refusal *why);

#endif
