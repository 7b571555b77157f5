/* State files: all that a full replay knew at some size. The next replay starts there, and says
 * exactly what a full one would. A state belongs to the verifier: it is believed, but checked for
 * damage. docs/INTERFACES.md, "State". */
#ifndef PROTO_VERIFY_REPLAY_STATE_H
#define PROTO_VERIFY_REPLAY_STATE_H

#include <jansson.h>

#include "proto/judge/judge.h"
#include "proto/tlog/edge.h"
#include "proto/verify/index_replay.h"
#include "proto/verify/proven.h"

/* The file: this line; the SHA-256 of the third line in base64; the third line, one JSON object
 * that line_of() of replay_state.c writes and take() reads. What `judge` in it holds,
 * judge_export() and judge_import() say. Members that are not known are passed over. So a new
 * member breaks no older file if take() reads it as optional ("s?"); a change that older files
 * cannot bear needs another name here, and makes them REPLAY_STATE_SUM. */
#define STATE_FORMAT "bitacora/v1 state"

#define REPLAY_STATE_MAX ((size_t)4 << 30) /* bytes */

/* What is read from a state. replay_state_free() frees it. */
struct replay_state {
    struct accepted accepted; /* the newest checkpoint that was proven */
    struct edge edge;         /* at the size of that checkpoint */
    json_t *judge;            /* what judge_import() takes; owned */
    json_t *index;            /* what index_replay_import() takes; owned; NULL: there is none */
};

void replay_state_free(struct replay_state *s);

/* What is to be kept. */
struct replay_known {
    const struct vkey *log; /* one of the log's keys */
    bool structure;         /* the replay looked at no records */
    const struct accepted *accepted;
    const struct edge *edge;
    const struct judge *judge;        /* made with `keep` */
    const struct index_replay *index; /* NULL: with `structure` */
    const struct findings *findings;
};

/* Appends the bytes of a state. out->failed is set when out of memory. */
void replay_state_format(struct buf *out, const struct replay_known *known);

enum replay_state_fault {
    REPLAY_STATE_GOOD,
    REPLAY_STATE_SUM,       /* not a state, or its sum is wrong */
    REPLAY_STATE_FORM,      /* its sum is right, but it is not a state */
    REPLAY_STATE_LOG,       /* of another log */
    REPLAY_STATE_RECORDS,   /* of a replay that looked at records; this one does not */
    REPLAY_STATE_STRUCTURE, /* the other way round */
    REPLAY_STATE_POLICY,    /* its checkpoint does not open under this policy */
    REPLAY_STATE_DAMAGED,   /* what it holds is not the tree of its checkpoint */
    REPLAY_STATE_MEMORY,    /* out of memory: nothing is said of it */
};

/* Reads the bytes of a state of the log whose keys these are. Its findings are added to *f. *out
 * needs replay_state_free() in any case. */
MUST_USE enum replay_state_fault replay_state_parse(struct replay_state *out, struct span bytes,
                                                    const struct policy *policy,
                                                    const struct log_keys *keys, bool structure,
                                                    struct findings *f);

#endif
