/* Bytes that are added at the end and read anywhere: a place for what grows with a log, which pure
 * code is given by its user. proto/sys/tape_file.h makes one of a file. One thread. */
#ifndef PROTO_BASE_TAPE_H
#define PROTO_BASE_TAPE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/base/must_use.h"

struct tape {
    /* Adds n bytes. Returns 0, or -1 if there is no room; then length does not count. */
    int (*append)(void *ctx, const void *p, size_t n);
    /* Reads n bytes from place `at` on, which were all added before. Returns 0, or -1. */
    int (*read)(void *ctx, uint64_t at, void *p, size_t n);
    /* Nobody will read the bytes from `from` up to, and without, `to`: their room may be given back.
     * NULL: it is kept. */
    void (*forget)(void *ctx, uint64_t from, uint64_t to);
    void *ctx;
    uint64_t length; /* bytes that were added; counted by tape_append() */
};

/* Adds bytes and counts them. Returns 0 or -1. */
MUST_USE static inline int tape_append(struct tape *t, const void *p, size_t n)
{
    if (t->append(t->ctx, p, n) != 0)
        return -1;
    t->length += n;
    return 0;
}

/* Reads bytes. Returns 0, or -1: also where not all of them were added. */
MUST_USE static inline int tape_read(const struct tape *t, uint64_t at, void *p, size_t n)
{
    return at > t->length || n > t->length - at ? -1 : t->read(t->ctx, at, p, n);
}

static inline void tape_forget(const struct tape *t, uint64_t from, uint64_t to)
{
    if (t->forget != NULL && from < to)
        t->forget(t->ctx, from, to);
}

#endif
