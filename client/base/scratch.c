#include "client/base/scratch.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/spool.h"

#define SLOT (1 + HASH_BYTES)

struct scratch {
    uint64_t first;
    struct spool *slots;
};

struct scratch *scratch_new(uint64_t first)
{
    struct scratch *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->first = first;
    s->slots = spool_new(SLOT);
    if (s->slots != NULL)
        return s;
    int why = errno;
    free(s);
    errno = why;
    return NULL;
}

void scratch_free(struct scratch *s)
{
    if (s == NULL)
        return;
    spool_free(s->slots);
    free(s);
}

void scratch_add(struct scratch *s, enum kind kind, const struct hash *leaf)
{
    uint8_t slot[SLOT];
    slot[0] = (uint8_t)kind;
    memcpy(slot + 1, leaf->b, HASH_BYTES);
    spool_add(s->slots, slot);
}

enum lookup scratch_get(struct scratch *s, uint64_t index, struct known_entry *out)
{
    uint8_t slot[SLOT];
    if (index < s->first || !spool_get(s->slots, index - s->first, slot))
        return LOOKUP_FAILED;
    out->kind = (enum kind)slot[0];
    memcpy(out->leaf.b, slot + 1, HASH_BYTES);
    return LOOKUP_FOUND;
}
