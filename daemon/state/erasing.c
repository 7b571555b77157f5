#include "daemon/state/erasing.h"

#include <stdlib.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/store/hash_set.h"
#include "daemon/store/store.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"

struct erasing {
    pthread_mutex_t work; /* held while one blob is erased: before `lock`, if both */
    pthread_mutex_t lock; /* never held while the disk is waited for */
    struct hash_set due;
    unsigned forgot; /* times that there was no memory for one: then each erasure may be due */
    atomic_bool any; /* something is due, or forgotten */
};

struct erasing *erasing_new(void)
{
    struct erasing *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    if (pthread_mutex_init(&e->work, NULL) == 0) {
        if (pthread_mutex_init(&e->lock, NULL) == 0)
            return e;
        pthread_mutex_destroy(&e->work);
    }
    free(e);
    return NULL;
}

void erasing_free(struct erasing *e)
{
    if (e == NULL)
        return;
    hash_set_clear(&e->due);
    pthread_mutex_destroy(&e->lock);
    pthread_mutex_destroy(&e->work);
    free(e);
}

/* ---- what is due ----------------------------------------------------------------------------- */

/* Under the lock. */
static void show_due(struct erasing *e)
{
    atomic_store(&e->any, e->due.count > 0 || e->forgot > 0);
    metric_set(METRIC_ERASURES_PENDING, (int64_t)e->due.count + (e->forgot > 0));
}

static void add_due(struct erasing *e, const uint8_t blob[static HASH_BYTES])
{
    pthread_mutex_lock(&e->lock);
    if (hash_set_add(&e->due, blob) != 0)
        e->forgot++;
    show_due(e);
    pthread_mutex_unlock(&e->lock);
}

static void remove_due(struct erasing *e, const uint8_t blob[static HASH_BYTES])
{
    pthread_mutex_lock(&e->lock);
    hash_set_remove(&e->due, blob);
    show_due(e);
    pthread_mutex_unlock(&e->lock);
}

static bool is_due(struct erasing *e, const uint8_t blob[static HASH_BYTES])
{
    pthread_mutex_lock(&e->lock);
    bool due = e->forgot > 0 || hash_set_has(&e->due, blob);
    pthread_mutex_unlock(&e->lock);
    return due;
}

/* ---- erasing --------------------------------------------------------------------------------- */

/* One blob at a time: otherwise a blob that came back meanwhile could be taken off the list by an
 * earlier success. Returns 0 or -1. */
static int erase_due(struct service *s, const uint8_t blob[static HASH_BYTES])
{
    struct erasing *e = s->erasing;
    pthread_mutex_lock(&e->work);
    bool done = blobs_erase(s->blobs, blob) == BLOB_OK;
    if (done)
        remove_due(e, blob);
    else
        add_due(e, blob);
    pthread_mutex_unlock(&e->work);
    return done ? 0 : -1;
}

void erasing_blob(struct service *s, const uint8_t blob[static HASH_BYTES])
{
    char name[2 * HASH_BYTES + 1];
    if (erase_due(s, blob) == 0)
        return;
    hex_format(name, blob, HASH_BYTES);
    log_line(
        LOG_ERROR,
        "blob %s is ordered erased and could not be: it is tried again, and the receipt of the "
        "order is withheld",
        name);
}

static int blob_of(uint8_t out[static HASH_BYTES], const struct record *erasure)
{
    return base64_decode_exact(out, HASH_BYTES, span_str(record_string(erasure, "blob")));
}

void erasing_announce(struct service *s, const struct record *erasure)
{
    uint8_t blob[HASH_BYTES];
    if (blob_of(blob, erasure) == 0)
        add_due(s->erasing, blob);
}

void erasing_order(struct service *s, const struct record *erasure)
{
    uint8_t blob[HASH_BYTES];
    if (blob_of(blob, erasure) == 0)
        erasing_blob(s, blob);
}

/* Erases several blobs. */
static void erase_each(struct service *s, const struct buf *blobs)
{
    size_t failed = 0;
    for (size_t at = 0; at < blobs->n; at += HASH_BYTES)
        failed += erase_due(s, blobs->p + at) != 0;
    if (failed > 0)
        log_line(LOG_ERROR,
                 "%zu blobs are ordered erased and could not be: they are tried again, and the "
                 "receipts of the orders are withheld",
                 failed);
}

static int collect_blob(void *ctx, const uint8_t blob[static HASH_BYTES], uint64_t entry)
{
    (void)entry;
    buf_add(ctx, blob, HASH_BYTES);
    return 0;
}

/* Changes how often something was forgotten, and returns how often it was before. */
static unsigned change_forgot(struct erasing *e, unsigned less, unsigned more)
{
    pthread_mutex_lock(&e->lock);
    unsigned before = e->forgot;
    e->forgot = before - less + more;
    show_due(e);
    pthread_mutex_unlock(&e->lock);
    return before;
}

/* The list is copied first, so that nobody waits for the disk under the registry's lock. What is
 * forgotten meanwhile stays forgotten. */
void erasing_all(struct service *s)
{
    struct buf blobs = { 0 };
    unsigned before = change_forgot(s->erasing, 0, 0);
    signers_each_erased(&s->signers, collect_blob, &blobs);
    if (blobs.failed) {
        log_line(LOG_ERROR, "out of memory: blobs that are ordered erased may still be there");
        change_forgot(s->erasing, 0, 1);
    } else {
        erase_each(s, &blobs);
        change_forgot(s->erasing, before, 0);
    }
    buf_free(&blobs);
}

void erasing_again(struct service *s)
{
    struct erasing *e = s->erasing;
    struct buf blobs = { 0 };
    if (!atomic_load(&e->any))
        return;
    pthread_mutex_lock(&e->lock);
    bool forgot = e->forgot > 0;
    hash_set_copy(&blobs, &e->due);
    pthread_mutex_unlock(&e->lock);
    if (forgot)
        erasing_all(s);
    else if (!blobs.failed)
        erase_each(s, &blobs);
    buf_free(&blobs);
}

/* ---- receipts that are withheld -------------------------------------------------------------- */

/* Does an entry's record order an erasure that is due? */
static bool orders_due(struct erasing *e, struct span bytes)
{
    struct entry entry;
    struct record record;
    struct refusal why;
    uint8_t blob[HASH_BYTES];
    if (entry_parse(&entry, bytes, &why) != 0 || record_parse(&record, entry.note, &why) != 0)
        return true;
    bool due = record.kind == KIND_ERASURE && (blob_of(blob, &record) != 0 || is_due(e, blob));
    record_free(&record);
    return due;
}

bool erasing_withholds(const struct service *s, uint64_t index)
{
    struct store_txn *txn;
    struct buf bytes = { 0 };
    if (!atomic_load(&s->erasing->any))
        return false;
    if (store_begin(&txn, s->store, STORE_READ) != STORE_OK)
        return true;
    bool withheld = store_entry(txn, index, &bytes, NULL) != STORE_OK ||
                    orders_due(s->erasing, buf_span(&bytes));
    store_end(txn);
    buf_free(&bytes);
    return withheld;
}
