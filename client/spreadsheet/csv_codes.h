/* What the words of a spreadsheet mean: codes, in either language, or as the map says. */
#ifndef CLIENT_SPREADSHEET_CSV_CODES_H
#define CLIENT_SPREADSHEET_CSV_CODES_H

#include <jansson.h>

#include "client/spreadsheet/csv_map.h"

/* Whether the cells of a target are words of a list: of a vocabulary of the ruleset, or of the
 * format (roles, reasons, results). Calls visit for each code of that list. */
bool codes_listed(const struct cell_target *t);
void codes_each(const struct cell_target *t, const struct ruleset *r,
                void (*visit)(void *ctx, const char *code), void *ctx);

/* The words of such a code in a language, NULL where there are none. */
const char *codes_words(const struct cell_target *t, const char *code, enum language language);

/* Finds the code that a text means: what the map's [words] say; the code itself, whatever its case,
 * spaces and hyphens; its words in English or Spanish, whatever their case and accents; what stands
 * in parentheses in them, or of a legal basis its law and number in any order, if that is no other
 * code's. Copies it to out and returns true. Else returns false, with the code that was probably
 * meant in *meant (valid until the next call), or NULL: of a legal basis never one of another law
 * or article. */
MUST_USE bool codes_find(char out[static CODE_MAX + 1], const struct csv_map *m,
                         const struct ruleset *r, const struct cell_target *t, const char *text,
                         const char **meant);

/* Whether two texts are the same but for case, accents, spaces and punctuation. */
bool codes_same(const char *a, const char *b);

#endif
