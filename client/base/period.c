#include "client/base/period.h"

#include <stdio.h>
#include <string.h>

#include "client/base/say.h"
#include "client/base/written_time.h"

#define DAY_MS INT64_C(86400000)

const char *period_day(char out[static PERIOD_DAY], const char *text)
{
    if (strlen(text) != strlen("2026-01"))
        return text;
    snprintf(out, PERIOD_DAY, "%.7s-01", text);
    return out;
}

static bool read_time(int64_t *out, const char *option, const char *text)
{
    char time[WHEN_TEXT + 1], day[PERIOD_DAY];
    const char *wrong = written_time_here(time, period_day(day, text));
    if (wrong == NULL && when_parse(out, span_of(time, WHEN_TEXT)) == 0)
        return true;
    say(TR("%s %s is no time: %s; or a month, 2026-01",
           "%s %s no es un tiempo: %s; o un mes, 2026-01"),
        option, text, wrong == NULL ? written_time_form() : wrong);
    return false;
}

/* How long a month lasts, in milliseconds. */
static int64_t length_of_month(const char *text)
{
    int64_t days = 31, ms;
    char last[WHEN_TEXT + 1], day[24];
    do
        snprintf(day, sizeof day, "%.7s-%02d", text, (int)days);
    while ((written_time_parse(last, day) != 0 || when_parse(&ms, span_of(last, WHEN_TEXT)) != 0) &&
           --days > 28);
    return days * DAY_MS;
}

/* How long what was written lasts, in milliseconds. */
static int64_t length_of(const char *text)
{
    static const struct {
        size_t characters;
        int64_t ms;
    } lengths[] = { { sizeof "2026-01-31" - 1, DAY_MS },
                    { sizeof "2026-01-31T10" - 1, 3600000 },
                    { sizeof "2026-01-31T10:00" - 1, 60000 },
                    { sizeof "2026-01-31T10:00:00" - 1, 1000 } };
    size_t n = strlen(text);
    if (n == strlen("2026-01"))
        return length_of_month(text);
    if (n > 0 && text[n - 1] == 'Z')
        n--;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (n == lengths[i].characters)
            return lengths[i].ms;
    return 1;
}

/* The last moment of what was written, which begins at `first`. A day is as long as its zone's clocks
 * make it. */
static int64_t last_of(const char *text, int64_t first)
{
    char time[WHEN_TEXT + 1], day[PERIOD_DAY];
    struct zone z;
    bool named;
    int64_t length = length_of(text), wall, end = first + length;
    if (length >= DAY_MS && text[strlen(text) - 1] != 'Z' && written_zone(&z, &named) == 0 &&
        named && written_time_parse(time, period_day(day, text)) == 0 &&
        when_parse(&wall, span_of(time, WHEN_TEXT)) == 0)
        (void)zone_time(&z, wall + length, &end);
    return end - 1;
}

bool period_read(struct period *out, const char *from, const char *to)
{
    *out = PERIOD_ALL;
    if (from != NULL && !read_time(&out->first, "--from", from))
        return false;
    if (to != NULL && !read_time(&out->last, "--to", to))
        return false;
    if (to != NULL)
        out->last = last_of(to, out->last);
    if (out->first <= out->last)
        return true;
    say(TR("--from %s is after --to %s", "--from %s es posterior a --to %s"), from, to);
    return false;
}
