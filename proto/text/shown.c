#include "proto/text/shown.h"

#include "proto/base/scan.h"

/* The letter behind the backslash, as in C; 0: none. */
static char letter_of(int32_t c)
{
    return (char)(c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : 0);
}

/* c is -1 where the byte is no UTF-8, which is not plain. */
static bool is_shown(struct span one, int32_t c)
{
    return c != 0x2028 && c != 0x2029 && text_is_plain(one);
}

void shown_add(struct buf *out, struct span text, bool lines)
{
    while (text.n > 0) {
        struct span before = text;
        int32_t c = utf8_next(&text);
        if (c < 0)
            text = span_of(text.p + 1, text.n - 1);
        struct span one = span_of(before.p, before.n - text.n);
        if ((c == '\n' && lines) || is_shown(one, c))
            buf_add_span(out, one);
        else if (letter_of(c) != 0)
            buf_addf(out, "\\%c", letter_of(c));
        else if (one.n == 1)
            buf_addf(out, "\\x%02x", one.p[0]);
        else
            buf_addf(out, "\\u{%04x}", (unsigned)c);
    }
}

static bool continues(char c)
{
    return ((uint8_t)c & 0xC0) == 0x80;
}

/* How long a character is by its first byte; 1 where it cannot begin one. */
static size_t length_of(char c)
{
    uint8_t b = (uint8_t)c;
    return b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC2 ? 2 : 1;
}

size_t shown_cut(const char *text, size_t n)
{
    size_t back = 1;
    while (back < n && continues(text[n - back]))
        back++;
    return n > 0 && length_of(text[n - back]) > back ? n - back : n;
}
