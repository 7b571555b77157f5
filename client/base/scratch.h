/* Kind and leaf hash of each entry of a running replay, in an unlinked file: references need them,
 * and memory must not grow with the log. */
#ifndef CLIENT_BASE_SCRATCH_H
#define CLIENT_BASE_SCRATCH_H

#include "proto/judge/integrity.h"

struct scratch;

/* Holds the entries from `first` on. NULL with errno if there is no room for a temporary file. */
struct scratch *scratch_new(uint64_t first);
void scratch_free(struct scratch *s);

/* Adds the next entry. A failure is remembered and makes every later look-up fail. */
void scratch_add(struct scratch *s, enum kind kind, const struct hash *leaf);

enum lookup scratch_get(struct scratch *s, uint64_t index, struct known_entry *out);

#endif
