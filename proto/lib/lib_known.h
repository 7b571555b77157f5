/* What a replay keeps for a gate of what the log says of the requests to its holder. It grows with
 * the runs of one replay: each has to go on where the last one ended, and to be proven. */
#ifndef PROTO_LIB_LIB_KNOWN_H
#define PROTO_LIB_LIB_KNOWN_H

#include "proto/gate/gate_book.h"
#include "proto/lib/lib_objects.h"
#include "proto/verify/log_replay.h"

/* Begins all zeroes: nothing is kept. */
struct known_log {
    char holder[CODE_MAX + 1]; /* "": nobody asked for it */
    struct ruleset *own[2];    /* that come with the software; the first is the built-in one */
    struct gate_book *book;    /* NULL: nothing is known */
    uint64_t entries;          /* taken in */
    uint64_t size;             /* of the tree that was proven last, and its root */
    struct hash root;
    const struct registry *registry; /* of that run's judge; NULL where it was not proven */
};

void known_free(struct known_log *k);

/* Keeps it for that holder, from the next run on, which begins with the first entry. Returns PROVEN
 * or MEMORY. */
MUST_USE bitacora_result known_for(struct known_log *k, const char *holder);

/* A run begins: from a state, or from the first entry. */
void known_begin(struct known_log *k, bool from_state);
/* Takes in an entry that was judged. Returns 0, or -1 when out of memory. */
MUST_USE int known_take(struct known_log *k, const struct judged *e, const struct judge *judge);
/* The run ended. NULL: it proved nothing. Then nothing is known until the next run that is proven;
 * and if entries of it were taken in, all is forgotten with them. */
void known_end(struct known_log *k, const struct log_replay *proven);

/* What the replay keeps; NULL while it is run. */
const struct known_log *replay_known_log(const bitacora_replay *r);

/* Asks of a request, and of what is known of it since `seen`, whether it may be answered at `now`.
 * What speaks against it goes to ctx. Sets the period that its warrant leaves. The gate has the
 * rulesets. */
void known_ask(bitacora_context *ctx, const struct known_log *k, const bitacora_gate *g,
               const struct gate_rules *rules, bitacora_receipt *request, int64_t seen,
               int64_t now);

/* Whether a request asks for that category, and data of it may go out. */
bool known_gives(const struct known_log *k, const bitacora_gate *g, const bitacora_receipt *request,
                 const char *category);

#endif
