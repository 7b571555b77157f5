#include "proto/base/scan.h"

struct span scan_bytes(struct scan *s, size_t n)
{
    if (s->bad || (size_t)(s->end - s->p) < n) {
        s->bad = true;
        return span_of(s->end, 0);
    }
    struct span got = span_of(s->p, n);
    s->p += n;
    return got;
}

uint8_t scan_u8(struct scan *s)
{
    struct span b = scan_bytes(s, 1);
    return b.n == 1 ? b.p[0] : 0;
}

uint16_t scan_u16(struct scan *s)
{
    struct span b = scan_bytes(s, 2);
    return b.n == 2 ? (uint16_t)(b.p[0] << 8 | b.p[1]) : 0;
}

struct span scan_line(struct scan *s)
{
    struct span rest = scan_rest(s);
    const uint8_t *newline = s->bad || rest.n == 0 ? NULL : memchr(rest.p, '\n', rest.n);
    if (newline == NULL) {
        s->bad = true;
        return span_of(s->end, 0);
    }
    s->p = newline + 1;
    return span_of(rest.p, (size_t)(newline - rest.p));
}

struct span scan_line_after(struct scan *s, const char *prefix)
{
    struct span line = scan_line(s);
    size_t n = strlen(prefix);
    if (s->bad || !span_starts(line, prefix)) {
        s->bad = true;
        return span_of(s->end, 0);
    }
    return span_of(line.p + n, line.n - n);
}

int decimal_parse(uint64_t *out, struct span digits)
{
    if (digits.n == 0 || digits.n > 19 || (digits.n > 1 && digits.p[0] == '0'))
        return -1;
    uint64_t v = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return -1;
        v = v * 10 + (uint64_t)(digits.p[i] - '0'); /* 19 digits never overflow 64 bits */
    }
    if (v > INT64_MAX)
        return -1;
    *out = v;
    return 0;
}

/* One more than what it stands for; 0 of no lower-case digit. */
static const uint8_t hex_digit[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16
};

int hex_parse(uint8_t *out, size_t n, struct span digits)
{
    if (digits.n != 2 * n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        uint8_t high = hex_digit[digits.p[2 * i]], low = hex_digit[digits.p[2 * i + 1]];
        if (high == 0 || low == 0)
            return -1;
        out[i] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return 0;
}

void hex_format(char *out, const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = 0;
}

#define CHUNK 32

/* All at once, without a branch: compilers make a few wide instructions of it. */
static bool chunk_is_ascii(const uint8_t *p)
{
    uint8_t other = 0;
    for (size_t i = 0; i < CHUNK; i++)
        other |= (uint8_t)(p[i] - 0x20) > 0x7E - 0x20;
    return other == 0;
}

size_t ascii_run(struct span text)
{
    size_t i = 0;
    while (i + CHUNK <= text.n && chunk_is_ascii(text.p + i))
        i += CHUNK;
    while (i < text.n && text.p[i] >= 0x20 && text.p[i] < 0x7F)
        i++;
    return i;
}

int32_t utf8_next(struct span *s)
{
    if (s->n == 0)
        return -1;
    uint8_t first = s->p[0];
    if (first < 0x80) {
        *s = span_of(s->p + 1, s->n - 1);
        return first;
    }
    static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || s->n < n)
        return -1;
    int32_t c = first & (0xFF >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s->p[i] & 0xC0) != 0x80)
            return -1;
        c = c << 6 | (s->p[i] & 0x3F);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return -1;
    *s = span_of(s->p + n, s->n - n);
    return c;
}

static bool character_allowed(int32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
        return false;
    if ((c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE) /* noncharacters */
        return false;
    return c != 0x061C && c != 0x200E && c != 0x200F && !(c >= 0x202A && c <= 0x202E) &&
           !(c >= 0x2066 && c <= 0x2069); /* bidi controls */
}

bool text_is_plain(struct span text)
{
    for (;;) {
        size_t run = ascii_run(text);
        text = span_of(text.p + run, text.n - run);
        if (text.n == 0)
            return true;
        if (!character_allowed(utf8_next(&text)))
            return false;
    }
}
