/* Appending: what becomes of a judged record in the store. Used by the sequencer and by `init`; the
 * writer's thread. */
#ifndef DAEMON_APPEND_APPEND_H
#define DAEMON_APPEND_APPEND_H

#include "daemon/state/referenced.h"
#include "daemon/state/tip.h"
#include "proto/base/must_use.h"

/* A batch on its way: the standing as it will be once the transaction is committed. */
struct append {
    struct store_txn *txn;
    struct tip next;
    struct referenced_memory *memory; /* NULL: nothing is remembered */
    struct buf bytes;                 /* scratch */
};

/* Begins to append behind `standing`, in a STORE_WRITE transaction that stays the caller's. */
void append_begin(struct append *a, struct store_txn *txn, const struct tip *standing);

/* Appends a record of that signer number (any for genesis), accepted at that time, which is not
 * before the last. Makes *bytes the entry, and sets *index and *leaf. After any result but STORE_OK the transaction is only
 * good for store_end(). */
MUST_USE enum store_result append_record(struct append *a, const struct record *record,
                                         uint32_t signer, int64_t accepted, struct buf *bytes,
                                         uint64_t *index, struct hash *leaf);

/* Puts the grown tiles, and the checkpoint signed by key; then the caller commits. */
MUST_USE enum store_result append_finish(struct append *a, const struct skey *key);

/* Frees the scratch. */
void append_free(struct append *a);

#endif
