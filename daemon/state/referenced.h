/* Entries that records point at, remembered from one record to the next: a warrant is named by each request made
 * under it. One thread's. */
#ifndef DAEMON_STATE_REFERENCED_H
#define DAEMON_STATE_REFERENCED_H

#include "daemon/store/store.h"
#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"

/* All that is asked of such an entry. */
struct referenced {
    uint64_t index;
    struct known_entry known;
    size_t ref_length; /* 0: it is no warrant that could be read */
    char ref[TEXT_MAX];
};

/* About 300 kB. All zero: empty. What it holds may be of a batch that has yet to be committed. */
#define REFERENCED_KEPT 1024
struct referenced_memory {
    struct referenced kept[REFERENCED_KEPT]; /* index + 1 there, so that 0 is none */
};

/* Where to look: in the memory, which may be NULL, then in the store. */
struct reference_source {
    struct referenced_memory *memory;
    struct store_txn *txn;
};

/* Reads entry `index`. Returns STORE_OK, or what the store said; STORE_DAMAGED if the entry has no form. */
MUST_USE enum store_result referenced_read(struct referenced *out,
                                           const struct reference_source *where, uint64_t index);

/* The same for judging references: a lookup_fn over a struct reference_source. */
enum lookup referenced_lookup(void *source, uint64_t index, struct known_entry *out);

/* Forgets all of it: what was appended may not have stayed. */
void referenced_forget(struct referenced_memory *memory);

#endif
