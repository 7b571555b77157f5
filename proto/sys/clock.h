/* The two clocks of the machine. Any thread. */
#ifndef PROTO_SYS_CLOCK_H
#define PROTO_SYS_CLOCK_H

#include <stdint.h>

/* The wall clock: milliseconds since 1970-01-01T00:00:00Z. It jumps when somebody sets it. Records,
 * tokens and entries carry it. */
int64_t clock_wall(void);

/* The steady clock: milliseconds since some moment. It never goes back. Measure deadlines by it. */
int64_t clock_steady(void);

/* The steady clock in microseconds. */
int64_t clock_steady_us(void);

#endif
