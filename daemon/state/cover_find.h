/* The log's `index` entries, in the store. */
#ifndef DAEMON_STATE_COVER_FIND_H
#define DAEMON_STATE_COVER_FIND_H

#include "daemon/store/store.h"
#include "proto/base/must_use.h"
#include "proto/index/cover.h"

/* Sets *entry to the last `index` entry below `size`; NO_ENTRY: there is none. A few dozen look-ups
 * at most. Returns STORE_OK, or what the store said. The thread of t. */
MUST_USE enum store_result cover_find_entry(uint64_t *entry, struct store_txn *t, uint64_t size);

/* Reads the cover of that entry. STORE_ABSENT: it is no `index` entry of version 1;
 * STORE_DAMAGED: it cannot be parsed; STORE_MEMORY; or what the store said. The thread of t. */
MUST_USE enum store_result cover_find_at(struct cover *out, struct store_txn *t, uint64_t entry);

/* Reads the cover of the last `index` entry below `size`; out->entry is NO_ENTRY, and out->end 0,
 * where there is none. STORE_DAMAGED: it cannot be read; else as above. */
MUST_USE enum store_result cover_find(struct cover *out, struct store_txn *t, uint64_t size);

#endif
