#include "proto/text/unicode.h"

#include <stdlib.h>

#include "proto/base/scan.h"

/* ---- tables ---------------------------------------------------------------------------------- */

static int compare_run(const void *key, const void *item)
{
    uint32_t c = *(const uint32_t *)key;
    const struct unicode_run *run = item;
    return c < run->first ? -1 : c > run->last;
}

static unsigned value_in(const struct unicode_run *runs, size_t n, uint32_t c)
{
    const struct unicode_run *run = bsearch(&c, runs, n, sizeof *runs, compare_run);
    return run == NULL ? 0 : run->value;
}

static int compare_mapping(const void *key, const void *item)
{
    uint32_t c = *(const uint32_t *)key, from = ((const struct unicode_mapping *)item)->from;
    return (c > from) - (c < from);
}

static const struct unicode_mapping *mapping_in(const struct unicode_mapping *list, size_t n,
                                                uint32_t c)
{
    return bsearch(&c, list, n, sizeof *list, compare_mapping);
}

static int compare_pair(const void *key, const void *item)
{
    const struct unicode_pair *x = key, *y = item;
    return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

unsigned unicode_class(uint32_t c)
{
    return value_in(unicode_classes, unicode_classes_count, c);
}

/* The canonical combining class. */
static unsigned order_of(uint32_t c)
{
    return c < 0x300 ? 0 : value_in(unicode_orders, unicode_orders_count, c);
}

/* ---- normal forms ---------------------------------------------------------------------------- */

/* Hangul syllables are computed: The Unicode Standard, 3.12. */
enum {
    HANGUL = 0xAC00,
    HANGUL_L = 0x1100,
    HANGUL_V = 0x1161,
    HANGUL_T = 0x11A7,
    HANGUL_LS = 19,
    HANGUL_VS = 21,
    HANGUL_TS = 28,
    HANGUL_SYLLABLES = HANGUL_LS * HANGUL_VS * HANGUL_TS
};

size_t unicode_read(uint32_t *out, struct span text)
{
    size_t n = 0;
    for (int32_t c; (c = utf8_next(&text)) >= 0;)
        out[n++] = (uint32_t)c;
    return n;
}

static size_t decompose_hangul(uint32_t *out, uint32_t c)
{
    uint32_t syllable = c - HANGUL, t = syllable % HANGUL_TS;
    out[0] = HANGUL_L + syllable / (HANGUL_VS * HANGUL_TS);
    out[1] = HANGUL_V + syllable % (HANGUL_VS * HANGUL_TS) / HANGUL_TS;
    out[2] = HANGUL_T + t;
    return t == 0 ? 2 : 3;
}

static size_t decompose(uint32_t *out, uint32_t c)
{
    const struct unicode_mapping *parts = NULL;
    if (c >= HANGUL && c < HANGUL + HANGUL_SYLLABLES)
        return decompose_hangul(out, c);
    if (c >= 0xC0)
        parts = mapping_in(unicode_parts, unicode_parts_count, c);
    if (parts == NULL) {
        out[0] = c;
        return 1;
    }
    memcpy(out, unicode_parts_pool + parts->at, parts->n * sizeof *out);
    return parts->n;
}

/* Moves the marks behind a letter into the order of their classes; equal ones stay as they are. */
static void reorder(uint32_t *c, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t mark = c[i];
        unsigned order = order_of(mark);
        size_t at = i;
        for (; order > 0 && at > 0 && order_of(c[at - 1]) > order; at--)
            c[at] = c[at - 1];
        c[at] = mark;
    }
}

size_t unicode_nfd(uint32_t *out, struct span text)
{
    size_t n = 0;
    for (int32_t c; (c = utf8_next(&text)) >= 0;)
        n += decompose(out + n, (uint32_t)c);
    reorder(out, n);
    return n;
}

