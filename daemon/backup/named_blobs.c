#include "daemon/backup/named_blobs.h"

#include <stdlib.h>

#include "proto/record/entry.h"
#include "proto/record/record.h"

static int add_one(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    (void)member;
    buf_add(ctx, sha256, HASH_BYTES);
    return 0;
}

static enum store_result add_of_entry(struct buf *out, struct store_txn *t, uint64_t index,
                                      struct buf *bytes)
{
    struct entry e;
    struct record record;
    struct refusal why;
    buf_clear(bytes);
    enum store_result r = store_entry(t, index, bytes, NULL);
    if (r != STORE_OK || entry_parse(&e, buf_span(bytes), &why) != 0)
        return r;
    if (record_parse(&record, e.note, &why) != 0)
        return why.reason == REASON_MEMORY ? STORE_MEMORY : STORE_OK;
    kind_visit_blobs(record.kind, record.object, add_one, out);
    record_free(&record);
    return out->failed ? STORE_MEMORY : STORE_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, HASH_BYTES);
}

enum store_result named_blobs_read(struct buf *out, struct store *store, uint64_t size)
{
    struct store_txn *t;
    struct buf bytes = { 0 };
    enum store_result r = store_begin(&t, store, STORE_READ);
    for (uint64_t i = 0; r == STORE_OK && i < size; i++)
        r = add_of_entry(out, t, i, &bytes);
    store_end(t);
    buf_free(&bytes);
    if (r == STORE_OK && out->n > 0)
        qsort(out->p, out->n / HASH_BYTES, HASH_BYTES, by_bytes);
    return r;
}

bool named_blobs_has(const struct buf *named, const uint8_t sha256[static HASH_BYTES])
{
    return named->n > 0 &&
           bsearch(sha256, named->p, named->n / HASH_BYTES, HASH_BYTES, by_bytes) != NULL;
}
