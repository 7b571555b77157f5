/* A table for people: columns are as wide as their widest cell, and empty columns are left out. A
 * cell for which there is no memory is recorded as lost (client/base/lost.h); such a table is not
 * printed. */
#ifndef CLIENT_BASE_TABLE_H
#define CLIENT_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 16

struct text_table {
    size_t columns;
    char **cell; /* row by row, the headings first; owned */
    size_t cells, cap;
    bool failed;
};

/* An empty table is one of zeroes with `columns` set, TABLE_COLUMNS_MAX at most. Adds the next
 * cell, row by row: the headings come first. Copies the text; NULL and "" are empty. */
void table_add(struct text_table *t, const char *text);

/* The same of a printf format. */
void table_addf(struct text_table *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints it, each line behind that many spaces. */
void table_print(const struct text_table *t, int indent, FILE *to);
void table_free(struct text_table *t);

#endif
