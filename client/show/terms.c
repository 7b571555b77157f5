#include "client/show/terms.h"

#include "client/show/locale.h"

void term(struct sheet *s, const char *name, const char *value)
{
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_add(s, SHEET_VALUE, VERDICT_GOOD, value);
}

void term_code(struct sheet *s, const char *name, const char *value)
{
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_add(s, SHEET_CODE, VERDICT_GOOD, value);
}

void term_hash(struct sheet *s, const char *name, const struct hash *h)
{
    struct buf text = { 0 };
    buf_add_base64(&text, h->b, HASH_BYTES);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_take(s, SHEET_CODE, VERDICT_GOOD, &text);
}

void term_number(struct sheet *s, const char *name, uint64_t n)
{
    struct buf text = { 0 };
    locale_number(&text, n);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

void term_until(struct sheet *s, const char *name, int64_t ms)
{
    struct buf text = { 0 };
    locale_until(&text, ms);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

void term_time(struct sheet *s, const char *name, int64_t ms)
{
    struct buf text = { 0 };
    locale_time(&text, ms);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}
