#include "client/show/locale.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/when.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const char *const months[12][2] = {
    { "January", "enero" },   { "February", "febrero" },   { "March", "marzo" },
    { "April", "abril" },     { "May", "mayo" },           { "June", "junio" },
    { "July", "julio" },      { "August", "agosto" },      { "September", "septiembre" },
    { "October", "octubre" }, { "November", "noviembre" }, { "December", "diciembre" },
};

void locale_number(struct buf *out, uint64_t n)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_adds(out, ",");
        buf_add(out, &digits[i], 1);
    }
}

void locale_tenths(struct buf *out, uint64_t tenths)
{
    locale_number(out, tenths / 10);
    buf_addf(out, ".%d", (int)(tenths % 10));
}

/* The number that so many digits of a time's canonical form make. */
static int field(const char when[WHEN_TEXT + 1], int from, int digits)
{
    int v = 0;
    for (int i = from; i < from + digits; i++)
        v = v * 10 + (when[i] - '0');
    return v;
}

static const char *month_name(int month)
{
    return month >= 1 && month <= 12 ? months[month - 1][language_get()] : "?";
}

void locale_month_of(int64_t ms, int *year, int *month)
{
    char when[WHEN_TEXT + 1];
    when_format(when, ms);
    *year = field(when, 0, 4);
    *month = field(when, 5, 2);
}

void locale_date(struct buf *out, int64_t ms)
{
    char when[WHEN_TEXT + 1];
    when_format(when, ms);
    buf_addf(out, TR("%d %s %d", "%d de %s de %d"), field(when, 8, 2),
             month_name(field(when, 5, 2)), field(when, 0, 4));
}

/* The clock of a time in its canonical form; with milliseconds, if it has any and they are asked
 * for. */
static void add_clock(struct buf *out, const char when[WHEN_TEXT + 1], bool exact)
{
    bool whole = memcmp(when + 19, ".000", 4) == 0;
    buf_add(out, when + 11, exact && !whole ? 12 : 8);
}

static void add_utc(struct buf *out, int64_t ms, bool exact)
{
    char when[WHEN_TEXT + 1];
    when_format(when, ms);
    locale_date(out, ms);
    buf_adds(out, ", ");
    add_clock(out, when, exact);
    buf_adds(out, " (UTC)");
}

/* Times that can be written in every zone: two days from either end of the calendar. */
#define EARLIEST INT64_C(-62135424000000)
#define LATEST INT64_C(253402128000000)

static void add_time_in(struct buf *out, int64_t ms, const struct zone *z, bool exact)
{
    char utc[WHEN_TEXT + 1], here[WHEN_TEXT + 1];
    if (strcmp(z->name, "UTC") == 0 || ms < EARLIEST || ms > LATEST) {
        add_utc(out, ms, exact);
        return;
    }
    int64_t local = ms + (int64_t)zone_offset(z, ms) * 1000;
    when_format(utc, ms);
    when_format(here, local);
    locale_date(out, local);
    buf_adds(out, ", ");
    add_clock(out, here, exact);
    buf_addf(out, " (%s; %.10s ", z->name, utc);
    add_clock(out, utc, exact);
    buf_adds(out, " UTC)");
}

void locale_time_in(struct buf *out, int64_t ms, const struct zone *z)
{
    add_time_in(out, ms, z, false);
}

void locale_time_exact(struct buf *out, int64_t ms)
{
    struct zone z;
    zone_of_reader(&z);
    add_time_in(out, ms, &z, true);
}

void locale_day(struct buf *out, int64_t ms)
{
    struct zone z;
    zone_of_reader(&z);
    if (ms > EARLIEST && ms < LATEST)
        ms += (int64_t)zone_offset(&z, ms) * 1000;
    locale_date(out, ms);
}

void locale_time(struct buf *out, int64_t ms)
{
    struct zone z;
    zone_of_reader(&z);
    locale_time_in(out, ms, &z);
}

/* A day is that of the reader's clocks. */
void locale_until(struct buf *out, int64_t ms)
{
    struct zone z;
    zone_of_reader(&z);
    add_time_in(out, ms, &z, true);
    if (ms > EARLIEST && ms < LATEST)
        ms += (int64_t)zone_offset(&z, ms) * 1000;
    buf_adds(out, TR(", not included: ", ", sin incluirlo: "));
    if (ms % DAY != 0) {
        buf_adds(out,
                 TR("that day counts up to this time only", "ese día cuenta solo hasta esa hora"));
        return;
    }
    if (language_get() == LANGUAGE_ES)
        buf_adds(out, "el último día es el ");
    locale_date(out, ms - 1);
    if (language_get() != LANGUAGE_ES)
        buf_adds(out, " is the last day");
}

void locale_month(struct buf *out, int year, int month)
{
    buf_addf(out, TR("%s %d", "%s de %d"), month_name(month), year);
}

/* The first three letters, which are plain ones in both languages. */
void locale_month_short(struct buf *out, int year, int month)
{
    buf_addf(out, "%.3s %d", month_name(month), year);
}

static void add_unit(struct buf *out, int64_t n, int64_t unit)
{
    if (n == 0)
        return;
    locale_number(out, (uint64_t)n);
    buf_adds(out, unit == DAY      ? (n == 1 ? TR(" day", " día") : TR(" days", " días"))
                  : unit == HOUR   ? " h"
                  : unit == MINUTE ? " min"
                                   : " s");
}

void locale_duration(struct buf *out, int64_t ms)
{
    static const int64_t units[] = { DAY, HOUR, MINUTE, SECOND };
    int64_t left = ms >= 0 ? ms : ms == INT64_MIN ? INT64_MAX : -ms;
    if (left < MINUTE) {
        buf_addf(out, "%d", (int)(left / SECOND));
        if (left % SECOND != 0)
            buf_addf(out, ".%03d", (int)(left % SECOND));
        buf_adds(out, " s");
        return;
    }
    size_t i = 0;
    while (left < units[i])
        i++;
    add_unit(out, left / units[i], units[i]);
    if (i + 1 < sizeof units / sizeof *units && left % units[i] / units[i + 1] > 0) {
        buf_adds(out, " ");
        add_unit(out, left % units[i] / units[i + 1], units[i + 1]);
    }
}
