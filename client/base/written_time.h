/* Times as people write them on the command line. */
#ifndef CLIENT_BASE_WRITTEN_TIME_H
#define CLIENT_BASE_WRITTEN_TIME_H

#include "client/base/zone.h"
#include "proto/base/must_use.h"
#include "proto/base/when.h"

/* Reads "2026-01-31", "2026-01-31T10:00" and the like: the end may be left out and is then zero; a
 * Z may follow. The time is UTC. Writes it to out as records have it, with a zero byte behind.
 * Returns 0, or -1 if it is no such time. */
MUST_USE int written_time_parse(char out[static WHEN_TEXT + 1], const char *text);

/* The same in a zone: a time without Z is what its clocks show; NULL: UTC. Returns NULL, or what is
 * wrong, in the reader's language, also for a time that those clocks skipped or showed twice. That a
 * time is read as UTC, though the reader is shown others, is said once. */
MUST_USE const char *written_time_read(char out[static WHEN_TEXT + 1], const char *text,
                                       const struct zone *z);

/* --zone, before any time is read or shown: zone_choose(). Returns false after having said that
 * there is no zone of that name. */
MUST_USE bool written_zone_choose(const char *name);

/* The zone that times on the command line are of: zone_named(). Sets *named to whether there is one;
 * else *out is UTC. Returns 0, or -1 after having said that there is no zone of that name. */
MUST_USE int written_zone(struct zone *out, bool *named);

/* written_time_read() of that zone. What is wrong may also be the zone. */
MUST_USE const char *written_time_here(char out[static WHEN_TEXT + 1], const char *text);

/* How times are written, in the reader's language: what to say of one that is refused. */
const char *written_time_form(void);

#endif
