/* The rows of a spreadsheet as records for submit, by a map. */
#ifndef CLIENT_SPREADSHEET_CSV_RECORDS_H
#define CLIENT_SPREADSHEET_CSV_RECORDS_H

#include "client/spreadsheet/csv_mistakes.h"

/* The rules whose codes and identifiers the cells are. */
struct csv_rules {
    const struct ruleset *r;
    bool builtin; /* neither a file nor a log said which; people are told so */
};

/* Reads a spreadsheet by a map, two files, and prints a record for each row, JSON Lines on
 * standard output; or, if anything is wrong with any row, all mistakes and no record. json:
 * mistakes as JSON. Returns OUTCOME_PROVEN; OUTCOME_USAGE for a map that is wrong or does not fit
 * the file, or a file that cannot be read; OUTCOME_UNDECIDED for mistakes in rows. */
enum outcome csv_records(const char *map_path, const char *path, const struct csv_rules *rules,
                         bool json);

/* Reads a file (-: standard input) and splits it: csv_text(), csv_table_read(). guess: *encoding is
 * set, to UTF-8 where it is, else to what older spreadsheets wrote. Says what is wrong. Returns 0 or
 * -1; *out needs csv_table_free() in any case. */
MUST_USE int csv_file_read(struct csv_table *out, const char *path, enum csv_encoding *encoding,
                           bool guess, char separator);

#endif
