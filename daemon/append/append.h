/* Appending: what becomes of a judged record in the store. Used by the sequencer and by `init`. All
 * of it runs on the thread that has the STORE_WRITE transaction. */
#ifndef DAEMON_APPEND_APPEND_H
#define DAEMON_APPEND_APPEND_H

#include "daemon/append/batch_journal.h"
#include "daemon/append/log_signer.h"
#include "daemon/state/referenced.h"
#include "daemon/state/tip.h"
#include "proto/base/must_use.h"

/* A batch on its way. About 70 kB. All zero is a good start. */
struct append {
    struct store_txn *txn;            /* the caller's */
    struct tip next;                  /* the tip as it will be once txn is committed */
    struct referenced_memory *memory; /* the caller's; NULL: nothing is remembered */
    struct batch_journal *journal;    /* the caller's; NULL: none is kept */
    enum log_signer_result signer;    /* what the signer said in append_finish() */
    bool journaled;   /* the batch is in the journal: the signer may have signed it */
    struct buf bytes; /* scratch */
};

/* Begins to append behind *tip, in a STORE_WRITE transaction that stays the caller's. */
void append_begin(struct append *a, struct store_txn *txn, const struct tip *tip);

/* Appends a record of that signer number (any for genesis), accepted at that time (milliseconds
 * since 1970), which is not before the last. Makes *bytes the entry, and sets *index and *leaf.
 * Returns STORE_OK, or what the store said, or STORE_MEMORY; then the transaction is only good for
 * store_end(). */
MUST_USE enum store_result append_record(struct append *a, const struct record *record,
                                         uint32_t signer, int64_t accepted, struct buf *bytes,
                                         uint64_t *index, struct hash *leaf);

/* Puts the partial tiles that have grown, writes the journal, has the new checkpoint signed, and puts
 * it: the last step before the caller commits. What the checkpoint rests on besides, such as blobs,
 * is on the disk. Returns as append_record(); STORE_MEMORY where a->signer is not LOG_SIGNER_OK,
 * too. */
MUST_USE enum store_result append_finish(struct append *a, struct log_signer *signer);

/* Frees the scratch. */
void append_free(struct append *a);

#endif
