/* Times as people write them on the command line. */
#ifndef CLIENT_BASE_WRITTEN_TIME_H
#define CLIENT_BASE_WRITTEN_TIME_H

#include "proto/base/must_use.h"
#include "proto/base/when.h"

/* Reads "2026-01-31", "2026-01-31T10:00" and the like: the end may be left out and is then zero; a
 * Z may follow. The time is UTC. Writes it to out as records have it, with a zero byte behind.
 * Returns 0, or -1 if it is no such time. */
MUST_USE int written_time_parse(char out[static WHEN_TEXT + 1], const char *text);

/* How times are written, in the reader's language: what to say of one that is refused. */
const char *written_time_form(void);

#endif
