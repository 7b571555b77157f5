/* Where each request of a connection ends, by RFC 9112 and nothing laxer.
 *
 * The HTTP server parses the same bytes, and accepts what a proxy in front of it may read otherwise
 * (two lengths, "+3", "0x5", a zero byte, a folded line). It may therefore see other requests than
 * were sent. This gets all bytes of the connection and counts the requests that every parser must
 * see. The caller refuses the requests that the server sees beyond those. One thread for each
 * connection. */
#ifndef PROTO_BASE_HTTP_FRAMING_H
#define PROTO_BASE_HTTP_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/base/span.h"

#define HTTP_FRAMING_TEXT 48 /* of a line that is kept */

/* All zero: a connection of which nothing has come. */
struct http_framing {
    uint64_t complete; /* requests that have come whole, and end beyond doubt */
    const char *cause; /* why the next request is malformed, for cause_words(); NULL: it is not */
    /* Private to http_framing.c: */
    enum {
        FRAMING_START,
        FRAMING_FIELDS,
        FRAMING_BODY,
        FRAMING_CHUNK,
        FRAMING_CHUNK_END,
        FRAMING_LAST
    } at;
    uint64_t left; /* bytes of the body or chunk */
    unsigned words, lengths, encodings, hosts;
    bool bodiless, early, cr, colon;
    unsigned n;
    char text[HTTP_FRAMING_TEXT]; /* of the word or line in the making, in lower case */
};

/* Bytes that came, in their order. After the first cause nothing more is looked at. */
void http_framing_feed(struct http_framing *f, struct span bytes);

/* Whether the cause is in the chunks of a body. A server that splits chunks by looser rules may
 * wait for ever for the end of such a line. */
static inline bool http_framing_astray(const struct http_framing *f)
{
    return f->cause != NULL &&
           (f->at == FRAMING_CHUNK || f->at == FRAMING_CHUNK_END || f->at == FRAMING_LAST);
}

#endif
