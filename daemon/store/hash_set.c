#include "daemon/store/hash_set.h"

#include <search.h>
#include <stdlib.h>

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, HASH_BYTES);
}

int hash_set_add(struct hash_set *s, const uint8_t hash[static HASH_BYTES])
{
    if (hash_set_has(s, hash))
        return 0;
    uint8_t *copy = malloc(HASH_BYTES);
    if (copy == NULL)
        return -1;
    memcpy(copy, hash, HASH_BYTES);
    if (tsearch(copy, &s->tree, compare_hashes) == NULL) {
        free(copy);
        return -1;
    }
    s->count++;
    return 0;
}

void hash_set_remove(struct hash_set *s, const uint8_t hash[static HASH_BYTES])
{
    void *node = tfind(hash, &s->tree, compare_hashes);
    if (node == NULL)
        return;
    uint8_t *copy = *(uint8_t **)node;
    tdelete(hash, &s->tree, compare_hashes);
    free(copy);
    s->count--;
}

bool hash_set_has(const struct hash_set *s, const uint8_t hash[static HASH_BYTES])
{
    return tfind(hash, &s->tree, compare_hashes) != NULL;
}

static void copy_one(const void *node, VISIT visit, void *ctx)
{
    if (visit == postorder || visit == leaf) /* once for each */
        buf_add(ctx, *(uint8_t *const *)node, HASH_BYTES);
}

void hash_set_copy(struct buf *out, const struct hash_set *s)
{
    twalk_r(s->tree, copy_one, out);
}

void hash_set_clear(struct hash_set *s)
{
    tdestroy(s->tree, free);
    *s = (struct hash_set){ .count = 0 };
}
