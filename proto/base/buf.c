#include "proto/base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){ 0 };
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
    if (b->failed)
        return NULL;
    if (n > SIZE_MAX / 4 - b->n) {
        b->failed = true;
        return NULL;
    }
    if (b->p == NULL || b->cap - b->n < n) {
        size_t cap = b->cap < 128 ? 128 : b->cap;
        while (cap - b->n < n)
            cap *= 2;
        uint8_t *p = realloc(b->p, cap);
        if (p == NULL) {
            b->failed = true;
            return NULL;
        }
        b->p = p;
        b->cap = cap;
    }
    return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    uint8_t *to = buf_reserve(b, n);
    if (to == NULL || n == 0)
        return;
    memcpy(to, p, n);
    b->n += n;
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_add_span(struct buf *b, struct span s)
{
    buf_add(b, s.p, s.n);
}

void buf_add_u8(struct buf *b, uint8_t v)
{
    buf_add(b, &v, 1);
}

void buf_add_u16(struct buf *b, uint16_t v)
{
    uint8_t be[2] = { (uint8_t)(v >> 8), (uint8_t)v };
    buf_add(b, be, sizeof be);
}

void buf_add_decimal(struct buf *b, uint64_t v)
{
    char digits[21];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, v);
    buf_add(b, digits, (size_t)n);
}

void buf_add_base64(struct buf *b, const void *p, size_t n)
{
    uint8_t *to = buf_reserve(b, base64_length(n) + 1); /* the encoder ends with a zero byte */
    if (to == NULL)
        return;
    base64_encode((char *)to, p, n);
    b->n += base64_length(n);
}

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
    } else {
        uint8_t *to = buf_reserve(b, (size_t)n + 1);
        if (to != NULL) {
            vsnprintf((char *)to, (size_t)n + 1, format, again);
            b->n += (size_t)n;
        }
    }
    va_end(again);
}

const char *buf_str(struct buf *b)
{
    uint8_t *end = buf_reserve(b, 1);
    if (end == NULL)
        return "";
    *end = 0;
    return (const char *)b->p;
}
