/* A first map for a spreadsheet: for people to complete, not to be relied on. */
#ifndef CLIENT_SPREADSHEET_CSV_SUGGEST_H
#define CLIENT_SPREADSHEET_CSV_SUGGEST_H

#include "client/spreadsheet/csv_records.h"

/* Prints a map for the file on standard output: its encoding, separator and order of dates as far
 * as the file shows them, members whose titles are recognised, words that are codes of no list.
 * What the file cannot show (the time zone, whether a last day is included) is left open, so that
 * the map is refused until somebody says it. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having
 * said why not. */
enum outcome csv_suggest(const char *path, const struct csv_rules *rules);

#endif