/* What two code points compose to, or 0. */
static uint32_t composed(uint32_t a, uint32_t b)
{
    uint32_t l = a - HANGUL_L, v = b - HANGUL_V, s = a - HANGUL, t = b - HANGUL_T;
    if (l < HANGUL_LS && v < HANGUL_VS)
        return HANGUL + (l * HANGUL_VS + v) * HANGUL_TS;
    if (s < HANGUL_SYLLABLES && s % HANGUL_TS == 0 && t > 0 && t < HANGUL_TS)
        return a + t;
    struct unicode_pair key = { a, b, 0 };
    const struct unicode_pair *pair =
        bsearch(&key, unicode_pairs, unicode_pairs_count, sizeof key, compare_pair);
    return pair == NULL ? 0 : pair->to;
}

/* Each mark goes into the last letter before it, unless another one stands in the way. */
size_t unicode_nfc(uint32_t *out, struct span text)
{
    size_t n = unicode_nfd(out, text), letter = 0, kept = 0;
    bool has_letter = false;
    for (size_t i = 0; i < n; i++) {
        unsigned order = order_of(out[i]);
        bool blocked = kept > letter + 1 && order_of(out[kept - 1]) >= order;
        uint32_t whole = has_letter && !blocked ? composed(out[letter], out[i]) : 0;
        if (whole != 0) {
            out[letter] = whole;
            continue;
        }
        if (order == 0) {
            letter = kept;
            has_letter = true;
        }
        out[kept++] = out[i];
    }
    return kept;
}

void unicode_write(struct buf *out, uint32_t c)
{
    static const uint8_t first[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    buf_add_u8(out, (uint8_t)(first[n] | c >> 6 * (n - 1)));
    while (--n > 0)
        buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 * (n - 1) & 0x3F)));
}

/* ---- what texts look like -------------------------------------------------------------------- */

static void write_seen(struct buf *out, uint32_t c, enum likeness likeness)
{
    unsigned most = likeness == LIKENESS_MEANS ? UNICODE_MARK | UNICODE_PUNCTUATION : 0;
    if ((unicode_class(c) & (UNICODE_SPACE | UNICODE_INVISIBLE | most)) == 0)
        unicode_write(out, c);
}

/* What each character of ASCII looks like: most texts have no other. */
// clang-format off
static const char *const ascii_looks[128] = {
    /* Those below U+0020 look like nothing. */
    "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "",
    "", "", "", "", "", "", "", "",
    "", "!", "''", "#", "$", "\xc2\xba/\xe2\x82\x80", "&", "'",
    "(", ")", "*", "+", ",", "", ".", "/",
    "o", "l", "2", "3", "4", "5", "6", "7",
    "8", "9", ":", ";", "<", "=", ">", "?",
    "@", "a", "b", "c", "d", "e", "f", "g",
    "h", "l", "j", "k", "l", "rn", "n", "o",
    "p", "q", "r", "s", "t", "u", "v", "w",
    "x", "y", "z", "[", "\\", "]", "^", "_",
    "'", "a", "b", "c", "d", "e", "f", "g",
    "h", "l", "j", "k", "l", "rn", "n", "o",
    "p", "q", "r", "s", "t", "u", "v", "w",
    "x", "y", "z", "{", "l", "}", "~", "",
};
// clang-format on

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= 0x80)
            return false;
    return true;
}

void unicode_skeleton(struct buf *out, struct span text, enum likeness likeness)
{
    if (likeness == LIKENESS_LOOKS && is_ascii(text)) {
        for (size_t i = 0; i < text.n; i++)
            buf_adds(out, ascii_looks[text.p[i]]);
        return;
    }
    uint32_t *c = calloc(UNICODE_ROOM(text.n), sizeof *c);
    size_t n = c == NULL ? 0 : unicode_nfd(c, text);
    out->failed = out->failed || c == NULL;
    for (size_t i = 0; i < n; i++) {
        const struct unicode_mapping *to = mapping_in(unicode_alike, unicode_alike_count, c[i]);
        if (to == NULL)
            write_seen(out, c[i], likeness);
        for (size_t k = 0; to != NULL && k < to->n; k++)
            write_seen(out, unicode_alike_pool[to->at + k], likeness);
    }
    free(c);
}
