#include "client/spreadsheet/csv_date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY_MS INT64_C(86400000)

/* A date that was read. */
struct written {
    unsigned year, month, day, hour, minute, second, ms;
    bool timed;             /* it has a time of day */
    bool zoned, two_digits; /* it says its zone; its year has two digits */
    int32_t offset;         /* in seconds */
};

/* ---- cursor ---------------------------------------------------------------------------------- */

static void skip(const char **p, const char *list)
{
    *p += strspn(*p, list);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Up to four digits; returns how many there were. */
static size_t digits_of(const char **p, unsigned *out)
{
    size_t n = 0;
    for (*out = 0; digit((*p)[n]) && n < 5; n++)
        *out = *out * 10 + (unsigned)((*p)[n] - '0');
    *p += n;
    return n > 4 ? 0 : n;
}

/* A month in words: three letters at least of its name, in Spanish or English. */
static bool month_word(const char **p, unsigned *out)
{
    static const char *const names[2][12] = {
        { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
          "octubre", "noviembre", "diciembre" },
        { "january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december" },
    };
    size_t n = 0;
    while (isalpha((unsigned char)(*p)[n]))
        n++;
    for (unsigned l = 0; l < 2; l++)
        for (unsigned i = 0; i < 12; i++)
            if (n >= 3 && n <= strlen(names[l][i]) && strncasecmp(*p, names[l][i], n) == 0) {
                *p += n;
                *p += **p == '.';
                *out = i + 1;
                return true;
            }
    if (n == 4 && strncasecmp(*p, "sept", 4) == 0) {
        *p += 4;
        *p += **p == '.';
        *out = 9;
        return true;
    }
    return false;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static bool day(const char **p, struct written *w)
{
    size_t n = digits_of(p, &w->day);
    return n == 1 || n == 2;
}

static bool month(const char **p, struct written *w)
{
    if (month_word(p, &w->month))
        return true;
    size_t n = digits_of(p, &w->month);
    return n == 1 || n == 2;
}

static bool year(const char **p, struct written *w)
{
    size_t n = digits_of(p, &w->year);
    w->two_digits = n == 2;
    w->year += n == 2 ? 2000 : 0;
    return n == 2 || n == 4;
}

static bool between(const char **p)
{
    const char *before = *p;
    skip(p, " ");
    if (strncasecmp(*p, "de ", 3) == 0) /* 21 de noviembre de 2026 */
        *p += 3;
    else if (**p != 0 && strchr("/-.", **p) != NULL)
        ++*p;
    skip(p, " ");
    return *p > before;
}

static bool three(const char **p, struct written *w, enum csv_dates order)
{
    bool (*const part[3])(const char **, struct written *) = {
        order == DATES_DMY   ? day
        : order == DATES_MDY ? month
                             : year,
        order == DATES_MDY ? day : month,
        order == DATES_YMD ? day : year,
    };
    return part[0](p, w) && between(p) && part[1](p, w) && between(p) && part[2](p, w);
}

/* "p. m.", "PM", "a.m." */
static bool half_of_day(const char **p, struct written *w)
{
    char letters[3] = { 0 };
    size_t n = 0;
    for (; **p != 0 && strchr(" .ampAMP", **p) != NULL; ++*p) {
        if (**p == ' ' || **p == '.')
            continue;
        if (n == 2)
            return false;
        letters[n++] = (char)tolower((unsigned char)**p);
    }
    if (n == 0)
        return true;
    if (letters[1] != 'm' || (letters[0] != 'a' && letters[0] != 'p') || w->hour == 0 ||
        w->hour > 12)
        return false;
    w->hour = w->hour % 12 + (letters[0] == 'p' ? 12 : 0);
    return true;
}

static bool clock_time(const char **p, struct written *w)
{
    size_t n = digits_of(p, &w->hour);
    if ((n != 1 && n != 2) || *(*p)++ != ':' || digits_of(p, &w->minute) != 2)
        return false;
    w->timed = true;
    if (**p == ':') {
        ++*p;
        if (digits_of(p, &w->second) != 2)
            return false;
    }
    if ((**p == '.' || **p == ',') && digit((*p)[1])) {
        ++*p;
        if (digits_of(p, &w->ms) != 3)
            return false;
    }
    return half_of_day(p, w);
}

static bool zone_suffix(const char **p, struct written *w)
{
    struct zone z;
    skip(p, " ");
    if (**p == 0)
        return true;
    w->zoned = true;
    if (strcmp(*p, "Z") != 0 && strcmp(*p, "UTC") != 0 && (**p != '+' && **p != '-'))
        return false;
    bool found = zone_find(&z, *p) == 0;
    w->offset = z.offset;
    *p += strlen(*p);
    return found;
}

/* A year of four digits in front has one meaning everywhere. */
static bool read_date(struct written *w, const char *text, enum csv_dates order)
{
    const char *p = text;
    bool iso = strlen(text) >= 10 && digit(p[0]) && digit(p[1]) && digit(p[2]) && digit(p[3]) &&
               p[4] == '-';
    *w = (struct written){ .year = 0 };
    if (!three(&p, w, iso ? DATES_YMD : order))
        return false;
    skip(&p, *p == 'T' ? "T" : " ,");
    return *p == 0 || (clock_time(&p, w) && zone_suffix(&p, w));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static const char *example(const struct csv_map *m)
{
    return m->dates == DATES_YMD   ? "2026-11-21"
           : m->dates == DATES_MDY ? (m->two_digits ? "11/21/26" : "11/21/2026")
                                   : (m->two_digits ? "21/11/26" : "21/11/2026");
}

const char *csv_date_form(const struct csv_map *m)
{
    static char said[200];
    snprintf(said, sizeof said,
             TR("a date such as %s, %s 14:30 or 2026-11-21T14:30-06:00",
                "una fecha como %s, %s 14:30 o 2026-11-21T14:30-06:00"),
             example(m), example(m));
    return said;
}

static bool is_serial(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n == 5 && (text[n] == 0 || ((text[n] == '.' || text[n] == ',') &&
                                       text[n + 1 + strspn(text + n + 1, "0123456789")] == 0));
}

/* What a clock showed, as a time; when_parse() knows which days there are. */
static bool wall_of(int64_t *wall, const struct written *w)
{
    char full[64];
    int n = snprintf(full, sizeof full, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", w->year, w->month,
                     w->day, w->hour, w->minute, w->second, w->ms);
    return n == WHEN_TEXT && when_parse(wall, span_of(full, WHEN_TEXT)) == 0;
}

static const char *by_zone(const struct csv_map *m, const struct written *w, int64_t wall,
                           int64_t *ms)
{
    static char said[300];
    enum wall_time which = zone_time(&m->zone, wall, ms);
    if (!w->timed || which == WALL_ONCE) /* a day begins, whatever its clocks do then */
        return NULL;
    snprintf(
        said, sizeof said,
        which == WALL_NEVER
            ? TR("that time does not exist: clocks of %s were put forward over it; write it as "
                 "2026-11-21T14:30-06:00, with its offset",
                 "esa hora no existe: los relojes de %s se adelantaron y la saltaron; escríbala "
                 "como 2026-11-21T14:30-06:00, con su diferencia horaria")
            : TR("that time occurs twice: clocks of %s were put back over it; write it as "
                 "2026-11-21T14:30-06:00, with its offset",
                 "esa hora ocurre dos veces: los relojes de %s se atrasaron y la repitieron; "
                 "escríbala como 2026-11-21T14:30-06:00, con su diferencia horaria"),
        m->zone.name);
    return said;
}

const char *csv_date(char out[static WHEN_TEXT + 1], const struct csv_map *m, const char *text,
                     bool ends)
{
    struct written w;
    int64_t wall, ms, first, last;
    const char *wrong = NULL;
    if (is_serial(text))
        return TR(
            "that is how a spreadsheet counts days: give the column the format of a date, and "
            "export it again",
            "así cuenta los días una hoja de cálculo: dé a la columna formato de fecha y vuelva "
            "a exportarla");
    if (!read_date(&w, text, m->dates))
        return TR("not a date in the form that the map says",
                  "no es una fecha en la forma que dice el mapa");
    if (w.two_digits && !m->two_digits)
        return TR("write the year with four digits, or say dates = d/m/yy in the map",
                  "escriba el año con cuatro cifras, o diga dates = d/m/yy en el mapa");
    if (!wall_of(&wall, &w))
        return TR("there is no such day or time", "no existe ese día u hora");
    wall += !w.timed && ends && m->until == UNTIL_INCLUDED ? DAY_MS : 0;
    if (w.zoned)
        ms = wall - (int64_t)w.offset * 1000;
    else
        wrong = by_zone(m, &w, wall, &ms);
    if (wrong != NULL)
        return wrong;
    if (when_parse(&first, span_str("0001-01-02T00:00:00.000Z")) != 0 ||
        when_parse(&last, span_str("9999-12-30T00:00:00.000Z")) != 0 || ms < first || ms > last)
        return TR("there is no such day or time", "no existe ese día u hora");
    when_format(out, ms);
    return NULL;
}

enum csv_dates csv_date_order(const char *text, bool *any, bool *two_digits)
{
    static const enum csv_dates orders[] = { DATES_DMY, DATES_MDY, DATES_YMD };
    enum csv_dates fits = DATES_UNSAID;
    size_t fitting = 0;
    struct written w;
    int64_t wall;
    *two_digits = false;
    for (size_t i = 0; i < 3; i++) {
        if (!read_date(&w, text, orders[i]) || !wall_of(&wall, &w))
            continue;
        if (orders[i] == DATES_YMD && w.two_digits)
            continue;
        fits = orders[i];
        fitting++;
        *two_digits = w.two_digits;
    }
    *any = fitting > 0;
    return fitting == 1 ? fits : DATES_UNSAID;
}
