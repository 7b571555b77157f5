/* Entries as a table for spreadsheets: stable columns, docs/INTERFACES.md, 10.1. */
#ifndef CLIENT_ENTRIES_ENTRY_CSV_H
#define CLIENT_ENTRIES_ENTRY_CSV_H

#include <jansson.h>

#include "proto/base/buf.h"
#include "proto/record/value.h"

/* The line of the columns' names. */
void entry_csv_header(struct buf *out);

/* Appends an entry's line without its last two cells: `entry` as client/show/entry_json.h makes it,
 * and the record's object (NULL: none). */
void entry_csv_begin(struct buf *out, const json_t *entry, const struct value *object);

/* The last two, and the end of the line. */
void entry_csv_end(struct buf *out, bool ok, const char *verdict);

#endif
