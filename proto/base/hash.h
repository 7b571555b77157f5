/* SHA-256 and the two hashes of an RFC 6962 tree (section 2.1). */
#ifndef PROTO_BASE_HASH_H
#define PROTO_BASE_HASH_H

#include "proto/base/limits.h"
#include "proto/base/span.h"

struct hash {
    uint8_t b[HASH_BYTES];
};

static inline bool hash_eq(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, HASH_BYTES) == 0;
}

/* SHA-256(bytes). Any thread, as all of these. */
void hash_bytes(struct hash *out, struct span bytes);

/* SHA-256(a || b) */
void hash_joined(struct hash *out, struct span a, struct span b);

/* SHA-256(0x00 || entry) */
void hash_leaf(struct hash *out, struct span entry);

/* SHA-256(0x01 || left || right); out may be left or right. */
void hash_node(struct hash *out, const struct hash *left, const struct hash *right);

#endif
