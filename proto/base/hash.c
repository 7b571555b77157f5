/* libcrypto's SHA-256 uses the processor's instructions where there are any (0.6 against 1.9
 * microseconds for 600 bytes); its one-shot and EVP forms allocate for each hash, the older
 * context form does not. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "proto/base/hash.h"

#include <openssl/sha.h>

static void hash_tagged(struct hash *out, const uint8_t *tag, struct span a, struct span b)
{
    SHA256_CTX c;
    SHA256_Init(&c);
    if (tag != NULL)
        SHA256_Update(&c, tag, 1);
    if (a.n > 0)
        SHA256_Update(&c, a.p, a.n);
    if (b.n > 0)
        SHA256_Update(&c, b.p, b.n);
    SHA256_Final(out->b, &c);
}

void hash_bytes(struct hash *out, struct span bytes)
{
    hash_tagged(out, NULL, bytes, span_of(NULL, 0));
}

void hash_joined(struct hash *out, struct span a, struct span b)
{
    hash_tagged(out, NULL, a, b);
}

void hash_leaf(struct hash *out, struct span entry)
{
    static const uint8_t leaf = 0x00;
    hash_tagged(out, &leaf, entry, span_of(NULL, 0));
}

void hash_node(struct hash *out, const struct hash *left, const struct hash *right)
{
    static const uint8_t node = 0x01;
    hash_tagged(out, &node, span_of(left->b, HASH_BYTES), span_of(right->b, HASH_BYTES));
}
