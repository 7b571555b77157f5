#include "daemon/erasing.h"

#include "daemon/blobs.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "proto/base64.h"
#include "proto/scan.h"

void erasing_blob(struct service *s, const uint8_t blob[static HASH_BYTES])
{
    char name[2 * HASH_BYTES + 1];
    if (blobs_erase(s->blobs, blob) == BLOB_OK)
        return;
    metric_add(METRIC_ERASURES_PENDING, 1);
    hex_format(name, blob, HASH_BYTES);
    log_line(LOG_ERROR, "blob %s is ordered erased and could not be: it is tried again", name);
}

void erasing_order(struct service *s, const struct record *erasure)
{
    uint8_t blob[HASH_BYTES];
    if (base64_decode_exact(blob, HASH_BYTES, span_str(record_string(erasure, "blob"))) == 0)
        erasing_blob(s, blob);
}

static int collect(void *ctx, const uint8_t blob[static HASH_BYTES], uint64_t entry)
{
    (void)entry;
    buf_add(ctx, blob, HASH_BYTES);
    return 0;
}

/* The disk is not waited for under the roster's lock. Orders that fail meanwhile are counted twice, until
 * the next time: never not at all. */
void erasing_all(struct service *s)
{
    struct buf blobs = { 0 };
    int64_t before = metric_get(METRIC_ERASURES_PENDING), failed = 0;
    roster_each_erased(&s->roster, collect, &blobs);
    if (blobs.failed) {
        log_line(LOG_ERROR, "out of memory: blobs that are ordered erased may still be there");
        failed = before > 0 ? before : 1;
    } else {
        for (size_t at = 0; at < blobs.n; at += HASH_BYTES)
            failed += blobs_erase(s->blobs, blobs.p + at) != BLOB_OK;
    }
    if (failed > 0 && !blobs.failed)
        log_line(LOG_ERROR, "%lld blobs are ordered erased and could not be: they are tried again",
                 (long long)failed);
    metric_add(METRIC_ERASURES_PENDING, failed - before);
    buf_free(&blobs);
}
