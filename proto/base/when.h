/* Times: milliseconds since 1970-01-01T00:00:00Z, written YYYY-MM-DDTHH:MM:SS.mmmZ and in no other
 * form. Real dates of the proleptic Gregorian calendar, years 0001 to 9999, seconds 00 to 59. */
#ifndef PROTO_BASE_WHEN_H
#define PROTO_BASE_WHEN_H

#include "proto/base/must_use.h"
#include "proto/base/span.h"

#define WHEN_TEXT 24

/* Returns 0 or -1. */
MUST_USE int when_parse(int64_t *ms, struct span text);

/* Writes WHEN_TEXT characters and a zero byte; ms must lie in years 0001 to 9999. */
void when_format(char out[WHEN_TEXT + 1], int64_t ms);

#endif
