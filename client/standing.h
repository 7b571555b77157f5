/* What a log has in force, by a replay of our own: what a service leaves out cannot be asked for,
 * so no list of its own says who may be sealed to, or which ruleset judges codes. The replay goes
 * on from a state that is kept for each log. */
#ifndef CLIENT_STANDING_H
#define CLIENT_STANDING_H

#include "client/args.h"
#include "client/service.h"
#include "proto/registry.h"

struct standing;

/* --state FILE, else ⟨state home⟩/bitacora/⟨SHA-256 of the log's vkey, hex⟩.state; nothing is
 * replayed yet. args, trust and service must outlive it. NULL after having said why the state
 * cannot be kept, with *outcome set. */
struct standing *standing_open(const struct args *a, const struct trust *trust, struct service *s,
                               enum outcome *outcome);
void standing_close(struct standing *s);

/* The registry at the newest checkpoint that has the policy's quorum; replayed at the first call.
 * NULL with *complaint where that is not proven: then nothing may rest on it. */
const struct registry *standing_registry(struct standing *s, struct complaint *complaint);

/* The same without waiting for witnesses, for those to whom it need not be witnessed. */
enum stands {
    STANDS_PROVEN,      /* standing_registry() gives it */
    STANDS_UNWITNESSED, /* no checkpoint has its quorum so far; nothing else is wrong; *complaint */
    STANDS_UNPROVEN,    /* *complaint */
};
enum stands standing_look(struct standing *s, struct complaint *complaint);

/* The size of that checkpoint; 0 if there is none so far. */
uint64_t standing_size(const struct standing *s);

/* Looks for what the service lists beyond that size for a query such as "kind=ruleset", waits
 * for its quorum, and replays so far: hints can only make us see more. What was replayed a minute
 * ago is replayed again in any case, as a run may last for days. Whatever standing_registry() gave
 * before is void. Returns 0, or -1 with *complaint: then what is asked
 * for may have changed. */
__attribute__((warn_unused_result)) int standing_follow(struct standing *s, const char *query,
                                                        struct complaint *complaint);

/* The same for one entry. SHOW_PROVEN if it is below the size now. */
enum show standing_reach(struct standing *s, uint64_t index, struct complaint *complaint);

/* OUTCOME_BAD once the log was found to have forked; else OUTCOME_PROVEN. */
enum outcome standing_outcome(const struct standing *s);

#endif
