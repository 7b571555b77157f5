/* The mapping file of `bitacora import csv`: which column of a spreadsheet is which member, how its
 * dates are written, what its words mean. docs/INTERFACES.md, 22. */
#ifndef CLIENT_SPREADSHEET_CSV_MAP_H
#define CLIENT_SPREADSHEET_CSV_MAP_H

#include "client/base/zone.h"
#include "client/spreadsheet/csv_target.h"
#include "client/spreadsheet/csv_text.h"

#define MAP_BYTES_MAX ((size_t)1024 * 1024)
#define MAP_LINES_MAX 5000

enum csv_dates { DATES_UNSAID, DATES_DMY, DATES_MDY, DATES_YMD };
enum csv_until { UNTIL_UNSAID, UNTIL_INCLUDED, UNTIL_EXCLUDED };

/* A line of the file: a column, a value that all rows have, a column that no record gets, or what a
 * word in a cell means. */
enum map_row_type { MAP_COLUMN, MAP_EVERY, MAP_IGNORED, MAP_WORD };

struct map_row {
    enum map_row_type type;
    uint64_t line;
    struct cell_target target; /* but of MAP_IGNORED */
    const char *said;          /* the title of a column, the value, the word; in csv_map.text */
    const char *code;          /* of MAP_WORD: what it means */
    size_t number;             /* of a column that is named by its number, from 1; else 0 */
};

struct csv_map {
    const char *path;
    enum kind kind;
    enum csv_encoding encoding;
    char separator; /* 0: not said */
    bool has_zone;
    struct zone zone;
    enum csv_dates dates;
    bool two_digits; /* years are written with two */
    enum csv_until until;
    const char *lists; /* characters that divide several values of a cell; NULL: not said */
    struct map_row *row;
    size_t rows, cap;
    struct buf text; /* what rows point into */
    size_t mistakes; /* that were said */
};

/* Reads a file. Every mistake in it is said, with its line, up to twenty. Returns OUTCOME_PROVEN,
 * or OUTCOME_USAGE. *out needs csv_map_free() in any case; path must outlive it. */
MUST_USE enum outcome csv_map_read(struct csv_map *out, const char *path, const struct ruleset *r);
void csv_map_free(struct csv_map *m);

/* Says a mistake of the map, with its line (0: of the file as a whole), and counts it. */
void csv_map_complain(struct csv_map *m, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says if there were more mistakes than were said. Returns OUTCOME_USAGE if there was any. */
enum outcome csv_map_outcome(const struct csv_map *m);

#endif
