/* An index from keys, which are any bytes, to the numbers that were put under them. It keeps hashes
 * of the keys only: two keys may share one, so whoever looks something up compares the keys. It
 * grows on shelves; a number for which there is no room is recorded as lost (client/base/lost.h).
 * */
#ifndef CLIENT_BASE_KEY_INDEX_H
#define CLIENT_BASE_KEY_INDEX_H

#include "client/base/shelf.h"
#include "proto/base/span.h"

#define INDEX_KEY_BYTES 16

struct key_index {
    uint8_t key[INDEX_KEY_BYTES]; /* random: nobody can choose entries that collide */
    struct shelf items, heads;
};

/* Makes an empty one, to be closed in any case. One of zeroes may be closed, too. */
void key_index_open(struct key_index *x);
void key_index_close(struct key_index *x);

/* Puts a number under a key. Returns false if there is no room for it. */
bool key_index_put(struct key_index *x, struct span key, uint32_t number);

/* Walks through the numbers under keys of the same hash, the last that was put first. *at is 0 at
 * the first call and belongs to the walk. Returns false after the last. */
bool key_index_next(const struct key_index *x, struct span key, uint32_t *at, uint32_t *number);

/* Checks one whose shelves were loaded from a file: whether all walks end and stay within it, and
 * may_be() says of each number that it is one. */
bool key_index_is_sound(const struct key_index *x, bool (*may_be)(const void *ctx, uint32_t number),
                        const void *ctx);

#endif
