/* The rows of a CSV file: RFC 4180, and what spreadsheets export. The grammar is that of libcsv. */
#ifndef CLIENT_SPREADSHEET_CSV_TABLE_H
#define CLIENT_SPREADSHEET_CSV_TABLE_H

#include "client/spreadsheet/csv_text.h"

#define CSV_ROWS_MAX 1000000
#define CSV_COLUMNS_MAX 1000
#define CSV_CELL_MAX ((size_t)64 * 1024)

struct csv_row {
    uint64_t line;       /* of the text, where it begins; from 1 */
    uint64_t row;        /* as the spreadsheet numbers it, empty ones counted; from 1 */
    size_t first, cells; /* at csv_table.cell */
};

struct csv_table {
    char separator;
    struct buf text; /* all cells, cleaned (csv_clean()), each with a zero behind it */
    size_t *cell;    /* where each begins in text */
    size_t cells, cells_cap;
    struct csv_row *row; /* those that have anything in them, the titles first */
    size_t rows, rows_cap;
};

/* Splits a text (csv_text()) into rows. separator: ',', ';' or a tab; 0: the one that stands most
 * often outside quotes in the first line, or that a first line "sep=;" says. Returns NULL; or what
 * is wrong, in the reader's language, with the line in *line. *out needs csv_table_free() in any
 * case. Want of memory is recorded as lost (client/base/lost.h). */
MUST_USE const char *csv_table_read(struct csv_table *out, struct span text, char separator,
                                    uint64_t *line);
void csv_table_free(struct csv_table *t);

/* A cell, from 0; "" behind the last of its row. Valid until the table is freed. */
const char *csv_table_cell(const struct csv_table *t, const struct csv_row *row, size_t column);

/* "A", "Z", "AA" of a column, from 0. */
void csv_letters(char out[static 4], size_t column);

#endif
