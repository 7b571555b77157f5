/* How often somebody may do something: a token bucket for each of very many keys, in memory that
 * does not grow.
 *
 * A bucket is one number: when it will be full. A full bucket is the same as none, so its place is
 * free. Where a set has no free place, a new key takes over the bucket that will be full first, with
 * what is missing in it. So a key never gets more than an exact count would give it: if it was
 * forgotten, it comes back to a bucket that is at least as empty as its own. A new key is refused
 * wrongly only if all places of its set belong to keys at their limit. Which keys share a set
 * depends on a secret. So whoever wants that needs about as many keys at their limit as the table
 * has places. Any thread. */
#ifndef DAEMON_HOST_RATE_H
#define DAEMON_HOST_RATE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/base/must_use.h"
#include "proto/base/span.h"

#define RATE_WAYS 8         /* places in a set */
#define RATE_SETS (1 << 14) /* 131,072 places: 2 MiB */

struct rate {
    int64_t per_minute; /* tokens that flow in; 1 to 60,000,000 */
    int64_t burst;      /* tokens that a full bucket has; at least 1 */
};

/* The rate that two settings say. per_minute 0: no limit, and no rate for rate_take(). burst 0: as
 * many as in ten seconds, at least one. */
struct rate rate_of(int64_t per_minute, int64_t burst);

struct rate_table;

/* sets is a power of two. NULL when out of memory. */
struct rate_table *rate_table_new(size_t sets);
/* NULL is harmless. */
void rate_table_free(struct rate_table *t);

/* Somebody who wants tokens. */
struct rate_want {
    struct span key;
    uint64_t tokens; /* 1 to 2^20 */
};

/* Takes all tokens that n of different keys want, or none. Whoever wants more than a full bucket
 * has gets them from a full one, and is in debt for so much longer. now is a steady clock's time in
 * milliseconds. Returns 0, or in how many milliseconds the one who has to wait longest may come
 * again: at least 1. */
MUST_USE int64_t rate_take(struct rate_table *t, const struct rate *rate,
                           const struct rate_want *want, size_t n, int64_t now);

/* Milliseconds as whole seconds of Retry-After, rounded up; at least 1. */
unsigned rate_seconds(int64_t ms);

#endif
