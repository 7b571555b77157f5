/* From the hash of some bytes to the numbers that were put under it, the last one first. Two
 * keys may share a hash: whoever looks compares the keys. On shelves, like all that grows with a
 * log. */
#ifndef CLIENT_BASE_KEY_INDEX_H
#define CLIENT_BASE_KEY_INDEX_H

#include "client/base/shelf.h"
#include "proto/base/span.h"

#define INDEX_KEY_BYTES 16

struct key_index {
    uint8_t key[INDEX_KEY_BYTES]; /* random: nobody can choose entries that collide */
    struct shelf items, heads;
};

void key_index_open(struct key_index *x);
void key_index_close(struct key_index *x);

/* Puts a number under a key. */
void key_index_put(struct key_index *x, struct span key, uint32_t number);

/* Walks through the numbers under a key, from *at = 0 on. Returns false after the last. */
bool key_index_next(const struct key_index *x, struct span key, uint32_t *at, uint32_t *number);

/* Of one that was loaded: whether walks through it end and stay within it, and each number is one
 * that may be. */
bool key_index_is_sound(const struct key_index *x, bool (*may_be)(const void *ctx, uint32_t number),
                        const void *ctx);

#endif
