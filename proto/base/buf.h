/* A growing byte buffer with a sticky failure: add as often as you like, look at `failed` once.
 * After a failed allocation every further call is a no-op and the contents are not to be used. */
#ifndef PROTO_BASE_BUF_H
#define PROTO_BASE_BUF_H

#include "proto/base/span.h"

struct buf {
    uint8_t *p; /* n bytes, and never NUL-terminated unless buf_str() was called */
    size_t n;
    size_t cap;
    bool failed; /* out of memory, once and for all */
};

/* An empty buffer is all zeroes: `struct buf b = { 0 };`. */

/* Frees what the buffer owns and makes it empty again. */
void buf_free(struct buf *b);

/* Forgets the contents, keeps the memory. */
static inline void buf_clear(struct buf *b)
{
    b->n = 0;
}

/* Append n bytes, a string, a span, a byte. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_add_span(struct buf *b, struct span s);
void buf_add_u8(struct buf *b, uint8_t v);
/* Big-endian, as in bundles and receipts. */
void buf_add_u16(struct buf *b, uint16_t v);
/* Append a number in decimal, bytes in base64, text by a printf format. */
void buf_add_decimal(struct buf *b, uint64_t v);
void buf_add_base64(struct buf *b, const void *p, size_t n);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for n more bytes and returns where they begin; NULL when out of memory. The caller
 * adds what it wrote to b->n. */
uint8_t *buf_reserve(struct buf *b, size_t n);

/* The contents with a zero byte behind them (not counted in n); "" when failed or empty. Valid
 * until the next call on b. */
const char *buf_str(struct buf *b);

static inline struct span buf_span(const struct buf *b)
{
    return span_of(b->p, b->n);
}

#endif
