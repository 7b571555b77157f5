/* Numbers, dates and durations as people write them, in the reader's language; appended to a
 * buffer. Times are milliseconds since 1970, as in proto/base/when.h. A time of day always says
 * its zone, and a date alone is UTC where nothing else is said. */
#ifndef CLIENT_SHOW_LOCALE_H
#define CLIENT_SHOW_LOCALE_H

#include "client/base/say.h"
#include "client/base/zone.h"

/* "1,234,567", in Mexican Spanish as in English. */
void locale_number(struct buf *out, uint64_t n);

/* A number of tenths, such as a median: "1,234.5". */
void locale_tenths(struct buf *out, uint64_t tenths);

/* "21 November 2026", "21 de noviembre de 2026". */
void locale_date(struct buf *out, int64_t ms);

/* The day by the reader's clocks (zone_of_reader()), as locale_date() writes it. */
void locale_day(struct buf *out, int64_t ms);

/* A time by the reader's clocks (zone_of_reader()), as locale_time_in(). Milliseconds are left
 * out. */
void locale_time(struct buf *out, int64_t ms);

/* A time that ends a span without being in it, and which day is the last: "22 November 2026,
 * 00:00:00 (UTC), not included: 21 November 2026 is the last day"; "21 November 2026, 16:00:16
 * (UTC), not included: that day counts up to this time only". */
void locale_until(struct buf *out, int64_t ms);

/* "21 November 2026, 10:00:16 (America/Mexico_City; 2026-11-21 16:00:16 UTC)"; of UTC
 * "21 November 2026, 16:00:16 (UTC)", "21 de noviembre de 2026, 16:00:16 (UTC)". */
void locale_time_in(struct buf *out, int64_t ms, const struct zone *z);

/* locale_time() with milliseconds, where there are any: of times that are compared. */
void locale_time_exact(struct buf *out, int64_t ms);

/* "November 2026", "noviembre de 2026"; month 1 to 12. The short one is "Nov 2026", "nov 2026", for
 * charts. */
void locale_month(struct buf *out, int year, int month);
void locale_month_short(struct buf *out, int year, int month);

/* The year and month (1 to 12) of a time. */
void locale_month_of(int64_t ms, int *year, int *month);

/* A length of time, in its two largest units: "2 days 3 h", "1 día", "48 min 5 s", "1.250 s". Of a
 * negative one the length. */
void locale_duration(struct buf *out, int64_t ms);

#endif
