/* The witness feed. It sends checkpoints of the log to all witnesses at once, one thread for each
 * witness, off the append path. There is one target at a time, so that a quorum meets on one size
 * however fast the log grows. The next target is the newest checkpoint at the moment when the last
 * one has its quorum, or has had its time. Each witness has at most one request under way.
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

/* Makes the feed of a policy with witnesses, which it takes over in any case, and reads what was
 * witnessed, found or said before. Evidence and the newest witnessed checkpoint are kept in the
 * data directory dir. changed(ctx) is called on a witness's thread whenever a larger checkpoint has
 * its quorum. NULL: the log says why. Main thread. */
struct feed *feed_new(struct service *service, struct policy *policy, const char *dir,
                      void (*changed)(void *ctx), void *ctx);

/* Starts the threads. Returns 0, or -1: out of threads; some may run then. Main thread. */
MUST_USE int feed_start(struct feed *f);

/* Puts another policy into force, and takes it over in any case. What is known of witnesses that
 * both name, by their keys, stays: also who is set aside, and what they cosigned. A quorum is one of
 * the new policy from then on; what is served stays if it has that quorum, else nothing is served
 * until something has it. Nothing is asked of witnesses that the new policy does not name, and what
 * they still answer counts for nothing; a checkpoint by which one of them shows a rollback does. A
 * policy that trusts the log alone has no witness asked, and is for who does not ask the feed any
 * more. Waits for the disk, and up to some seconds for threads that wait for witnesses. Returns 0, or
 * -1 with the policy as it was: the log says why. One thread at a time, not the event loop, and not
 * after feed_stop(). */
MUST_USE int feed_replace(struct feed *f, struct policy *policy);

/* Begins to end the threads, without waiting for them: whoever is in feed_compare() returns. NULL
 * is harmless. Any thread. */
void feed_quit(struct feed *f);

/* Ends the threads. NULL is harmless. Main thread. */
void feed_stop(struct feed *f);

/* Frees the feed, when nobody asks it any more. NULL is harmless. Main thread. */
void feed_free(struct feed *f);

/* Waits until each witness has been asked once, or could not be, at most a few timeouts. Nothing
 * may be signed before. Returns false if the log is rolled back, or the feed is to end. The
 * sequencer's thread. */
bool feed_compare(struct feed *f);

/* Tells the feed that there is a newer checkpoint. Does not wait. Any thread. */
void feed_newest(struct feed *f);

/* Appends the newest checkpoint that has its quorum, with all cosignatures, unless out is NULL.
 * Returns its size; 0: none has its quorum. Any thread. */
uint64_t feed_witnessed(struct feed *f, struct buf *out);

/* For how many milliseconds newer entries have waited for a quorum, and none has cosigned any; 0:
 * none waits. The time that witness_interval makes them wait does not count. Any thread. */
int64_t feed_waits_ms(struct feed *f);

/* Whether that is longer than a quorum takes that can be had: two rounds of asking. Any thread. */
bool feed_waits_long(struct feed *f);

/* As feed_witnessed(), for any log: one that signs alone (service->feed is NULL) has its quorum at
 * once. Any thread. */
uint64_t feed_quorum_size(struct service *service, struct buf *out);

/* Why nothing may be signed now by any log, one that signs alone included: REASON_NONE,
 * _LOG_ROLLED_BACK (for good), _LOG_DOUBTED. Any thread. */
enum reason feed_refuses(struct service *service);

/* Appends the names of the witnesses that are set aside, a JSON array. Any thread. */
void feed_set_aside(struct feed *f, struct buf *out);

/* Appends Prometheus lines: per witness size, time of its last cosignature, failures, whether it is
 * set aside. Any thread. */
void feed_metrics(struct feed *f, struct buf *out);

#endif
