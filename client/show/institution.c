#include "client/show/institution.h"

#include <errno.h>
#include <string.h>

#include "client/base/lost.h"

void institutions_open(struct institutions *x)
{
    key_index_open(&x->places);
    shelf_open(&x->text, 1);
}

void institutions_close(struct institutions *x)
{
    key_index_close(&x->places);
    shelf_close(&x->text);
}

void institutions_take(struct institutions *x, const struct value *enrolment)
{
    const char *code = value_text(value_member(enrolment, "authority"));
    const char *name = value_text(value_member(enrolment, "display"));
    if (code == NULL || name == NULL)
        return;
    const char *known = institution_name(x, code);
    if (known != NULL && strcmp(known, name) == 0)
        return;
    size_t n = strlen(code) + 1, m = strlen(name) + 1;
    uint32_t at = (uint32_t)x->text.n;
    if (x->text.n + n + m > UINT32_MAX) {
        lost(EFBIG);
        return;
    }
    char *to = shelf_add(&x->text, n + m);
    if (to == NULL)
        return;
    memcpy(to, code, n);
    memcpy(to + n, name, m);
    key_index_put(&x->places, span_str(code), at);
}

const char *institution_name(const struct institutions *x, const char *code)
{
    uint32_t at = 0, place;
    while (key_index_next(&x->places, span_str(code), &at, &place)) {
        const char *known = shelf_at(&x->text, place);
        if (strcmp(known, code) == 0)
            return known + strlen(known) + 1;
    }
    return NULL;
}

void institution_add(struct buf *out, const struct institutions *x, const char *code)
{
    const char *name = institution_name(x, code);
    if (name != NULL)
        buf_addf(out, "%s (%s)", name, code);
    else
        buf_adds(out, code);
}
