#include "proto/text/spelling.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/text/unicode.h"

static int refuse_at(struct refusal *why, enum reason reason, const char *member, uint32_t c,
                     size_t place)
{
    char subject[96];
    snprintf(subject, sizeof subject, "%.48s: U+%04X at character %zu", member, (unsigned)c, place);
    return refuse(why, reason, subject);
}

/* The flaw of one character, or REASON_NONE. */
static enum reason flaw_of(const uint32_t *c, size_t n, size_t i)
{
    unsigned is = unicode_class(c[i]);
    if ((is & UNICODE_SPACE) && (c[i] != ' ' || i == 0 || i + 1 == n))
        return REASON_TEXT_SPACE;
    return is & UNICODE_UNASSIGNED  ? REASON_TEXT_UNASSIGNED
           : is & UNICODE_INVISIBLE ? REASON_TEXT_INVISIBLE
                                    : REASON_NONE;
}

/* Of c and its nfc neither is the beginning of the other, as both have the same normal form D: they
 * are the same, or differ where both have a code point. */
static int check_points(const uint32_t *c, size_t n, const uint32_t *nfc, const char *member,
                        struct refusal *why)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++) {
        enum reason flaw = flaw_of(c, n, i);
        if (flaw != REASON_NONE)
            return refuse_at(why, flaw, member, c[i], i + 1);
    }
    while (same < n && c[same] == nfc[same])
        same++;
    return same == n ? 0 : refuse_at(why, REASON_TEXT_NFC, member, c[same], same + 1);
}

int spelling_check(struct span text, const char *member, struct refusal *why)
{
    if (text.n > 0 && ascii_run(text) == text.n && text.p[0] != ' ' && text.p[text.n - 1] != ' ')
        return 0;
    uint32_t *c = calloc(2 * UNICODE_ROOM(text.n), sizeof *c);
    if (c == NULL)
        return refuse(why, REASON_MEMORY, "");
    uint32_t *nfc = c + UNICODE_ROOM(text.n);
    size_t n = unicode_read(c, text);
    unicode_nfc(nfc, text);
    int failed = check_points(c, n, nfc, member, why);
    free(c);
    return failed;
}
