#include "client/base/lost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/trouble.h"

static _Thread_local struct {
    int cause; /* 0: nothing was lost */
    bool said;
} loss;

void lost(int cause)
{
    if (loss.cause == 0)
        loss.cause = cause == 0 ? ENOMEM : cause;
}

void *kept(void *p)
{
    if (p == NULL)
        lost(ENOMEM);
    return p;
}

const char *kept_text(struct buf *b)
{
    const char *text = buf_str(b); /* which may need room for one byte more */
    if (b->failed)
        lost(ENOMEM);
    return text;
}

struct span kept_span(const struct buf *b)
{
    if (b->failed)
        lost(ENOMEM);
    return buf_span(b);
}

bool lost_to_memory(const struct refusal *why)
{
    if (why->reason == REASON_MEMORY)
        lost(ENOMEM);
    return why->reason == REASON_MEMORY;
}

bool room_for_one(void *list, size_t n, size_t *cap, size_t item)
{
    size_t more = *cap == 0 ? 8 : 2 * *cap;
    void *before, *after;
    if (n < *cap)
        return true;
    memcpy(&before, list, sizeof before);
    after = kept(reallocarray(before, more, item));
    if (after == NULL)
        return false;
    memcpy(list, &after, sizeof after);
    *cap = more;
    return true;
}

bool lost_any(void)
{
    return loss.cause != 0;
}

void lost_forget(void)
{
    memset(&loss, 0, sizeof loss);
}

enum outcome lost_outcome(enum outcome outcome)
{
    if (!lost_any())
        return outcome;
    trouble_is(reason_code(REASON_MEMORY));
    if (!loss.said)
        say(TR("no room in memory or for a temporary file (%s): the result is not complete",
               "no hay espacio en la memoria o para un archivo temporal (%s): el resultado no está "
               "completo"),
            errno_words(loss.cause));
    loss.said = true;
    return OUTCOME_UNDECIDED;
}
