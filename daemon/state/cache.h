/* A cache of objects that were read from the store, are costly to make and never change again (full
 * tiles, entries that others rest on). It holds a fixed number of objects by number; those that
 * were not asked for longest go first. Objects count their users, so that an object lives as long
 * as somebody uses it. Any thread, except cache_new() and cache_free(). */
#ifndef DAEMON_STATE_CACHE_H
#define DAEMON_STATE_CACHE_H

#include <stdatomic.h>
#include <stdint.h>

/* The first member of whatever is kept. Made with malloc, with users = 1 for its maker; freed by
 * whoever lets go last. */
struct cached {
    atomic_uint users;
    uint64_t key; /* set by cache_keep() */
};

struct cache;

/* Room for about `most` objects, at least 128. NULL when out of memory. */
struct cache *cache_new(uint64_t most);
/* Lets go of all objects. NULL is harmless. */
void cache_free(struct cache *c);

/* A number that changes whenever everything is forgotten. Ask for it before you read what is to be
 * kept. */
unsigned cache_generation(struct cache *c);

/* The object of that key, or NULL. The caller lets go of it with cached_release(). */
struct cached *cache_get(struct cache *c, uint64_t key);

/* Keeps an object under a key. The caller still has to let go of it. Does nothing if everything was
 * forgotten since that generation: the object may be of a commit that never was. */
void cache_keep(struct cache *c, uint64_t key, struct cached *object, unsigned generation);

/* Lets go of an object; frees it if nobody else uses it. NULL is harmless. */
void cached_release(struct cached *object);

/* Forgets everything: memory and disk may have parted. */
void cache_forget(struct cache *c);

#endif
