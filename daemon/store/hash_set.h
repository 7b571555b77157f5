/* A set of SHA-256 hashes. One thread at a time. */
#ifndef DAEMON_STORE_HASH_SET_H
#define DAEMON_STORE_HASH_SET_H

#include <stdbool.h>

#include "proto/base/buf.h"
#include "proto/base/hash.h"
#include "proto/base/must_use.h"

/* All zero: empty. */
struct hash_set {
    void *tree;
    size_t count;
};

/* Adds a hash. Returns 0, also if it was there already, or -1: out of memory. */
MUST_USE int hash_set_add(struct hash_set *s, const uint8_t hash[static HASH_BYTES]);
void hash_set_remove(struct hash_set *s, const uint8_t hash[static HASH_BYTES]);
bool hash_set_has(const struct hash_set *s, const uint8_t hash[static HASH_BYTES]);

/* Appends all hashes to out, HASH_BYTES each. */
void hash_set_copy(struct buf *out, const struct hash_set *s);

/* Removes all hashes, and frees what they took. */
void hash_set_clear(struct hash_set *s);

#endif
