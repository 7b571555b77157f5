/* The receipt of an entry, made of the log's files: entry, enrolments down to genesis, and their
 * paths to the root of a checkpoint. */
#ifndef CLIENT_ENTRIES_ENTRY_RECEIPT_H
#define CLIENT_ENTRIES_ENTRY_RECEIPT_H

#include "proto/verify/proven.h"

/* Gets an entry and proves it into the checkpoint's root. After another verdict than VERDICT_GOOD it
 * has told why. *out needs proven_free() in any case. */
typedef enum verdict entry_fetch_fn(void *ctx, uint64_t index, struct proven *out);

/* Appends the receipt under the checkpoint in `note`, which all that fetch gives is proven into.
 * Whether it is good is for receipt_judge() to say. Returns true; or false: then *why is about the
 * entry that is no record, or whose enrolment is none; it has VERDICT_GOOD where fetch told why, and
 * out of memory, which is recorded as lost. */
bool entry_receipt_make(struct buf *out, uint64_t index, struct span note, entry_fetch_fn *fetch,
                        void *ctx, struct finding *why);

#endif
