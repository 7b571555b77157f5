/* Tables for spreadsheets and programs: RFC 4180, whatever stands in the cells. Pure functions. */
#ifndef CLIENT_SHOW_CSV_H
#define CLIENT_SHOW_CSV_H

#include "proto/base/buf.h"

/* What some spreadsheets need in front of a file to take it for UTF-8. */
#define CSV_BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Appends a cell, in quotes where it needs them. A text that a spreadsheet would take for a formula
 * (it begins with = + - or @, or one of their look-alikes, behind white space or not) gets an
 * apostrophe in front; so does one within the cell where a spreadsheet with other separators would
 * begin a cell. Such a text is no longer what it was: programs that need it byte by byte read
 * JSON. */
void csv_cell(struct buf *out, const char *text);

/* Appends what ends a record. */
void csv_end(struct buf *out);

#endif
