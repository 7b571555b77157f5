/* One cell as the value of a member. */
#ifndef CLIENT_SPREADSHEET_CSV_VALUE_H
#define CLIENT_SPREADSHEET_CSV_VALUE_H

#include <jansson.h>

#include "client/spreadsheet/csv_map.h"

/* What is wrong with a cell, in the reader's language. */
struct csv_fault {
    char text[321]; /* the part of the cell that is wrong; "" where it must not be shown */
    char what[400]; /* what is wrong with it */
    char expected[300];
    char meant[321]; /* the code that was probably meant, or "" */
    bool listed;     /* there is a list of codes: codes_each() */
    char doubt[200]; /* of a value that was taken: why it may be mistyped, or "" */
};

/* Converts a cell that is not empty (csv_clean()) for a target: a new reference; of a member that
 * is an array, and of persons, an array. `type` is the code of the person's type, for
 * TARGET_PERSON_VALUE alone. NULL with *fault filled, or if memory was short (recorded as lost). */
json_t *csv_value(const struct csv_map *m, const struct ruleset *r, const struct cell_target *t,
                  const char *type, const char *cell, struct csv_fault *fault);

#endif
