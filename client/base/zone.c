#include "client/base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/text/nearest.h"

#define DAY_S (24 * 60 * 60)
#define OFFSET_MAX_S (18 * 60 * 60)

static const struct zone utc = { "UTC", true, 0 };

/* ---- finding one ----------------------------------------------------------------------------- */

/* Two digits below 60, or -1. */
static int two_digits(const char *p)
{
    if (p[0] < '0' || p[0] > '5' || p[1] < '0' || p[1] > '9')
        return -1;
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* "-06:00", and nothing behind it. */
static int parse_offset(struct zone *out, const char *text)
{
    if ((text[0] != '+' && text[0] != '-') || strlen(text) != strlen("-06:00") || text[3] != ':')
        return -1;
    int hours = two_digits(text + 1), minutes = two_digits(text + 4);
    int32_t seconds = hours * 3600 + minutes * 60;
    if (hours < 0 || minutes < 0 || seconds > OFFSET_MAX_S)
        return -1;
    snprintf(out->name, sizeof out->name, "%s", text);
    out->fixed = true;
    out->offset = text[0] == '-' ? -seconds : seconds;
    return 0;
}

/* A zone that the system does not know it takes for UTC, in silence: so its file is looked for. */
static bool in_database(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "_+-/";
    const char *folder = getenv("TZDIR");
    char path[256], magic[4] = { 0 };
    if (name[0] == '/' || name[0] == 0 || name[strspn(name, allowed)] != 0)
        return false;
    int n =
        snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", name);
    int fd = n > 0 && (size_t)n < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return false;
    bool whole = read(fd, magic, sizeof magic) == (ssize_t)sizeof magic;
    close(fd);
    return whole && memcmp(magic, "TZif", sizeof magic) == 0;
}

int zone_find(struct zone *out, const char *name)
{
    *out = utc;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0)
        return 0;
    if (parse_offset(out, name) == 0)
        return 0;
    if (strlen(name) > ZONE_NAME_MAX || !in_database(name))
        return -1;
    *out = (struct zone){ .fixed = false };
    snprintf(out->name, sizeof out->name, "%s", name);
    return 0;
}

const char *zone_meant(const char *name)
{
    static const char *const likely[] = {
        "America/Mexico_City", "America/Tijuana",        "America/Hermosillo", "America/Mazatlan",
        "America/Cancun",      "America/Ciudad_Juarez",  "America/Chihuahua",  "America/Monterrey",
        "America/Merida",      "America/Matamoros",      "America/Ojinaga",    "UTC",
        "America/Bogota",      "America/Lima",           "America/Santiago",   "America/Guatemala",
        "Europe/Madrid",       "America/Bahia_Banderas", "Europe/Brussels",    "Atlantic/Canary",
    };
    struct nearest n = { .said = name };
    for (size_t i = 0; i < sizeof likely / sizeof *likely; i++) {
        nearest_offer(&n, likely[i]);
        const char *city = strchr(likely[i], '/'); /* many write that alone */
        struct nearest alone = { .said = name };
        if (city != NULL)
            nearest_offer(&alone, city + 1);
        if (alone.best != NULL && (n.best == NULL || alone.distance < n.distance)) {
            n.best = likely[i];
            n.distance = alone.distance;
        }
    }
    return n.best;
}

/* TZ as it was before zone_offset() wrote it. */
static const char *remember_tz(void)
{
    static char said[ZONE_NAME_MAX + 1];
    static bool asked;
    if (!asked) {
        const char *tz = getenv("TZ");
        snprintf(said, sizeof said, "%s", tz == NULL ? "" : tz[0] == ':' ? tz + 1 : tz);
        asked = true;
    }
    return said;
}

/* What BITACORA_ZONE says; NULL if nothing. */
static const char *own_name(void)
{
    const char *own = getenv("BITACORA_ZONE");
    return own == NULL || own[0] == 0 ? NULL : own;
}

