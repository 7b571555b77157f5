/* What a log has in force, by a replay of our own: what a service leaves out cannot be asked for,
 * so no list of its own says who may be sealed to, or which ruleset judges codes. The replay goes
 * on from a state that is kept for each log. */
#ifndef CLIENT_REPLAY_IN_FORCE_H
#define CLIENT_REPLAY_IN_FORCE_H

#include "client/remote/log_client.h"
#include "proto/base/must_use.h"
#include "proto/judge/registry.h"

struct in_force;

struct in_force_options {
    const struct trust_options *trust; /* what `trust` was opened with */
    const char *state;                 /* file that keeps what was replayed; NULL:
                        * ⟨state home⟩/bitacora/⟨SHA-256 of the log's vkey, hex⟩.state */
    bool no_wait;                      /* do not wait for witnesses */
};

/* Finds the state's place, and whether it can be written; nothing is replayed yet. What options
 * point at, trust and client must outlive it. NULL after having said why the state cannot be kept,
 * with *outcome set. */
struct in_force *in_force_open(const struct in_force_options *options, const struct trust *trust,
                               struct log_client *client, enum outcome *outcome);
void in_force_close(struct in_force *s);

/* The registry at the newest checkpoint that has the policy's quorum; replayed at the first call.
 * NULL with *complaint where that is not proven: then nothing may rest on it. */
const struct registry *in_force_registry(struct in_force *s, struct complaint *complaint);

/* The same without waiting for witnesses, for those to whom it need not be witnessed. */
enum stands {
    STANDS_PROVEN,      /* in_force_registry() gives it */
    STANDS_UNWITNESSED, /* no checkpoint has its quorum so far; nothing else is wrong; *complaint */
    STANDS_UNPROVEN,    /* *complaint */
};
enum stands in_force_look(struct in_force *s, struct complaint *complaint);

/* The size of that checkpoint; 0 if there is none so far. */
uint64_t in_force_size(const struct in_force *s);

/* Looks for what the service lists beyond that size for a query such as "kind=ruleset", waits
 * for its quorum, and replays so far: hints can only make us see more. What was replayed a minute
 * ago is replayed again in any case, as a run may last for days. Whatever in_force_registry() gave
 * before is void. Returns 0, or -1 with *complaint: then what is asked
 * for may have changed. */
MUST_USE int in_force_follow(struct in_force *s, const char *query, struct complaint *complaint);

/* The same for one entry. SHOW_PROVEN if it is below the size now. */
enum show in_force_reach(struct in_force *s, uint64_t index, struct complaint *complaint);

/* OUTCOME_BAD once the log was found to have forked; else OUTCOME_PROVEN. */
enum outcome in_force_outcome(const struct in_force *s);

#endif
