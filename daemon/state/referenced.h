/* Entries that records refer to, remembered from one record to the next: a warrant is named by each
 * request made under it. All of it belongs to one thread at a time. */
#ifndef DAEMON_STATE_REFERENCED_H
#define DAEMON_STATE_REFERENCED_H

#include "daemon/store/store.h"
#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"

/* All that is asked of such an entry. */
struct referenced {
    uint64_t index; /* index + 1 in a memory, so that 0 is none */
    struct known_entry known;
    size_t ref_length;  /* of ref; 0: the entry is no warrant that could be read */
    char ref[TEXT_MAX]; /* a warrant's reference; no zero byte at its end */
};

/* About 300 kB. All zero: empty. It may hold entries of a batch that is not committed yet. */
#define REFERENCED_KEPT 1024
struct referenced_memory {
    struct referenced kept[REFERENCED_KEPT];
};

/* Where to look for an entry: in the memory (may be NULL), then in the store. */
struct reference_source {
    struct referenced_memory *memory;
    struct store_txn *txn;
};

/* Reads the entry at index. Returns STORE_OK, or what the store said; STORE_DAMAGED if there is no
 * such entry or it cannot be parsed. */
MUST_USE enum store_result referenced_read(struct referenced *out,
                                           const struct reference_source *where, uint64_t index);

/* The same as a lookup_fn (proto/judge/integrity.h), for judging references; source is a struct
 * reference_source. */
enum lookup referenced_lookup(void *source, uint64_t index, struct known_entry *out);

/* Forgets all of it: what was appended may not have stayed. */
void referenced_forget(struct referenced_memory *memory);

#endif
