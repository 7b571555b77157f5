/* Clocks that stand still until a test moves them, in place of proto/sys/clock.c in every test that
 * includes this header. Any thread. */
#ifndef TESTS_UNIT_CLOCK_FAKE_H
#define TESTS_UNIT_CLOCK_FAKE_H

#include "proto/sys/clock.h"

/* What clock_wall() says from now on, in milliseconds since 1970. */
void clock_fake_set(int64_t wall);

#endif
