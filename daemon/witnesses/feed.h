/* The witness feed: each of our checkpoints that its turn comes to goes to all witnesses at
 * once, off the append path. One target at a time, so that a quorum comes together on one size
 * however fast the log grows: the next one is the newest checkpoint there is when the quorum
 * stands, or when the round has taken too long. One request is under way per witness.
 *
 * A witness that shows more of this log than there is here, or something else, proves that the
 * log was rolled back: then nothing is ever signed again by this process. One that says so and
 * does not show it is set aside until it cosigns; nothing is signed while the others, silent
 * ones included, could not make the quorum. */
#ifndef DAEMON_WITNESSES_FEED_H
#define DAEMON_WITNESSES_FEED_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"
#include "proto/tlog/policy.h"

struct feed;

/* For a policy with witnesses, which is taken over; evidence and the newest witnessed checkpoint
 * are kept in the data directory dir. changed(ctx) is called on a witness's thread whenever a
 * larger checkpoint has its quorum. Reads what was witnessed before. NULL: the log says why. */
struct feed *feed_new(struct service *service, struct policy *policy, const char *dir,
                      void (*changed)(void *ctx), void *ctx);

/* Starts the threads. Returns 0 or -1. */
MUST_USE int feed_start(struct feed *f);

/* Begins to end them, without waiting: whoever is in feed_compare() returns. NULL is harmless.
 * Any thread. */
void feed_quit(struct feed *f);

/* Ends them. NULL is harmless. */
void feed_stop(struct feed *f);

/* After feed_stop(), when nobody asks it any more. NULL is harmless. */
void feed_free(struct feed *f);

/* Holds the store against what was witnessed and found before, and waits until each witness has
 * been asked once, or could not be, at most a few timeouts. Nothing may be signed before.
 * Returns false if the log is rolled back, or all is to end. */
bool feed_compare(struct feed *f);

/* There is a newer checkpoint. Any thread. */
void feed_newest(struct feed *f);

/* Appends the newest checkpoint that has its quorum, with all cosignatures; returns its size, 0:
 * none has. out may be NULL. Any thread. */
uint64_t feed_witnessed(struct feed *f, struct buf *out);

/* Why nothing may be signed now: REASON_NONE, _LOG_ROLLED_BACK (for good), _LOG_DOUBTED. Any
 * thread. */
enum reason feed_refuses(struct feed *f);

/* Appends the names of the witnesses that are set aside, a JSON array. Any thread. */
void feed_set_aside(struct feed *f, struct buf *out);

/* Appends Prometheus lines: per witness size, time of its last cosignature, failures, whether it is
 * set aside. Any thread. */
void feed_metrics(struct feed *f, struct buf *out);

#endif
