/* What was read from the store, is costly to make and never changes again (full tiles, entries that others rest
 * on), kept while it is asked for: so many objects by number, of which those that were not asked for longest go
 * first. Objects are counted, so that whoever uses one keeps it. Any thread. */
#ifndef DAEMON_STATE_CACHE_H
#define DAEMON_STATE_CACHE_H

#include <stdatomic.h>
#include <stdint.h>

/* First in whatever is kept; made with malloc, freed with free by whoever lets go last. */
struct cached {
    atomic_uint users;
    uint64_t key;
};

struct cache;

/* Room for about `most` objects. NULL when out of memory. */
struct cache *cache_new(uint64_t most);
/* NULL is harmless. */
void cache_free(struct cache *c);

/* Changes whenever everything is forgotten. Ask before reading what is to be kept. */
unsigned cache_generation(struct cache *c);

/* The object of that key, to be let go of; or NULL. */
struct cached *cache_get(struct cache *c, uint64_t key);

/* Keeps an object, which stays the caller's to let go of; unless everything was forgotten since that generation:
 * it may be of a commit that never was. */
void cache_keep(struct cache *c, uint64_t key, struct cached *object, unsigned generation);

/* Lets go of an object; NULL is harmless. */
void cached_release(struct cached *object);

/* Forgets everything: memory and disk may have parted. */
void cache_forget(struct cache *c);

#endif
