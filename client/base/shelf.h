/* Many things of one size that can be reached by number and changed, in a file without a name that is mapped:
 * what grows with a log takes room on the disk, not in memory. Where there is no room the program says so and
 * ends (OUTCOME_UNDECIDED): an audit that lost a fact would be none. */
#ifndef CLIENT_BASE_SHELF_H
#define CLIENT_BASE_SHELF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "proto/base/must_use.h"

struct shelf {
    uint8_t *p; /* moves when the shelf grows */
    size_t item;
    uint64_t n, cap;
    int fd;
};

/* An empty shelf for items of that many bytes. */
void shelf_open(struct shelf *s, size_t item);
/* Of a shelf of zeroes, too. */
void shelf_close(struct shelf *s);

/* Adds that many items of zeroes and returns the first. Whatever shelf_at() returned before is void. */
void *shelf_add(struct shelf *s, uint64_t count);

/* Writes it to a file, and reads it back instead of what it held. Return 0 or -1: not written, or not such a file. */
MUST_USE int shelf_save(struct shelf *s, FILE *to);
MUST_USE int shelf_load(struct shelf *s, FILE *from);

/* The item of that number, which must be there. */
static inline void *shelf_at(const struct shelf *s, uint64_t i)
{
    return s->p + i * s->item;
}

#endif
