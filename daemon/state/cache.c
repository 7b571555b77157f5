#include "daemon/state/cache.h"

#include <pthread.h>
#include <stdlib.h>

#define WAYS 8
#define LOCKS 16

/* The places that a key may stand in. */
struct set {
    struct cached *object[WAYS];
    uint64_t asked[WAYS]; /* when it was asked for last */
};

struct cache {
    pthread_mutex_t lock[LOCKS]; /* one for each LOCKSth set */
    atomic_uint generation;
    size_t sets; /* a power of two, at least LOCKS */
    struct set set[];
};

struct cache *cache_new(uint64_t most)
{
    size_t sets = LOCKS;
    while (sets * WAYS < most)
        sets *= 2;
    struct cache *c = calloc(1, sizeof *c + sets * sizeof *c->set);
    if (c == NULL)
        return NULL;
    c->sets = sets;
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&c->lock[i], NULL);
    return c;
}

void cache_free(struct cache *c)
{
    if (c == NULL)
        return;
    cache_forget(c);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&c->lock[i]);
    free(c);
}

unsigned cache_generation(struct cache *c)
{
    return atomic_load(&c->generation);
}

void cached_release(struct cached *object)
{
    if (object != NULL && atomic_fetch_sub(&object->users, 1) == 1)
        free(object);
}

/* Neighbours are asked for together: they are spread, so that they do not drive each other out. */
static size_t set_of(const struct cache *c, uint64_t key)
{
    return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (c->sets - 1);
}

struct cached *cache_get(struct cache *c, uint64_t key)
{
    size_t n = set_of(c, key);
    struct set *s = &c->set[n];
    struct cached *found = NULL;
    pthread_mutex_lock(&c->lock[n % LOCKS]);
    for (int i = 0; found == NULL && i < WAYS; i++) {
        if (s->object[i] == NULL || s->object[i]->key != key)
            continue;
        found = s->object[i];
        atomic_fetch_add(&found->users, 1);
        uint64_t newest = 0;
        for (int k = 0; k < WAYS; k++)
            newest = s->asked[k] > newest ? s->asked[k] : newest;
        s->asked[i] = newest + 1;
    }
    pthread_mutex_unlock(&c->lock[n % LOCKS]);
    return found;
}

void cache_keep(struct cache *c, uint64_t key, struct cached *object, unsigned generation)
{
    size_t n = set_of(c, key);
    struct set *s = &c->set[n];
    struct cached *out = NULL;
    object->key = key;
    pthread_mutex_lock(&c->lock[n % LOCKS]);
    int at = 0;
    uint64_t newest = 0;
    for (int i = 0; i < WAYS; i++) {
        newest = s->asked[i] > newest ? s->asked[i] : newest;
        if (s->asked[i] < s->asked[at])
            at = i;
    }
    if (atomic_load(&c->generation) == generation) {
        out = s->object[at];
        atomic_fetch_add(&object->users, 1);
        s->object[at] = object;
        s->asked[at] = newest + 1;
    }
    pthread_mutex_unlock(&c->lock[n % LOCKS]);
    cached_release(out);
}

void cache_forget(struct cache *c)
{
    atomic_fetch_add(&c->generation, 1);
    for (size_t n = 0; n < c->sets; n++) {
        pthread_mutex_lock(&c->lock[n % LOCKS]);
        for (int i = 0; i < WAYS; i++) {
            cached_release(c->set[n].object[i]);
            c->set[n].object[i] = NULL;
            c->set[n].asked[i] = 0;
        }
        pthread_mutex_unlock(&c->lock[n % LOCKS]);
    }
}
