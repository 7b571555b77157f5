#include "proto/sys/secret.h"

#include <sodium.h>
#include <stdatomic.h>

#include "proto/process/process.h"

static atomic_bool some_unlocked;

void *secret_new(size_t size)
{
    process_hide_memory();
    void *p = sodium_init() < 0 ? NULL : sodium_malloc(size); /* the first call of it counts */
    if (p == NULL)
        return NULL;
    /* sodium_malloc() locks it, too, but does not say whether it could. */
    if (sodium_mlock(p, size) != 0)
        some_unlocked = true;
    sodium_memzero(p, size);
    return p;
}

void secret_free(void *p)
{
    sodium_free(p);
}

bool secret_all_locked(void)
{
    return !some_unlocked;
}

int secret_buf_new(struct buf *b, size_t cap)
{
    *b = (struct buf){ .p = secret_new(cap), .cap = cap };
    b->failed = b->p == NULL;
    return b->failed ? -1 : 0;
}

void secret_buf_free(struct buf *b)
{
    secret_free(b->p);
    *b = (struct buf){ 0 };
}

void buf_wipe(struct buf *b)
{
    if (b->p != NULL)
        sodium_memzero(b->p, b->cap);
    buf_free(b);
}
