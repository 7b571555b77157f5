#include "client/base/key_index.h"

#include <sodium.h>

_Static_assert(INDEX_KEY_BYTES == crypto_shorthash_KEYBYTES, "the key of an index");

#define FIRST_HEADS 1024 /* a power of two, like all numbers of heads after it */

struct item {
    uint64_t hash;
    uint32_t number;
    uint32_t next; /* the item before it in its chain, from 1; 0 is the end */
};

void key_index_open(struct key_index *x)
{
    randombytes_buf(x->key, sizeof x->key);
    shelf_open(&x->items, sizeof(struct item));
    shelf_open(&x->heads, sizeof(uint32_t));
    (void)!shelf_add(&x->heads, FIRST_HEADS);
}

void key_index_close(struct key_index *x)
{
    shelf_close(&x->items);
    shelf_close(&x->heads);
}

static uint64_t hash_of(const struct key_index *x, struct span key)
{
    uint64_t hash;
    crypto_shorthash((uint8_t *)&hash, key.p, key.n, x->key);
    return hash;
}

static struct item *item_at(const struct key_index *x, uint32_t at)
{
    return shelf_at(&x->items, at - 1);
}

/* The number of heads is a power of two. */
static uint32_t *head_of(const struct key_index *x, uint64_t hash)
{
    return shelf_at(&x->heads, hash & (x->heads.n - 1));
}

static void link_item(struct key_index *x, uint32_t at)
{
    struct item *i = item_at(x, at);
    uint32_t *head = head_of(x, i->hash);
    i->next = *head;
    *head = at;
}

/* In the order in which they were put, so that the last of a chain stays its first. */
static bool double_heads(struct key_index *x)
{
    if (shelf_add(&x->heads, x->heads.n) == NULL)
        return false;
    memset(x->heads.p, 0, x->heads.n * x->heads.item);
    for (uint32_t at = 1; at <= x->items.n; at++)
        link_item(x, at);
    return true;
}

bool key_index_put(struct key_index *x, struct span key, uint32_t number)
{
    struct item i = { .hash = hash_of(x, key), .number = number };
    if (x->heads.n == 0 || !shelf_push(&x->items, &i))
        return false;
    if (x->items.n > x->heads.n)
        return double_heads(x);
    link_item(x, (uint32_t)x->items.n);
    return true;
}

bool key_index_next(const struct key_index *x, struct span key, uint32_t *at, uint32_t *number)
{
    uint64_t hash = hash_of(x, key);
    if (x->heads.n == 0) /* there was no room for any */
        return false;
    uint32_t next = *at == 0 ? *head_of(x, hash) : item_at(x, *at)->next;
    while (next != 0 && item_at(x, next)->hash != hash)
        next = item_at(x, next)->next;
    if (next == 0)
        return false;
    *at = next;
    *number = item_at(x, next)->number;
    return true;
}

bool key_index_is_sound(const struct key_index *x, bool (*may_be)(const void *ctx, uint32_t number),
                        const void *ctx)
{
    uint64_t items = x->items.n, heads = x->heads.n;
    if (heads == 0 || (heads & (heads - 1)) != 0 || items >= UINT32_MAX)
        return false;
    for (uint64_t i = 0; i < heads; i++)
        if (*(const uint32_t *)shelf_at(&x->heads, i) > items)
            return false;
    for (uint32_t at = 1; at <= items; at++) {
        const struct item *i = item_at(x, at);
        if (i->next >= at || !may_be(ctx, i->number)) /* the one before was put before */
            return false;
    }
    return true;
}
