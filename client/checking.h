/* Threads that look into a log's bundles while the replay's judge is still at those before them, as does its own
 * where it would wait: leaf hashes, and the signatures of keys that are enrolled by then. What they find spares
 * the judge work and decides nothing. */
#ifndef CLIENT_CHECKING_H
#define CLIENT_CHECKING_H

#include "proto/replay.h"

struct checking;

/* As many threads, the judge's among them, as this process may use processors, or as BITACORA_THREADS says (for
 * tests), for a replay of that many entries. NULL where that is fewer than two, there are too few entries to share,
 * or none can be had: then the replay does it all by itself. */
struct checking *checking_new(uint64_t entries);

/* Waits for its threads; no replay may be using it. NULL is fine. */
void checking_free(struct checking *c);

/* What a replay is to be set up with; lasts as long as c. NULL for NULL. */
const struct replay_ahead *checking_ahead(struct checking *c);

/* Takes the keys that were enrolled since the last call; by the judge's thread. c may be NULL. */
void checking_learn(struct checking *c, const struct registry *r);

#endif
