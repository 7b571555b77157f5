/* Base64, RFC 4648 section 4: always padded, and decoding accepts the canonical form only. */
#ifndef PROTO_BASE_BASE64_H
#define PROTO_BASE_BASE64_H

#include "proto/base/must_use.h"
#include "proto/base/span.h"

/* Characters that n bytes become, without the zero byte. */
static inline size_t base64_length(size_t n)
{
    return (n + 2) / 3 * 4;
}

/* Writes base64_length(n) characters and a zero byte. */
void base64_encode(char *out, const void *p, size_t n);

/* Whether text is the canonical base64 of exactly n bytes. */
bool base64_is(struct span text, size_t n);

/* Decodes text into at most cap bytes. Returns 0 and sets *n, or -1: not canonical padded base64,
 * longer than cap, or of more than INT_MAX characters. */
MUST_USE int base64_decode(uint8_t *out, size_t cap, size_t *n, struct span text);

/* Decodes text that must be exactly n bytes. Returns 0 or -1. */
MUST_USE int base64_decode_exact(uint8_t *out, size_t n, struct span text);

#endif
