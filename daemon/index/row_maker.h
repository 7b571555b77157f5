/* The rows of entries, as they come: which keys an entry has rests on what it names, so the warrant
 * keys of recent entries are remembered. One thread at a time. */
#ifndef DAEMON_INDEX_ROW_MAKER_H
#define DAEMON_INDEX_ROW_MAKER_H

#include "daemon/store/store.h"
#include "proto/base/must_use.h"
#include "proto/index/entry_keys.h"
#include "proto/index/index_row.h"

struct row_maker;

/* About 1.5 MB. NULL when out of memory. row_maker_free(NULL) is harmless. */
struct row_maker *row_maker_new(void);
void row_maker_free(struct row_maker *m);

/* Forgets all entries: some of them may not have stayed, and others may come at their index. */
void row_maker_forget(struct row_maker *m);

/* An entry. record: NULL if it is no v1 form. */
struct row_entry {
    uint64_t index;
    const struct hash *leaf;
    const struct record *record;
};

/* Appends an entry's rows to *out. What it names is looked up in the memory, and then in the store
 * through txn, of which at most *reads entries are read; what was read is taken off. Returns
 * STORE_OK; STORE_ABSENT: more would have to be read, and nothing was appended; STORE_MEMORY; or
 * what the store said. */
MUST_USE enum store_result row_maker_add(struct row_maker *m, const struct row_entry *e,
                                         struct store_txn *txn, unsigned *reads, struct buf *out);

/* The same for the entry at index, which is read from the store, without a limit. Sets *accepted to
 * the entry's acceptance (milliseconds), 0 if it has no header. */
MUST_USE enum store_result row_maker_read(struct row_maker *m, uint64_t index,
                                          struct store_txn *txn, struct buf *out,
                                          int64_t *accepted);

/* The same for bytes that are at hand, with their leaf hash. */
MUST_USE enum store_result row_maker_add_bytes(struct row_maker *m, uint64_t index,
                                               struct span bytes, const struct hash *leaf,
                                               struct store_txn *txn, struct buf *out,
                                               int64_t *accepted);

#endif
