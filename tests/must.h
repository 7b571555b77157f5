/* Programs of the tests end when memory runs out. (Daemon, client and library do not.) */
#ifndef TESTS_MUST_H
#define TESTS_MUST_H

#include <stdio.h>
#include <stdlib.h>

static inline _Noreturn void die_of_memory(void)
{
    fputs("out of memory\n", stderr);
    exit(3);
}

/* Returns p, unless that is NULL. */
static inline void *must(void *p)
{
    if (p == NULL)
        die_of_memory();
    return p;
}

#endif
