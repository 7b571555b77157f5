/* What came over HTTP: counts header lines, and unpacks bodies that are packed with gzip (RFC
 * 1952), both within caps. C2SP tlog-tiles lets a log pack without being asked. */
#ifndef PROTO_BASE_HTTP_BODY_H
#define PROTO_BASE_HTTP_BODY_H

#include "proto/base/buf.h"
#include "proto/base/must_use.h"

enum encoding {
    ENCODING_NONE, /* no Content-Encoding, an empty one, or "identity" */
    ENCODING_GZIP,
    ENCODING_OTHER, /* whatever else, a list too: not unpacked */
};

/* The encoding that the value of a Content-Encoding names; value is NULL if there is no such
 * header. */
enum encoding encoding_of(const char *value);

/* No honest gzip of n bytes is longer: gzip stores what it cannot make smaller. */
static inline size_t gzip_longest(size_t n)
{
    return n + n / 1024 + 4096;
}

enum gzip {
    GZIP_GOOD,
    GZIP_DAMAGED,   /* cut off, altered, or with something behind it */
    GZIP_TOO_LARGE, /* it unpacks to more than max bytes */
    GZIP_MEMORY,
};

/* Unpacks gzip, one member or several in a row, and appends at most max bytes. After any other
 * result than GZIP_GOOD, out is as it was. */
MUST_USE enum gzip gzip_unpack(struct buf *out, struct span packed, size_t max);

/* A CURLOPT_HEADERFUNCTION; its data is a size_t that begins with 0. Counts the bytes of all header
 * and trailer lines of one exchange, and ends it beyond HEAD_BYTES_MAX: libcurl keeps each line. */
size_t head_count(char *p, size_t size, size_t n, void *count);

#endif
