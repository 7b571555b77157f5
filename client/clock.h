/* The wall clock, as records and tokens say it. */
#ifndef CLIENT_CLOCK_H
#define CLIENT_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970. */
int64_t clock_now(void);

#endif
