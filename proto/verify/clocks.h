/* The log's clock compared with the clocks of its witnesses. Nothing else shows that an operator
 * has stopped the clock of the whole log. Any thread. */
#ifndef PROTO_VERIFY_CLOCKS_H
#define PROTO_VERIFY_CLOCKS_H

#include "proto/judge/judge.h"
#include "proto/tlog/policy.h"

/* Where an entry stands, relative to the size that was cosigned. */
enum clocks_side {
    CLOCKS_BELOW, /* its index is below: accepted no later than the cosignature's time + skew */
    CLOCKS_FROM,  /* at or above: accepted no earlier than the cosignature's time - skew */
};

/* Whether a cosignature's time (POSIX seconds, not 0) allows the acceptance (milliseconds) of an
 * entry on that side. skew: milliseconds. */
bool clocks_agree(uint64_t cosigned_at, enum clocks_side side, int64_t accepted, int64_t skew);

/* Calls found, with an undecided finding, for each witness whose cosignature of cp contradicts the
 * acceptance (milliseconds) of an entry on that side: one of the two clocks is wrong. skew:
 * milliseconds. */
void clocks_check(const struct policy *policy, const struct signed_checkpoint *cp,
                  enum clocks_side side, int64_t accepted, int64_t skew, finding_fn *found,
                  void *ctx);

/* The same after a replay that proved all entries up to the checkpoint `now`. Checks the last
 * entry. If the replay went on from a smaller tree (`before`; NULL: it did not), also checks the
 * first entry behind that tree, which was accepted at first_time (milliseconds). */
void clocks_check_replay(const struct policy *policy, const struct judge *judge,
                         const struct signed_checkpoint *now,
                         const struct signed_checkpoint *before, int64_t first_time,
                         finding_fn *found, void *ctx);

#endif
