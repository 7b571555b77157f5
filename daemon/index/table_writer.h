/* Writing the file of a table (table_files.h). errno says why after every failure. One thread for
 * each writer. */
#ifndef DAEMON_INDEX_TABLE_WRITER_H
#define DAEMON_INDEX_TABLE_WRITER_H

#include "daemon/index/table_files.h"
#include "proto/sys/files.h"

struct table_writer {
    const struct index_folder *files;
    struct new_file file;
    char name[TABLE_PATH_MAX];
    uint64_t rows, unsynced;
};

/* Begins the file of a table that will have so many rows. Returns 0 or -1. */
MUST_USE int table_writer_open(struct table_writer *w, const struct index_folder *f, uint64_t rows);

/* Writes a page or directory: an index_table_file_fn of the writer. Syncs each megabyte for itself,
 * so that nobody else's sync waits behind a large one. Returns 0 or -1. */
int table_writer_put(void *table_writer, const struct index_table_file *part, struct span bytes);

/* Puts the file in its place. Returns 0, or -1 with the file removed. */
MUST_USE int table_writer_keep(struct table_writer *w, const struct hash *root);
/* Removes the file. Keeps errno. */
void table_writer_drop(struct table_writer *w);

#endif
