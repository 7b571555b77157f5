/* What is wrong with the cells of a file, said for people or for programs. */
#ifndef CLIENT_SPREADSHEET_CSV_MISTAKES_H
#define CLIENT_SPREADSHEET_CSV_MISTAKES_H

#include "client/spreadsheet/csv_table.h"
#include "client/spreadsheet/csv_value.h"

#define MISTAKES_MAX 200
#define LISTED_MAX 64

/* Where a mistake is. */
struct csv_place {
    const struct csv_row *row;
    size_t column;                    /* from 0; SIZE_MAX: the row as a whole */
    const char *title;                /* of the column, or NULL */
    const struct cell_target *target; /* what it should become, or NULL */
};

struct csv_mistakes {
    const char *path;
    const struct ruleset *r;
    bool json;
    size_t count; /* all of them, also those that were not said */
    uint64_t last_line;
    size_t rows; /* in how many rows */
    /* The columns of codes that had a mistake: their words are listed once, at the end. */
    struct csv_place listed[LISTED_MAX];
    size_t lists;
};

/* Says a mistake, as a line on standard error or (json) an object on standard output; the 201st and
 * later ones are only counted. Line by line: `place` is not kept, but for its target and title. */
void csv_mistake(struct csv_mistakes *s, const struct csv_place *place,
                 const struct csv_fault *fault);

/* The same of a sentence. */
void csv_mistake_said(struct csv_mistakes *s, const struct csv_place *place, const char *what,
                      const char *expected);

/* Lists the codes that may stand in columns that had mistakes, in words, and how many there
 * were. */
void csv_mistakes_end(struct csv_mistakes *s);

#endif
