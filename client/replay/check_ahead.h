/* Threads that look into a log's bundles while the replay's judge is still at those before them, as
 * does its own where it would wait: leaf hashes, and the signatures of keys that are enrolled by
 * then. What they find spares the judge work and decides nothing. */
#ifndef CLIENT_REPLAY_CHECK_AHEAD_H
#define CLIENT_REPLAY_CHECK_AHEAD_H

#include "proto/verify/replay.h"

struct check_ahead;

/* As many threads, the judge's among them, as this process may use processors, or as
 * BITACORA_THREADS says (for tests), for a replay of that many entries. NULL where that is fewer
 * than two, there are too few entries to share, or none can be had: then the replay does it all by
 * itself. Where lanes judge for v (which may be NULL, and outlives it), the judge's thread alone
 * gathers signatures for them, too. */
struct check_ahead *check_ahead_new(uint64_t entries, struct sig_verifier *v);

/* Waits for its threads; no replay may be using it. NULL is fine. */
void check_ahead_free(struct check_ahead *c);

/* What a replay is to be set up with; lasts as long as c. NULL for NULL. */
const struct replay_ahead *check_ahead_ahead(struct check_ahead *c);

/* Takes the keys that were enrolled since the last call; by the judge's thread. c may be NULL. */
void check_ahead_learn(struct check_ahead *c, const struct registry *r);

#endif
