/* From people to commitments: whatever a record says of a person in the clear is committed to
 * and sealed to the oversight key before the record is signed, and never leaves in any other
 * form. */
#ifndef CLIENT_SEAL_SEALING_H
#define CLIENT_SEAL_SEALING_H

#include "client/base/args.h"
#include "client/remote/log_client.h"
#include "client/replay/in_force.h"
#include "proto/base/must_use.h"

struct sealing;

/* --private FILE, --warrant FILE. NULL after having said why, with *outcome set; s and standing
 * must outlive it. */
struct sealing *sealing_open(const struct args *a, struct log_client *s, struct in_force *standing,
                             enum outcome *outcome);
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
