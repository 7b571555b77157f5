/* From people to commitments: whatever a record says of a person in the clear is committed to
 * and sealed to the oversight key before the record is signed, and never leaves in any other
 * form. */
#ifndef CLIENT_SEAL_SEALING_H
#define CLIENT_SEAL_SEALING_H

#include <jansson.h>

#include "client/remote/log_client.h"
#include "client/replay/in_force.h"
#include "proto/base/must_use.h"

struct sealing;

struct sealing_options {
    const char *keep;    /* file that openings are written to; NULL: they are kept nowhere */
    const char *warrant; /* file with the private part of a warrant; NULL: none */
    uint64_t to; /* entry that enrolled the oversight key; NO_ENTRY: the only one in force */
    bool without_private; /* sign even if openings are kept nowhere */
};

/* Opens both files. What options point at, client and in_force must outlive it. NULL after having
 * said why, with *outcome set. */
struct sealing *sealing_open(const struct sealing_options *options, struct log_client *client,
                             struct in_force *in_force, enum outcome *outcome);
void sealing_close(struct sealing *s);

/* With --warrant, makes a request name the whole of the one warrant in that file that fits what
 * it says so far. Other kinds are left alone. Returns 0, or -1 with *complaint: none fits,
 * several do, or it says something else. */
MUST_USE int sealing_name_warrant(struct sealing *s, enum kind kind, json_t *record,
                                  struct complaint *complaint);

/* Says, once, what it means that there is no --private for a record that seals something. */
void sealing_warn_unkept(struct sealing *s, enum kind kind);

/* Puts in place of each {"type", "value"} among the subjects, and of each text or {"value"}
 * where a note belongs, its {commit, sealed, to}. A person whom the warrant's private part names
 * gets the warrant's salt; what an earlier run wrote of this id to --private is used again; the
 * others get fresh ones. Names the warrant first. `id` is the record's. Returns 0, or -1 with
 * *complaint; the record is then spoilt. */
MUST_USE int sealing_apply(struct sealing *s, enum kind kind, json_t *record, const char *id,
                           struct complaint *complaint);

/* After sealing_apply(): whether something would be sealed whose opening is kept nowhere,
 * neither in --private nor in the warrant's part, and nobody said --without-private: it must
 * not be signed. */
bool sealing_needs_private(const struct sealing *s);

/* Fills in why. Returns -1. */
int sealing_refuse_unkept(struct complaint *complaint);

/* Writes what was sealed last to --private, and puts its blobs. Nothing may be sent before that.
 * Returns 0, or -1 with *complaint. */
MUST_USE int sealing_put(struct sealing *s, struct complaint *complaint);

/* Writes to --private where that record stands. Returns OUTCOME_PROVEN, or OUTCOME_UNDECIDED
 * after having said why. */
enum outcome sealing_stands(struct sealing *s, uint64_t index, const struct hash *leaf);

#endif
