/* The file of `replay --state`, read and replaced; its format is that of
 * proto/verify/replay_state.h. What an audit keeps beside it is client/audit/audit_state.h.
 * (client/report/states.h is about federal states.) */
#ifndef CLIENT_REMOTE_STATE_H
#define CLIENT_REMOTE_STATE_H

#include <jansson.h>

#include "client/remote/prove.h"
#include "proto/verify/replay_state.h"

struct state {
    bool present; /* there was a file; else the rest is empty */
    struct accepted accepted;
    struct edge edge; /* at the size of that checkpoint */
    json_t *judge;    /* what judge_import() takes; owned */
    json_t *index;    /* what index_replay_import() takes; owned; NULL: there is none */
};

/* Reads a state file made for this log in this mode (structure or full); its findings are added to
 * *f. A file that does not exist yet is fine: present is false. Returns OUTCOME_PROVEN, or
 * OUTCOME_USAGE after having said why. *out needs state_free() in any case. */
enum outcome state_read(struct state *out, const char *path, const struct trust *t, bool structure,
                        struct findings *f);
void state_free(struct state *s);

/* Replaces the file (mode 0600) by what is known now; index: NULL with `structure`. Returns OUTCOME_PROVEN, or OUTCOME_UNDECIDED
 * after having said why. */
enum outcome state_write(const char *path, const struct trust *t, bool structure,
                         const struct accepted *accepted, const struct edge *edge,
                         const struct judge *judge, const struct index_replay *index,
                         const struct findings *f);

#endif
