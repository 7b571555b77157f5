/* Many items of one size, which are reached by number and can be changed. They are kept in a mapped
 * file without a name: what grows with a log takes room on the disk, not in memory.
 *
 * A shelf that cannot grow stays as it is, takes nothing more, and records the loss
 * (client/base/lost.h). One thread. */
#ifndef CLIENT_BASE_SHELF_H
#define CLIENT_BASE_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "proto/base/must_use.h"

struct shelf {
    uint8_t *p;      /* moves when the shelf grows; NULL: it has no room at all */
    size_t item;     /* bytes of one */
    uint64_t n, cap; /* items */
    int fd;
    bool full; /* it could not grow once */
};

/* Makes an empty shelf for items of that many bytes, more than 0. To be closed in any case. */
void shelf_open(struct shelf *s, size_t item);
/* Frees it. A shelf of zeroes may be closed, too. */
void shelf_close(struct shelf *s);

/* Adds that many items of zeroes. Returns the first, or NULL if there is no room; then none was
 * added. Pointers from shelf_at() before are void. */
MUST_USE void *shelf_add(struct shelf *s, uint64_t count);

/* Adds a copy of one item; the same of pointers. Returns false if there is no room. Whoever does
 * not keep its number need not look: the loss is recorded. */
bool shelf_push(struct shelf *s, const void *item);

/* Writes a shelf to a file. Returns 0, or -1: not written. */
MUST_USE int shelf_save(struct shelf *s, FILE *to);
/* Reads it back into an open shelf, instead of what that held. Returns 0, or -1: not such a file,
 * or no room. */
MUST_USE int shelf_load(struct shelf *s, FILE *from);

/* The item of that number, which must be less than n. Until the next is added. */
static inline void *shelf_at(const struct shelf *s, uint64_t i)
{
    return s->p + i * s->item;
}

#endif
