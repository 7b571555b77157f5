#include "daemon/host/rate.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#define MINUTE_NS INT64_C(60000000000)
#define MS_NS INT64_C(1000000)

struct bucket {
    uint64_t key; /* hash of it */
    int64_t full; /* when it will be full: nanoseconds of the steady clock; 0: nobody's */
};

struct rate_table {
    pthread_mutex_t lock;
    size_t sets;
    uint8_t secret[crypto_shorthash_KEYBYTES];
    struct bucket bucket[][RATE_WAYS];
};

struct rate rate_of(int64_t per_minute, int64_t burst)
{
    int64_t in_ten_seconds = per_minute < 6 ? 1 : per_minute / 6;
    return (struct rate){ .per_minute = per_minute, .burst = burst == 0 ? in_ten_seconds : burst };
}

struct rate_table *rate_table_new(size_t sets)
{
    struct rate_table *t = calloc(1, sizeof *t + sets * sizeof *t->bucket);
    if (t == NULL)
        return NULL;
    t->sets = sets;
    randombytes_buf(t->secret, sizeof t->secret);
    if (pthread_mutex_init(&t->lock, NULL) == 0)
        return t;
    free(t);
    return NULL;
}

void rate_table_free(struct rate_table *t)
{
    if (t != NULL)
        pthread_mutex_destroy(&t->lock);
    free(t);
}

static uint64_t hash_key(const struct rate_table *t, struct span key)
{
    uint8_t b[crypto_shorthash_BYTES];
    uint64_t h = 0;
    crypto_shorthash(b, key.p, key.n, t->secret);
    for (size_t i = 0; i < sizeof b; i++)
        h = h << 8 | b[i];
    return h;
}

/* The key's bucket; or the one that it would take over, which will be full first. */
static struct bucket *find_bucket(struct rate_table *t, uint64_t key)
{
    struct bucket *set = t->bucket[key & (t->sets - 1)], *first = set;
    for (struct bucket *b = set; b < set + RATE_WAYS; b++) {
        if (b->key == key)
            return b;
        if (b->full < first->full)
            first = b;
    }
    return first;
}

static int64_t token_ns(const struct rate *rate)
{
    return MINUTE_NS / rate->per_minute;
}

/* For how long this want has to wait; 0: not at all. */
static int64_t wait_ns(const struct bucket *b, const struct rate *rate, uint64_t tokens,
                       int64_t now)
{
    int64_t missing = b->full > now ? b->full - now : 0; /* as time that it takes to flow in */
    int64_t burst = rate->burst * token_ns(rate), wanted = (int64_t)tokens * token_ns(rate);
    if (wanted > burst)
        return missing;
    return missing + wanted > burst ? missing + wanted - burst : 0;
}

int64_t rate_take(struct rate_table *t, const struct rate *rate, const struct rate_want *want,
                  size_t n, int64_t now)
{
    int64_t longest = 0;
    now *= MS_NS;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < n; i++) {
        const struct bucket *b = find_bucket(t, hash_key(t, want[i].key));
        int64_t wait = wait_ns(b, rate, want[i].tokens, now);
        longest = wait > longest ? wait : longest;
    }
    for (size_t i = 0; i < n && longest == 0; i++) {
        uint64_t key = hash_key(t, want[i].key);
        struct bucket *b = find_bucket(t, key);
        b->key = key;
        b->full = (b->full > now ? b->full : now) + (int64_t)want[i].tokens * token_ns(rate);
    }
    pthread_mutex_unlock(&t->lock);
    return (longest + MS_NS - 1) / MS_NS;
}

unsigned rate_seconds(int64_t ms)
{
    return ms <= 0 ? 1 : (unsigned)((ms + 999) / 1000);
}
