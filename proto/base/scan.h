/* A sticky cursor over bytes: read all fields, ask once at the end whether it all fitted. After the
 * first misfit every further read gives empty or zero and moves nothing. */
#ifndef PROTO_BASE_SCAN_H
#define PROTO_BASE_SCAN_H

#include "proto/base/must_use.h"
#include "proto/base/span.h"

struct scan {
    const uint8_t *p;
    const uint8_t *end;
    bool bad;
};

static inline struct scan scan_of(struct span s)
{
    return (struct scan){ .p = s.p, .end = s.p + s.n, .bad = false };
}

/* The next n bytes; a view into the scanned bytes. */
struct span scan_bytes(struct scan *s, size_t n);
uint8_t scan_u8(struct scan *s);
uint16_t scan_u16(struct scan *s); /* big-endian */

/* The next line without its newline; bad if there is no newline. */
struct span scan_line(struct scan *s);

/* The next line must begin with prefix; what follows it. */
struct span scan_line_after(struct scan *s, const char *prefix);

static inline struct span scan_rest(const struct scan *s)
{
    return span_of(s->p, (size_t)(s->end - s->p));
}

/* True if nothing misfitted and nothing is left over. */
static inline bool scan_done(const struct scan *s)
{
    return !s->bad && s->p == s->end;
}

/* Canonical decimal, 0|[1-9][0-9]*, at most 2^63-1. Returns 0 or -1. */
MUST_USE int decimal_parse(uint64_t *out, struct span digits);

/* Lower-case hex of exactly n bytes. Returns 0 or -1. */
MUST_USE int hex_parse(uint8_t *out, size_t n, struct span digits);

/* Writes 2n characters and a zero byte. */
void hex_format(char *out, const uint8_t *p, size_t n);

/* How many bytes at the start of text are printable ASCII, U+0020 to U+007E. */
size_t ascii_run(struct span text);

/* One Unicode character of well-formed UTF-8 (RFC 3629: no overlong form, no surrogate), moving
 * *s behind it. Returns the code point, or -1 and leaves *s alone. */
int32_t utf8_next(struct span *s);

/* Well-formed UTF-8 without the characters that strict JSON and what is sealed may not contain:
 * controls, noncharacters, bidi controls. */
bool text_is_plain(struct span text);

#endif
