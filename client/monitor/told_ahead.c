#include "client/monitor/told_ahead.h"

bool told_ahead_has(const struct told_ahead *t, struct span id)
{
    uint32_t at = 0, number;
    if (!t->any || id.n != TOLD_ID_DIGITS)
        return false;
    while (key_index_next(&t->index, id, &at, &number))
        if (span_eq(span_of(shelf_at(&t->ids, number), TOLD_ID_DIGITS), id))
            return true;
    return false;
}

void told_ahead_add(struct told_ahead *t, struct span id)
{
    if (id.n != TOLD_ID_DIGITS)
        return;
    if (!t->any) {
        key_index_open(&t->index);
        shelf_open(&t->ids, TOLD_ID_DIGITS);
        t->any = true;
    }
    if (t->ids.n < UINT32_MAX && shelf_push(&t->ids, id.p))
        (void)key_index_put(&t->index, id, (uint32_t)(t->ids.n - 1));
}

void told_ahead_clear(struct told_ahead *t)
{
    if (t->any) {
        key_index_close(&t->index);
        shelf_close(&t->ids);
    }
    *t = (struct told_ahead){ .any = false };
}
