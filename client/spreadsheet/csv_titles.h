/* Which member the title of a column names. */
#ifndef CLIENT_SPREADSHEET_CSV_TITLES_H
#define CLIENT_SPREADSHEET_CSV_TITLES_H

#include "client/spreadsheet/csv_target.h"

/* How well a title fits a member of a kind: 3 its path or its words, 2 a word that many write for
 * it, 1 has such a word in it, 0 not at all. */
unsigned title_fits(const char *title, enum kind kind, const struct cell_target *t);

#endif
