/* Dates and times as spreadsheets write them. */
#ifndef CLIENT_SPREADSHEET_CSV_DATE_H
#define CLIENT_SPREADSHEET_CSV_DATE_H

#include "client/spreadsheet/csv_map.h"
#include "proto/base/when.h"

/* Reads a cell: a date in the order that the map says, or a time of ISO 8601 in any map; behind it
 * may stand a time of day, with a.m. or p.m. or without. Its zone is the map's, unless it says one
 * itself. `ends`: a date alone is the end of that day where the map says `until = included`. Writes
 * to out as records have times. Returns NULL; or what is wrong, in the reader's language (valid
 * until the next call). */
MUST_USE const char *csv_date(char out[static WHEN_TEXT + 1], const struct csv_map *m,
                              const char *text, bool ends);

/* How a date is to be written, for whoever wrote another: "21/11/2026, 21/11/2026 14:30". */
const char *csv_date_form(const struct csv_map *m);

/* Which order of day and month these dates show; DATES_UNSAID where both fit or neither does.
 * *any becomes whether the text is a date at all in one of them, *two_digits whether its year has
 * but two. */
enum csv_dates csv_date_order(const char *text, bool *any, bool *two_digits);

#endif