static struct {
    bool there;
    struct zone zone;
} chosen;

int zone_choose(const char *name)
{
    struct zone z;
    if (zone_find(&z, name) != 0)
        return -1;
    chosen.there = true;
    chosen.zone = z;
    return 0;
}

const char *zone_named(void)
{
    return chosen.there ? chosen.zone.name : own_name();
}

int zone_said(struct zone *out)
{
    const char *own = zone_named(), *said = own != NULL ? own : remember_tz();
    *out = utc;
    return said[0] == 0 ? -1 : zone_find(out, said);
}

void zone_of_country(struct zone *out, const char *country)
{
    static const char *const zone[][2] = {
        { "MX", "America/Mexico_City" }, { "CO", "America/Bogota" },  { "PE", "America/Lima" },
        { "GT", "America/Guatemala" },   { "ES", "Europe/Madrid" },   { "DE", "Europe/Berlin" },
        { "EE", "Europe/Tallinn" },      { "FR", "Europe/Paris" },    { "IT", "Europe/Rome" },
        { "BE", "Europe/Brussels" },     { "EU", "Europe/Brussels" }, { "PT", "Europe/Lisbon" },
    };
    *out = utc;
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
        if (strcmp(country, zone[i][0]) == 0 && zone_find(out, zone[i][1]) == 0)
            return;
}

/* ---- of the reader --------------------------------------------------------------------------- */

static struct {
    bool utc; /* what is printed is for programs */
    bool assumed;
    struct zone zone; /* if assumed */
} reader;

void zone_for_programs(void)
{
    reader.utc = true;
}

void zone_assume(const struct ruleset *r)
{
    char country[3];
    if (!ruleset_country(r, country))
        return;
    zone_of_country(&reader.zone, country);
    reader.assumed = true;
}

/* Once: whoever asks, asks for each time of a page. */
static void assume_builtin(void)
{
    struct refusal why;
    struct ruleset *r = ruleset_parse(ruleset_builtin(), &why);
    reader.zone = utc;
    if (r == NULL)
        lost(ENOMEM); /* nothing else can be wrong with it */
    else
        zone_assume(r);
    reader.assumed = true;
    ruleset_free(r);
}

void zone_of_reader(struct zone *out)
{
    *out = utc;
    if (reader.utc || zone_said(out) == 0 || own_name() != NULL)
        return;
    if (!reader.assumed)
        assume_builtin();
    *out = reader.zone;
}

/* ---- times ----------------------------------------------------------------------------------- */

/* Has the system use that zone. */
static void use(const struct zone *z)
{
    const char *now = getenv("TZ");
    remember_tz(); /* before it is written over */
    if (now != NULL && strcmp(now, z->name) == 0)
        return;
    setenv("TZ", z->name, 1);
    tzset();
}

static int64_t seconds_of(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

int32_t zone_offset(const struct zone *z, int64_t ms)
{
    time_t t = (time_t)seconds_of(ms);
    struct tm local;
    if (z->fixed)
        return z->offset;
    use(z);
    return localtime_r(&t, &local) == NULL ? 0 : (int32_t)local.tm_gmtoff;
}

/* A clock is put forward or back once in two days at most: the offset is that of the day before, or
 * of the day after. */
enum wall_time zone_time(const struct zone *z, int64_t wall, int64_t *ms)
{
    int32_t before = zone_offset(z, wall - (int64_t)DAY_S * 1000);
    int32_t after = zone_offset(z, wall + (int64_t)DAY_S * 1000);
    int64_t first = wall - (int64_t)before * 1000, second = wall - (int64_t)after * 1000;
    bool by_first = zone_offset(z, first) == before, by_second = zone_offset(z, second) == after;
    *ms = by_second && !by_first ? second : first;
    if (by_first && by_second && first != second)
        return WALL_TWICE;
    return by_first || by_second ? WALL_ONCE : WALL_NEVER;
}
