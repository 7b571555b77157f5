#include "client/gate/gate_granted.h"

#include <inttypes.h>
#include <stdio.h>

static const char *limit(char text[WHEN_TEXT + 1], int64_t ms)
{
    when_format(text, ms);
    return text;
}

void gate_grant(struct gate_granted *out, struct gate_answer *a)
{
    const struct gate_period *p = &a->period;
    struct serving_header *h = out->header;
    snprintf(out->entry, sizeof out->entry, "%" PRIu64, a->entry);
    *h++ = (struct serving_header){ "Bitacora-Entry", out->entry };
    *h++ = (struct serving_header){ "Bitacora-Categories", buf_str(&a->categories) };
    *h++ = (struct serving_header){ "Bitacora-Subject", buf_str(&a->subject) };
    if (p->from != INT64_MIN)
        *h++ = (struct serving_header){ "Bitacora-From", limit(out->from, p->from) };
    if (p->until != INT64_MAX)
        *h++ = (struct serving_header){ "Bitacora-Until", limit(out->until, p->until) };
    *h = (struct serving_header){ NULL, NULL };
}
