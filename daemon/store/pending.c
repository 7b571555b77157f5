#include "daemon/store/pending.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/host/metrics.h"

#define BLOCK 4096 /* what a file takes at least, about */

struct owner {
    uint32_t signer;
    int64_t blobs, bytes;
};

struct pending_blob {
    uint8_t sha256[HASH_BYTES]; /* first */
    uint32_t signer;
    int64_t weight;
};

static int compare_owners(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;
    return x->signer < y->signer ? -1 : x->signer > y->signer;
}

static int compare_known(const void *a, const void *b)
{
    return memcmp(a, b, HASH_BYTES);
}

static int64_t weight_of(uint64_t size)
{
    return (int64_t)((size + BLOCK - 1) / BLOCK * BLOCK);
}

int pending_init(struct pending *p, const struct pending_limits *limits)
{
    *p = (struct pending){ .limits = *limits };
    return pthread_mutex_init(&p->lock, NULL) == 0 ? 0 : -1;
}

void pending_limit(struct pending *p, const struct pending_limits *limits)
{
    pthread_mutex_lock(&p->lock);
    p->limits = *limits;
    pthread_mutex_unlock(&p->lock);
}

void pending_destroy(struct pending *p)
{
    tdestroy(p->owners, free);
    tdestroy(p->known, free);
    pthread_mutex_destroy(&p->lock);
}

/* What a signer has; NULL when out of memory. Under the lock. */
static struct owner *owner_of(struct pending *p, uint32_t signer)
{
    const struct owner key = { .signer = signer };
    void *node = tfind(&key, &p->owners, compare_owners);
    if (node != NULL)
        return *(struct owner **)node;
    struct owner *fresh = malloc(sizeof *fresh);
    if (fresh == NULL)
        return NULL;
    *fresh = key;
    if (tsearch(fresh, &p->owners, compare_owners) != NULL)
        return fresh;
    free(fresh);
    return NULL;
}

/* Under the lock. owner may be NULL. */
static void count(struct pending *p, struct owner *owner, int64_t blobs, int64_t bytes)
{
    p->blobs += blobs;
    p->bytes += bytes;
    if (owner != NULL) {
        owner->blobs += blobs;
        owner->bytes += bytes;
    }
    metric_set(METRIC_BLOBS_PENDING, p->blobs);
    metric_set(METRIC_BLOBS_PENDING_BYTES, p->bytes);
}

static enum pending_result judge_limits(const struct pending *p, const struct owner *owner,
                                        int64_t weight)
{
    const struct pending_limits *most = &p->limits;
    if (p->blobs + 1 > most->blobs || p->bytes + weight > most->bytes)
        return PENDING_CROWDED;
    /* One blob is never more than a share: else a small limit would keep all of them out. */
    if (owner->blobs > 0 && (owner->blobs + 1 > most->blobs / 100 * most->share +
                                                    most->blobs % 100 * most->share / 100 ||
                             owner->bytes + weight > most->bytes / 100 * most->share))
        return PENDING_SHARE;
    return PENDING_OK;
}

enum pending_result pending_begin(struct pending *p, uint32_t signer, uint64_t size)
{
    pthread_mutex_lock(&p->lock);
    struct owner *owner = owner_of(p, signer);
    enum pending_result r =
        owner == NULL ? PENDING_MEMORY : judge_limits(p, owner, weight_of(size));
    if (r == PENDING_OK)
        count(p, owner, 1, weight_of(size));
    pthread_mutex_unlock(&p->lock);
    return r;
}

void pending_cancel(struct pending *p, uint32_t signer, uint64_t size)
{
    pthread_mutex_lock(&p->lock);
    count(p, owner_of(p, signer), -1, -weight_of(size));
    pthread_mutex_unlock(&p->lock);
}

/* Under the lock. Without memory it counts until the next start. */
static void know_blob(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint32_t signer,
                      int64_t weight)
{
    struct pending_blob *k = malloc(sizeof *k);
    if (k == NULL)
        return;
    *k = (struct pending_blob){ .signer = signer, .weight = weight };
    memcpy(k->sha256, sha256, HASH_BYTES);
    void *node = tsearch(k, &p->known, compare_known);
    if (node == NULL || *(struct pending_blob **)node != k)
        free(k);
}

void pending_name(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint32_t signer,
                  uint64_t size)
{
    pthread_mutex_lock(&p->lock);
    know_blob(p, sha256, signer, weight_of(size));
    pthread_mutex_unlock(&p->lock);
}

void pending_found(struct pending *p, const uint8_t sha256[static HASH_BYTES], uint64_t size)
{
    pthread_mutex_lock(&p->lock);
    know_blob(p, sha256, PENDING_NOBODY, weight_of(size));
    count(p, NULL, 1, weight_of(size));
    pthread_mutex_unlock(&p->lock);
}

void pending_leave(struct pending *p, const uint8_t sha256[static HASH_BYTES])
{
    pthread_mutex_lock(&p->lock);
    void *node = tfind(sha256, &p->known, compare_known);
    if (node != NULL) {
        struct pending_blob *k = *(struct pending_blob **)node;
        count(p, k->signer == PENDING_NOBODY ? NULL : owner_of(p, k->signer), -1, -k->weight);
        tdelete(k, &p->known, compare_known);
        free(k);
    }
    pthread_mutex_unlock(&p->lock);
}
