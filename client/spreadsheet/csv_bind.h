/* A map laid over the columns of a file: which cell of a row becomes what. */
#ifndef CLIENT_SPREADSHEET_CSV_BIND_H
#define CLIENT_SPREADSHEET_CSV_BIND_H

#include "client/spreadsheet/csv_map.h"
#include "client/spreadsheet/csv_table.h"

/* A member, and the column (from 0) that it comes from; SIZE_MAX: all rows have `every`. */
struct binding {
    const struct map_row *row;
    size_t column;
    size_t order; /* of the member, in the table of kinds */
};

struct csv_bound {
    struct csv_map *map;
    const struct csv_table *table;
    const struct ruleset *r;
    struct binding *list; /* in the order of the table of kinds */
    size_t n, cap;
    const struct csv_row *titles;
};

/* Binds to a table that has titles. Every mistake is said as one of the map: a title that no column
 * has or several have, a column that the map does not name, a member that is needed and comes from
 * nowhere, a setting that the columns make necessary. Returns as csv_map_outcome(). *out needs
 * csv_bound_free() in any case. */
MUST_USE enum outcome csv_bind(struct csv_bound *out, struct csv_map *map,
                               const struct csv_table *table, const struct ruleset *r);
void csv_bound_free(struct csv_bound *b);

/* Where a member comes from, or NULL. */
const struct binding *csv_bound_find(const struct csv_bound *b, const char *path);

/* Whether two paths are of one top-level member ("case.scheme", "case.number"). */
bool csv_same_member(const char *a, const char *b);

#endif
