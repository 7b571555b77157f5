/* The two clocks, in milliseconds. Any thread. */
#ifndef DAEMON_HOST_CLOCK_H
#define DAEMON_HOST_CLOCK_H

#include <stdint.h>

/* Since 1970-01-01T00:00:00Z; may jump. What entries carry. */
int64_t clock_wall(void);

/* Since some moment; never goes back. What deadlines are measured by. */
int64_t clock_steady(void);

/* The same clock in microseconds. */
int64_t clock_steady_us(void);

#endif
