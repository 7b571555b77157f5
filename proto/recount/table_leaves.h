/* Some leaves of a table, read from files that nobody believes, with the proof that they are its;
 * and where such files differ from rows that were computed. One thread. */
#ifndef PROTO_RECOUNT_TABLE_LEAVES_H
#define PROTO_RECOUNT_TABLE_LEAVES_H

#include "proto/index/row_sorter.h"
#include "proto/index/shown_rows.h"

/* A table and the files that are said to be its. */
struct said_files {
    const struct index_table *table;
    index_table_read_fn *read;
    void *ctx;
};

#define TABLE_LEAVES_MAX 64
#define TABLE_HASHES_MAX 1024

/* Leaves one behind the other. About 60 kB: not on a stack. It must not be moved. */
struct table_leaves {
    struct shown_rows shown; /* to be proven by shown_rows_prove() */
    struct shown_leaf leaf[TABLE_LEAVES_MAX];
    struct index_row row[TABLE_LEAVES_MAX * LEAF_ROWS];
    struct hash proof[TABLE_HASHES_MAX];
};

/* Reads the leaves that hold the rows of the places `from` to `to` - 1, as far as the table has
 * them. Of a table without rows there are none. Returns 0; -1 if the files cannot be read, or there
 * are more leaves than TABLE_LEAVES_MAX. */
MUST_USE int table_leaves_read(struct table_leaves *out, const struct said_files *files,
                               uint64_t from, uint64_t to);

/* Reads the leaves around a row: those of its own place and of the one before. */
MUST_USE int table_leaves_around(struct table_leaves *out, const struct said_files *files,
                                 const struct index_row *row);

enum table_differs {
    TABLE_SAME,
    TABLE_LACKS_ROW, /* .row is not there */
    TABLE_ADDS_ROW,  /* .row should not be there */
    TABLE_MISPLACES, /* rows do not ascend, or one is of an entry outside the table */
    TABLE_MISCOUNTS, /* only `unkeyed` is wrong */
    TABLE_UNREAD,    /* the files cannot be read, or there is no memory */
};

/* Where the rows of files first differ from those of a run, which are the right ones. from and to:
 * the places of the table's rows that show it. */
struct table_difference {
    enum table_differs differs;
    struct index_row row;
    uint64_t from, to;
};

void table_compare(struct table_difference *out, const struct said_files *files,
                   const struct tape *tape, const struct row_run *run);

#endif
