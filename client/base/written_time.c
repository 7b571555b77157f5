#include "client/base/written_time.h"

#include <string.h>

#include "client/base/say.h"

int written_time_parse(char out[static WHEN_TEXT + 1], const char *text)
{
    int64_t ms;
    size_t n = strlen(text);
    if (n > 0 && n < WHEN_TEXT && text[n - 1] == 'Z')
        n--;
    if (n < strlen("2026-01-31") || n > WHEN_TEXT)
        return -1;
    memcpy(out, "0000-00-00T00:00:00.000Z", WHEN_TEXT + 1);
    memcpy(out, text, n);
    return when_parse(&ms, span_of(out, WHEN_TEXT));
}

/* Nobody said which clocks are meant, and times are shown by others than UTC: once is enough. */
static void say_read_as_utc(const char *text)
{
    static bool said;
    struct zone shown;
    zone_of_reader(&shown);
    if (said || strcmp(shown.name, "UTC") == 0)
        return;
    said = true;
    say(TR("%s is read in UTC; with --zone %s by the clocks there",
           "%s se lee en UTC; con --zone %s, por los relojes de allá"),
        text, shown.name);
}

const char *written_time_read(char out[static WHEN_TEXT + 1], const char *text,
                              const struct zone *z)
{
    int64_t wall, ms;
    size_t n = strlen(text);
    if (written_time_parse(out, text) != 0 || when_parse(&wall, span_of(out, WHEN_TEXT)) != 0)
        return z == NULL
                   ? written_time_form()
                   : TR("a time is 2026-01-31 or 2026-01-31T10:00; with a Z at its end in UTC",
                        "un tiempo es 2026-01-31 o 2026-01-31T10:00; con una Z al final, en UTC");
    if (text[n - 1] == 'Z')
        return NULL;
    if (z == NULL) {
        say_read_as_utc(text);
        return NULL;
    }
    enum wall_time which = zone_time(z, wall, &ms);
    if (which != WALL_ONCE && n > strlen("2026-01-31"))
        return which == WALL_NEVER
                   ? TR("clocks were put forward over that time: write it in UTC, with a Z at its "
                        "end",
                        "los relojes se adelantaron y saltaron esa hora: escríbala en UTC, con una "
                        "Z al "
                        "final")
                   : TR("clocks showed that time twice: write it in UTC, with a Z at its end",
                        "los relojes mostraron esa hora dos veces: escríbala en UTC, con una Z al "
                        "final");
    when_format(out, ms);
    return NULL;
}

static void say_no_zone(const char *name)
{
    const char *meant = zone_meant(name);
    say(TR("%s: no such time zone; one is America/Mexico_City, UTC or -06:00%s%s%s",
           "%s: no existe esa zona horaria; una es America/Mexico_City, UTC o -06:00%s%s%s"),
        name, meant == NULL ? "" : TR(" (did you mean ", " (¿quiso decir "),
        meant == NULL ? "" : meant, meant == NULL ? "" : "?)");
}

bool written_zone_choose(const char *name)
{
    if (zone_choose(name) == 0)
        return true;
    say_no_zone(name);
    return false;
}

int written_zone(struct zone *out, bool *named)
{
    const char *name = zone_named();
    *named = name != NULL;
    if (zone_find(out, *named ? name : "UTC") == 0)
        return 0;
    say_no_zone(name);
    return -1;
}

const char *written_time_here(char out[static WHEN_TEXT + 1], const char *text)
{
    struct zone z;
    const char *name = zone_named();
    if (name != NULL && zone_find(&z, name) != 0)
        return TR("BITACORA_ZONE names no time zone; one is America/Mexico_City, UTC or -06:00",
                  "BITACORA_ZONE no nombra una zona horaria; una es America/Mexico_City, UTC o "
                  "-06:00");
    return written_time_read(out, text, name == NULL ? NULL : &z);
}

const char *written_time_form(void)
{
    return TR("a time is 2026-01-31, 2026-01-31T10:00 or 2026-01-31T10:00:00.000Z, in UTC",
              "un tiempo es 2026-01-31, 2026-01-31T10:00 o 2026-01-31T10:00:00.000Z, en UTC");
}
