#include "proto/base/http_framing.h"

#include <string.h>

#include "proto/base/scan.h"

#define LENGTH_DIGITS 15 /* far more than any body may have; no overflow */
#define CHUNK_DIGITS 8

static void fail(struct http_framing *f, const char *cause)
{
    f->cause = cause;
}

static bool is_token(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is(const struct http_framing *f, const char *text)
{
    return f->n == strlen(text) && f->n <= sizeof f->text && memcmp(f->text, text, f->n) == 0;
}

/* Longer than what is kept is none of the words that are looked for. */
static void keep(struct http_framing *f, uint8_t c)
{
    if (f->n < sizeof f->text)
        f->text[f->n] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    f->n += f->n <= sizeof f->text;
}

/* ---- the first line -------------------------------------------------------------------------- */

static void end_start(struct http_framing *f)
{
    f->early = is(f, "http/1.0");
    if (f->words != 2 || (!f->early && !is(f, "http/1.1")))
        fail(f, "the first line is not METHOD TARGET HTTP/1.1");
    f->at = FRAMING_FIELDS;
    f->n = 0;
}

static void take_start(struct http_framing *f, uint8_t c)
{
    bool method = f->words == 0;
    if (c == ' ' && f->n > 0 && f->words < 2) {
        if (method)
            f->bodiless = is(f, "head") || is(f, "trace") || is(f, "connect");
        f->words++;
        f->n = 0;
    } else if (method ? is_token(c) : c > ' ' && c < 0x7f) {
        keep(f, c);
    } else {
        fail(f, "the first line is not METHOD TARGET HTTP/1.1");
    }
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* Digits and nothing else, but for blanks around them. Returns 0 or -1. */
static int read_length(uint64_t *out, struct span value)
{
    *out = 0;
    if (value.n == 0 || value.n > LENGTH_DIGITS)
        return -1;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < '0' || value.p[i] > '9')
            return -1;
        *out = 10 * *out + (uint64_t)(value.p[i] - '0');
    }
    return 0;
}

static struct span trimmed(struct span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static void end_field(struct http_framing *f)
{
    struct span line = span_of(f->text, f->n < sizeof f->text ? f->n : sizeof f->text);
    const uint8_t *colon = memchr(line.p, ':', line.n);
    struct span name = span_of(line.p, colon == NULL ? line.n : (size_t)(colon - line.p));
    struct span value = span_of(NULL, 0);
    bool cut = f->n > sizeof f->text;
    if (colon != NULL)
        value = trimmed(span_of(colon + 1, line.n - name.n - 1));
    if (!f->colon) {
        fail(f, "a header has no colon");
    } else if (span_is(name, "host")) {
        f->hosts++;
    } else if (span_is(name, "content-length")) {
        if (cut || read_length(&f->left, value) != 0)
            fail(f, "Content-Length is not a plain number");
        f->lengths++;
    } else if (span_is(name, "transfer-encoding")) {
        if (cut || !span_is(value, "chunked"))
            fail(f, "Transfer-Encoding is not chunked");
        f->encodings++;
    }
    f->n = 0;
    f->colon = false;
}

static void end_request(struct http_framing *f)
{
    uint64_t complete = f->complete + 1;
    *f = (struct http_framing){ .complete = complete };
}

static void end_head(struct http_framing *f)
{
    if (f->lengths + f->encodings > 1)
        fail(f, "the length is said more than once");
    else if (f->early && f->encodings > 0)
        fail(f, "HTTP/1.0 has no Transfer-Encoding");
    else if (f->bodiless && (f->encodings > 0 || f->left > 0))
        fail(f, "this method takes no body");
    else if (f->hosts > 1)
        fail(f, "there is more than one Host");
    else if (f->encodings > 0)
        f->at = FRAMING_CHUNK;
    else if (f->left > 0)
        f->at = FRAMING_BODY;
    else
        end_request(f);
}

static void take_field(struct http_framing *f, uint8_t c)
{
    if (!f->colon && c == ':' && f->n > 0)
        f->colon = true;
    else if (!f->colon && !is_token(c))
        fail(f, c == ' ' || c == '\t' ? "a blank begins a header, or stands before its colon"
                                      : "a header's name has a character that it may not have");
    else if (f->colon && (c == 0x7f || (c < ' ' && c != '\t')))
        fail(f, "a header has a control character");
    keep(f, c);
}

/* ---- chunks ---------------------------------------------------------------------------------- */

static void end_chunk_size(struct http_framing *f)
{
    if (f->n == 0)
        fail(f, "a chunk's size is not plain hexadecimal");
    f->n = 0;
    f->at = f->left > 0 ? FRAMING_BODY : FRAMING_LAST;
}

static void take_chunk_size(struct http_framing *f, uint8_t c)
{
    const char *digits = "0123456789abcdef", *at = c == 0 ? NULL : strchr(digits, c | 0x20);
    if (at == NULL || (c < '0') || f->n == CHUNK_DIGITS) {
        fail(f, "a chunk's size is not plain hexadecimal");
        return;
    }
    f->left = 16 * f->left + (uint64_t)(at - digits);
    f->n++;
}

/* ---- all ------------------------------------------------------------------------------------- */

static void end_line(struct http_framing *f)
{
    switch (f->at) {
    case FRAMING_START:
        end_start(f);
        break;
    case FRAMING_FIELDS:
        if (f->n == 0)
            end_head(f);
        else
            end_field(f);
        break;
    case FRAMING_CHUNK:
        end_chunk_size(f);
        break;
    case FRAMING_CHUNK_END:
        f->at = FRAMING_CHUNK;
        break;
    case FRAMING_LAST:
        end_request(f);
        break;
    case FRAMING_BODY:
        break;
    }
}

static void take(struct http_framing *f, uint8_t c)
{
    if (f->cr != (c == '\n')) {
        fail(f, "a line does not end in CR LF");
    } else if (c == '\n') {
        f->cr = false;
        end_line(f);
    } else if (c == '\r') {
        f->cr = true;
    } else if (f->at == FRAMING_START) {
        take_start(f, c);
    } else if (f->at == FRAMING_FIELDS) {
        take_field(f, c);
    } else if (f->at == FRAMING_CHUNK) {
        take_chunk_size(f, c);
    } else {
        fail(f,
             f->at == FRAMING_LAST ? "there are trailers" : "a chunk does not end where it says");
    }
}

static void end_body(struct http_framing *f)
{
    if (f->encodings > 0)
        f->at = FRAMING_CHUNK_END;
    else
        end_request(f);
}

void http_framing_feed(struct http_framing *f, struct span bytes)
{
    while (bytes.n > 0 && f->cause == NULL) {
        size_t n = 1;
        if (f->at != FRAMING_BODY) {
            take(f, bytes.p[0]);
        } else {
            n = bytes.n < f->left ? bytes.n : (size_t)f->left;
            f->left -= n;
            if (f->left == 0)
                end_body(f);
        }
        bytes = span_of(bytes.p + n, bytes.n - n);
    }
}
