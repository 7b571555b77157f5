#include "client/warrant/case_seals.h"

void case_seals_open(struct case_seals *s)
{
    shelf_open(&s->hashes, sizeof(struct case_hash));
    shelf_open(&s->namings, sizeof(struct case_naming));
    key_index_open(&s->by_hash);
}

void case_seals_close(struct case_seals *s)
{
    shelf_close(&s->hashes);
    shelf_close(&s->namings);
    key_index_close(&s->by_hash);
}

bool case_seals_find(const struct case_seals *s, const uint8_t hash[static HASH_BYTES],
                     uint32_t *number)
{
    uint32_t at = 0;
    while (key_index_next(&s->by_hash, span_of(hash, HASH_BYTES), &at, number))
        if (memcmp(((struct case_hash *)shelf_at(&s->hashes, *number))->hash, hash, HASH_BYTES) ==
            0)
            return true;
    return false;
}

static struct case_naming *naming_at(const struct case_seals *s, uint32_t at)
{
    return shelf_at(&s->namings, at - 1);
}

void case_seals_add(struct case_seals *s, const uint8_t hash[static HASH_BYTES], uint32_t line)
{
    uint32_t number;
    if (!case_seals_find(s, hash, &number)) {
        struct case_hash new = { 0 };
        memcpy(new.hash, hash, HASH_BYTES);
        number = (uint32_t)s->hashes.n;
        if (!shelf_push(&s->hashes, &new) ||
            !key_index_put(&s->by_hash, span_of(hash, HASH_BYTES), number))
            return;
    }
    struct case_hash *h = shelf_at(&s->hashes, number);
    if (h->last != 0 && naming_at(s, h->last)->line == line)
        return;
    if (!shelf_push(&s->namings, &(struct case_naming){ line, number, 0 }))
        return;
    if (h->last == 0)
        h->first = (uint32_t)s->namings.n;
    else
        naming_at(s, h->last)->next = (uint32_t)s->namings.n;
    h->last = (uint32_t)s->namings.n;
    h->lines++;
}

size_t case_seals_lines(const struct case_seals *s, uint32_t number, uint32_t *line, size_t most)
{
    const struct case_hash *h = shelf_at(&s->hashes, number);
    size_t n = 0;
    for (uint32_t at = h->first; at != 0 && n < most; at = naming_at(s, at)->next)
        line[n++] = naming_at(s, at)->line;
    return n;
}
