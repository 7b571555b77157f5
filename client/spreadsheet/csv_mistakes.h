/* What is wrong with the cells of a file, said for people or for programs. */
#ifndef CLIENT_SPREADSHEET_CSV_MISTAKES_H
#define CLIENT_SPREADSHEET_CSV_MISTAKES_H

#include "client/spreadsheet/csv_table.h"
#include "client/spreadsheet/csv_value.h"

#define MISTAKES_MAX 200
#define LISTED_MAX 64
#define SAME_SAID 3  /* times that people are told the same of a column */
#define SAME_MAX 100 /* texts whose times are counted; of others each is told */
#define SAME_ROWS 8

/* Where a mistake is. */
struct csv_place {
    const struct csv_row *row;
    size_t column;                    /* from 0; SIZE_MAX: the row as a whole */
    const char *title;                /* of the column, or NULL */
    const struct cell_target *target; /* what it should become, or NULL */
};

/* A text that is wrong in one column, row after row. */
struct csv_same {
    const struct cell_target *target;
    size_t column;
    char text[sizeof(((struct csv_fault *)NULL)->text)];
    size_t count;
    uint64_t row[SAME_ROWS]; /* the first that were not said */
};

struct csv_mistakes {
    const char *path;
    const struct ruleset *r;
    bool builtin; /* as in struct csv_rules */
    bool json;
    size_t count; /* all of them, also those that were not said */
    size_t said, left_out;
    uint64_t last_line;
    size_t rows; /* in how many rows */
    /* The columns of codes that had a mistake: their words are listed once, at the end. */
    struct csv_place listed[LISTED_MAX];
    size_t lists;
    struct csv_same same[SAME_MAX];
    size_t sames;
};

/* Says a mistake, as a line on standard error or (json) an object on standard output; the 201st and
 * later ones are only counted, and in lines the fourth and later ones of the same text in the same
 * column, too. Line by line: `place` is not kept, but for its target and title. */
void csv_mistake(struct csv_mistakes *s, const struct csv_place *place,
                 const struct csv_fault *fault);

/* The same of a sentence. */
void csv_mistake_said(struct csv_mistakes *s, const struct csv_place *place, const char *what,
                      const char *expected);

/* Says in which rows else the same was wrong; lists the codes that may stand in columns that had
 * mistakes, in words; which rules these are, where the log may have others; and how many mistakes
 * there were. */
void csv_mistakes_end(struct csv_mistakes *s);

#endif
