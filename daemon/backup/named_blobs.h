/* Which blobs the entries of a store name: whoever can write where a backup lies may have laid
 * others beside them. Main thread. */
#ifndef DAEMON_BACKUP_NAMED_BLOBS_H
#define DAEMON_BACKUP_NAMED_BLOBS_H

#include "daemon/store/store.h"

/* Appends to *out, which is empty, the SHA-256 of each blob that the first `size` entries name, in
 * order, HASH_BYTES each. An entry that cannot be read names none: fsck tells of it. Returns
 * STORE_OK; or what the store said, or STORE_MEMORY, *out not to be used. */
MUST_USE enum store_result named_blobs_read(struct buf *out, struct store *store, uint64_t size);

/* Whether a blob is among them. */
bool named_blobs_has(const struct buf *named, const uint8_t sha256[static HASH_BYTES]);

#endif
