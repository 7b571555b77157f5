/* Carrying out what `erasure` entries order. Once the roster says "erased" nobody gets the blob
 * any more; here its bytes go. A blob whose bytes are not gone yet is *due*: the receipts of the
 * entries that order its erasure are withheld, and every sweep tries again.
 * METRIC_ERASURES_PENDING counts what is due. Any thread, but for erasing_new() and
 * erasing_free(). */
#ifndef DAEMON_STATE_ERASING_H
#define DAEMON_STATE_ERASING_H

#include "daemon/state/service.h"
#include "proto/record/record.h"

/* NULL when out of memory. */
struct erasing *erasing_new(void);
/* NULL is harmless. */
void erasing_free(struct erasing *e);

/* The blob of an erasure is due. Called before a checkpoint that holds the entry is shown to
 * anybody, so that no receipt of it can go out before the bytes. */
void erasing_announce(struct service *s, const struct record *erasure);

/* Erases the blob of an erasure that the log holds and the roster knows. */
void erasing_order(struct service *s, const struct record *erasure);

/* Erases one blob that the roster says is erased. */
void erasing_blob(struct service *s, const uint8_t blob[static HASH_BYTES]);

/* Erases the blobs of all orders: at start, for those that a crash left between commit and
 * deletion, and wherever the roster may have learnt of erasures in another way than one by one. */
void erasing_all(struct service *s);

/* Tries again what is due. */
void erasing_again(struct service *s);

/* Whether the entry at index orders an erasure that is due: then its receipt is withheld. To be
 * asked after the receipt was built, or by those whom the sequencer told of the entry: whoever
 * asks earlier may miss the announcement. What cannot be read while something is due is
 * withheld, too. */
bool erasing_withholds(const struct service *s, uint64_t index);

#endif
