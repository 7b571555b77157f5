#include "proto/base/http_body.h"

#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "proto/base/limits.h"

#define STEP (64 * 1024)
#define GZIP_ONLY (16 + MAX_WBITS)

static bool is_word(const char *text, size_t n, const char *word)
{
    return n == strlen(word) && strncasecmp(text, word, n) == 0;
}

enum encoding encoding_of(const char *value)
{
    static const char space[] = " \t\r\n";
    if (value == NULL)
        return ENCODING_NONE;
    value += strspn(value, space);
    size_t n = strlen(value);
    while (n > 0 && strchr(space, value[n - 1]) != NULL)
        n--;
    if (n == 0 || is_word(value, n, "identity"))
        return ENCODING_NONE;
    return is_word(value, n, "gzip") ? ENCODING_GZIP : ENCODING_OTHER;
}

/* Unpacks one piece. Returns what zlib says, and adds to out what came out. */
static int unpack_some(z_stream *z, struct buf *out, size_t room)
{
    size_t step = room < STEP ? room : STEP;
    uint8_t *to = buf_reserve(out, step);
    if (to == NULL)
        return Z_MEM_ERROR;
    z->next_out = to;
    z->avail_out = (uInt)step;
    int result = inflate(z, Z_NO_FLUSH);
    out->n += step - z->avail_out;
    return result;
}

/* All members. One byte more than max is room enough to see that it is too much. */
static enum gzip unpack_all(z_stream *z, struct buf *out, size_t max)
{
    size_t start = out->n;
    for (;;) {
        int result = unpack_some(z, out, max + 1 - (out->n - start));
        if (out->failed || result == Z_MEM_ERROR)
            return GZIP_MEMORY;
        if (out->n - start > max)
            return GZIP_TOO_LARGE;
        if (result == Z_STREAM_END && z->avail_in == 0)
            return GZIP_GOOD;
        if (result == Z_STREAM_END ? inflateReset(z) != Z_OK : result != Z_OK)
            return GZIP_DAMAGED; /* Z_BUF_ERROR: it is cut off */
    }
}

enum gzip gzip_unpack(struct buf *out, struct span packed, size_t max)
{
    z_stream z = { .next_in = (z_const Bytef *)packed.p, .avail_in = (uInt)packed.n };
    size_t start = out->n;
    if (packed.n > UINT32_MAX)
        return GZIP_TOO_LARGE;
    if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
        return GZIP_MEMORY;
    enum gzip result = unpack_all(&z, out, max);
    inflateEnd(&z);
    if (result != GZIP_GOOD)
        out->n = start;
    return result;
}

// NOLINTNEXTLINE(readability-non-const-parameter): the type of a CURLOPT_HEADERFUNCTION
size_t head_count(char *p, size_t size, size_t n, void *count)
{
    size_t *bytes = count;
    (void)p;
    *bytes += size * n;
    return *bytes > HEAD_BYTES_MAX ? 0 : size * n;
}
