/* A table for people: columns as wide as their widest cell, and those in which nothing stands left
 * out. */
#ifndef CLIENT_BASE_TABLE_H
#define CLIENT_BASE_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 16

struct table {
    size_t columns;
    char **cell; /* row by row, the headings first; owned */
    size_t cells, cap;
};

/* An empty table is one of zeroes with `columns` set. Adds the next cell, row by row: the headings
 * come first. NULL and "" are empty. */
void table_add(struct table *t, const char *text);

/* The same of a printf format. */
void table_addf(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints it, each line behind that many spaces. */
void table_print(const struct table *t, int indent, FILE *to);
void table_free(struct table *t);

#endif
