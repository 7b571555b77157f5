/* The wall clock, as records and tokens say it; and times as people write them. */
#ifndef CLIENT_BASE_CLOCK_H
#define CLIENT_BASE_CLOCK_H

#include <stdint.h>

#include "proto/base/must_use.h"
#include "proto/base/when.h"

/* Milliseconds since 1970. */
int64_t clock_now(void);

/* "2026-01-31", "2026-01-31T10:00", …: what is left out is zero, and it is UTC. Returns 0 with the form that
 * records have, or -1 (then clock_form() says how times are written, in the reader's language). */
MUST_USE int clock_parse(char out[static WHEN_TEXT + 1], const char *text);
const char *clock_form(void);

#endif
