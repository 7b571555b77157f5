/* The ids of the last 2·skew, which show a record that was appended twice, or an id that one key
 * used twice. Memory grows with that window, not with the log. One thread. */
#ifndef PROTO_JUDGE_RECENT_IDS_H
#define PROTO_JUDGE_RECENT_IDS_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"

struct used_id {
    uint8_t id[UUID_BYTES];
    uint32_t signer;  /* the enrolment's number */
    int64_t accepted; /* milliseconds */
    uint64_t entry;
    struct hash text; /* SHA-256 of what was signed */
};

struct ids;

/* window: milliseconds, 2·skew. NULL when out of memory. ids_free(NULL) is harmless. */
struct ids *ids_new(int64_t window);
void ids_free(struct ids *s);

/* The latest remembered use of id by signer that was accepted within the window before or after
 * `accepted`. NULL if there is none. Valid until the next call. */
const struct used_id *ids_find(const struct ids *s, const uint8_t id[static UUID_BYTES],
                               uint32_t signer, int64_t accepted);

/* Remembers a use, and forgets uses that are too old for any later acceptance. Returns 0, or -1
 * when out of memory. */
MUST_USE int ids_add(struct ids *s, const struct used_id *u);

/* Calls visit for each remembered use that was accepted within the window before the latest one, in
 * no order. */
void ids_each(const struct ids *s, void (*visit)(void *ctx, const struct used_id *u), void *ctx);

#endif
