/* A time from … to …, as people write it on the command line. */
#ifndef CLIENT_BASE_PERIOD_H
#define CLIENT_BASE_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/base/must_use.h"

/* Both ends belong to it. Milliseconds since 1970. */
struct period {
    int64_t first, last;
};

/* Reads --from and --to, as written_time_here(); NULL: no end on that side. The end takes in all
 * that is written: a month, 2026-01, is the whole month, a day the whole day, 10:30 the whole
 * minute. Returns false after having said what is wrong. */
MUST_USE bool period_read(struct period *out, const char *from, const char *to);

/* The first day of a month, "2026-01", as it is written; any other text as it is. */
#define PERIOD_DAY 11
const char *period_day(char out[static PERIOD_DAY], const char *text);

static inline bool period_has(const struct period *p, int64_t ms)
{
    return p->first <= ms && ms <= p->last;
}

#define PERIOD_ALL ((struct period){ INT64_MIN, INT64_MAX })

/* Whether it leaves nothing out. */
static inline bool period_is_all(const struct period *p)
{
    return p->first == INT64_MIN && p->last == INT64_MAX;
}

#endif
