/* Carries out what `erasure` entries order. Once the signer registry knows of an erasure, nobody
 * gets the blob any more; here its bytes are deleted.
 *
 * A blob whose bytes are not gone yet is due: receipts of the entries that order its erasure are
 * withheld, and every sweep tries again. METRIC_ERASURES_PENDING counts what is due.
 *
 * Any thread, except erasing_new() and erasing_free(). Those that delete wait for the disk: never
 * on the event loop. */
#ifndef DAEMON_STATE_ERASING_H
#define DAEMON_STATE_ERASING_H

#include "daemon/state/service.h"
#include "proto/record/record.h"

/* NULL when out of memory. */
struct erasing *erasing_new(void);
/* NULL is harmless. */
void erasing_free(struct erasing *e);

/* Makes the blob of an erasure due. To be called before a checkpoint that holds the entry is shown
 * to anybody, so that no receipt of it goes out before the bytes are gone. */
void erasing_announce(struct service *s, const struct record *erasure);

/* Deletes the blob of an erasure that the log holds and the signer registry knows. The log says if
 * that failed; the blob is then due. */
void erasing_order(struct service *s, const struct record *erasure);

/* The same for one blob of which the signer registry knows an erasure. */
void erasing_blob(struct service *s, const uint8_t blob[static HASH_BYTES]);

/* Deletes the blobs of all orders. To be called at the start, for those that a crash left between
 * commit and deletion, and whenever the signer registry was read anew from the store. */
void erasing_all(struct service *s);

/* Tries again what is due. */
void erasing_again(struct service *s);

/* Whether the entry at index orders an erasure that is due, so that its receipt is withheld. Ask
 * after the receipt was built, or after the sequencer told you of the entry: whoever asks earlier
 * may miss the announcement. True also if the entry cannot be read while something is due. */
bool erasing_withholds(const struct service *s, uint64_t index);

#endif
