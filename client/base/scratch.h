/* Kind and leaf hash of each entry of a running replay. Later entries refer to earlier ones, and
 * memory must not grow with the log: so they are in a file without a name, which is gone with the
 * process. One thread. */
#ifndef CLIENT_BASE_SCRATCH_H
#define CLIENT_BASE_SCRATCH_H

#include "proto/judge/integrity.h"

struct scratch;

/* Holds the entries from `first` on. NULL with errno if there is no room for a temporary file. */
struct scratch *scratch_new(uint64_t first);
/* NULL is harmless. */
void scratch_free(struct scratch *s);

/* Adds the next entry. A failure is remembered and makes every later look-up fail. */
void scratch_add(struct scratch *s, enum kind kind, const struct hash *leaf);

/* Looks an entry up; may be used as a lookup_fn (proto/judge/integrity.h). Returns LOOKUP_FOUND, or
 * LOOKUP_FAILED for one below `first`, one that was not added, or after a failure. */
enum lookup scratch_get(struct scratch *s, uint64_t index, struct known_entry *out);

#endif
