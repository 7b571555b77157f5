/* Tapes (proto/base/tape.h) in memory, which share one limit. One thread. */
#ifndef PROTO_BASE_MEMORY_TAPE_H
#define PROTO_BASE_MEMORY_TAPE_H

#include "proto/base/tape.h"

/* How much all tapes hold that share it. The caller's; outlives them. */
struct memory_tapes {
    size_t most; /* bytes */
    size_t used;
};

/* Makes an empty tape. Beyond the limit nothing is added. Returns 0, or -1 when out of memory: then
 * it need not be freed, but may be. */
MUST_USE int memory_tape_new(struct tape *out, struct memory_tapes *share);

/* A tape of zeroes may be freed, too. */
void memory_tape_free(struct tape *t);

#endif
