/* The log's clock against its witnesses': the only thing that shows an operator who stops the clock
 * for the whole log. */
#ifndef PROTO_VERIFY_CLOCKS_H
#define PROTO_VERIFY_CLOCKS_H

#include "proto/judge/judge.h"
#include "proto/tlog/policy.h"

/* Which side of a cosigned size an entry stands on. */
enum clocks_side {
    CLOCKS_BELOW, /* below it: accepted no later than the cosignature's time + skew */
    CLOCKS_FROM,  /* from it on: accepted no earlier than the cosignature's time - skew */
};

/* Whether a cosignature's time (POSIX seconds, not 0) allows the acceptance (milliseconds) of an
 * entry on that side. skew: milliseconds. */
bool clocks_agree(uint64_t cosigned_at, enum clocks_side side, int64_t accepted, int64_t skew);

/* Tells of each witness whose cosignature of cp contradicts the acceptance (milliseconds) of an
 * entry on that side: one of the two clocks is wrong, undecided. skew: milliseconds. */
void clocks_check(const struct policy *policy, const struct signed_checkpoint *cp,
                  enum clocks_side side, int64_t accepted, int64_t skew, finding_fn *found,
                  void *ctx);

/* After a replay up to `now` that proved all entries: whether the witnesses' times allow the last
 * of them, and where it went on from a smaller tree (before; NULL: from none), the first one
 * behind that, which was accepted at first_time (milliseconds). */
void clocks_check_replay(const struct policy *policy, const struct judge *judge,
                         const struct signed_checkpoint *now,
                         const struct signed_checkpoint *before, int64_t first_time,
                         finding_fn *found, void *ctx);

#endif
