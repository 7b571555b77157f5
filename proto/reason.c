#include "proto/reason.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/scan.h"

static const struct {
    const char *name;
    const char *code;
    const char *sentence[2]; /* by enum language */
} reasons[REASON_COUNT] = {
#define X(name, code, en, es) [REASON_##name] = { #name, code, { en, es } },
    REASONS(X)
#undef X
};

const char *reason_code(enum reason r)
{
    return reasons[r].code;
}

const char *reason_name(enum reason r)
{
    return reasons[r].name;
}

int refuse(struct refusal *r, enum reason reason, const char *subject)
{
    return refuse_span(r, reason, span_str(subject));
}

/* What is refused may be hostile: only printable characters go on to a log or a terminal. */
static bool printable(int32_t c)
{
    return c >= 0x20 && !(c >= 0x7F && c <= 0x9F) && c != 0x061C && !(c >= 0x200E && c <= 0x200F) &&
           !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069);
}

void printable_copy(char *out, size_t cap, struct span text)
{
    size_t n = 0;
    while (text.n > 0) {
        struct span before = text;
        int32_t c = utf8_next(&text);
        if (c < 0)
            text = span_of(before.p + 1, before.n - 1);
        bool show = c >= 0 && printable(c);
        size_t width = show ? (size_t)(text.p - before.p) : 1;
        if (n + width >= cap)
            break;
        memcpy(out + n, show ? (const char *)before.p : "?", width);
        n += width;
    }
    out[n] = 0;
}

int refuse_span(struct refusal *r, enum reason reason, struct span subject)
{
    r->reason = reason;
    printable_copy(r->subject, sizeof r->subject, subject);
    return -1;
}

int refuse_number(struct refusal *r, enum reason reason, uint64_t subject)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, subject);
    return refuse(r, reason, digits);
}

void refusal_sentence(struct buf *out, const struct refusal *r, enum language language)
{
    const char *s = reasons[r->reason].sentence[language];
    const char *slot = strstr(s, "%s");
    if (slot == NULL) {
        buf_adds(out, s);
        return;
    }
    buf_add(out, s, (size_t)(slot - s));
    buf_adds(out, r->subject);
    buf_adds(out, slot + 2);
}
