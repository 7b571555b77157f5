/* Time zones: what a clock on a wall said, as a time. The rules are those of the system's database
 * (package tzdata). Main thread: the system keeps one zone for the process, in TZ. */
#ifndef CLIENT_BASE_ZONE_H
#define CLIENT_BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/base/must_use.h"
#include "proto/record/ruleset.h"

#define ZONE_NAME_MAX 63

struct zone {
    char name[ZONE_NAME_MAX + 1]; /* "America/Mexico_City", "UTC", "-06:00" */
    bool fixed;                   /* always `offset` seconds east of UTC */
    int32_t offset;
};

/* Finds a zone: "UTC", an offset ±HH:MM of at most 18 hours, or a name of the database. Returns 0,
 * or -1 if there is none of that name; *out is then UTC. */
MUST_USE int zone_find(struct zone *out, const char *name);

/* The name that was probably meant, or NULL. */
const char *zone_meant(const char *name);

/* --zone: times are read and shown by that zone from now on, whatever the environment says. Returns
 * 0, or -1 if there is no such zone; nothing is changed then. */
MUST_USE int zone_choose(const char *name);

/* The name by which times without a Z are read: what zone_choose() was given, else $BITACORA_ZONE,
 * which may be no zone; else NULL. */
const char *zone_named(void);

/* The zone that the reader says: as zone_named(), else $TZ. Returns 0, or -1 if none is said, or
 * what is said is no zone; *out is then UTC. */
MUST_USE int zone_said(struct zone *out);

/* The zone of most people of a country (ISO 3166-1 alpha-2), or UTC if none is known here. */
void zone_of_country(struct zone *out, const char *country);

/* In which people read times: the zone that they say, as zone_said(); UTC where $BITACORA_ZONE is
 * no zone; else that of the country of the ruleset that zone_assume() was given, or of the built-in
 * one. Without memory to read that one it is UTC, recorded as lost. */
void zone_of_reader(struct zone *out);

/* For a reader who says no zone: the law of the log is this ruleset, and times are those of its
 * country from now on. One whose name tells no country changes nothing. */
void zone_assume(const struct ruleset *r);

/* What is printed is for programs: zone_of_reader() gives UTC from now on. */
void zone_for_programs(void);

/* How many seconds its clocks are ahead of UTC at a time (milliseconds since 1970). */
int32_t zone_offset(const struct zone *z, int64_t ms);

enum wall_time {
    WALL_ONCE,
    WALL_NEVER, /* clocks were put forward over it */
    WALL_TWICE, /* clocks were put back over it */
};

/* When its clocks show `wall`, which is written as if it were UTC (milliseconds since 1970). Gives
 * the time; of WALL_TWICE the earlier one; of WALL_NEVER when it would have been, had they not been
 * put forward: for a day that begins so, its beginning. */
enum wall_time zone_time(const struct zone *z, int64_t wall, int64_t *ms);

#endif
