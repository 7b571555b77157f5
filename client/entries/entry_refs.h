/* What a record points at: other entries, and sealed blobs. */
#ifndef CLIENT_ENTRIES_ENTRY_REFS_H
#define CLIENT_ENTRIES_ENTRY_REFS_H

#include "proto/base/hash.h"
#include "proto/record/value.h"

/* Told of each entry that a record names, with the member of the record in which it does. The text
 * lives as long as the object. */
typedef void entry_ref_fn(void *ctx, const char *member, uint64_t entry);

/* Calls `told` for each {"entry":…} in an object, in its order, as often as it is there. Who signed
 * (`under`) and to whom something is sealed (`to`) are left out. NULL has none. */
void entry_refs(const struct value *object, entry_ref_fn *told, void *ctx);

/* The same for the SHA-256 of each blob that is sealed to somebody. */
typedef void entry_blob_fn(void *ctx, const uint8_t blob[static HASH_BYTES]);
void entry_blobs(const struct value *object, entry_blob_fn *told, void *ctx);

#endif
