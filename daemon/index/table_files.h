/* The files of tables: DIR/index/⟨root in hex⟩ holds a table's rows, then its directories, each
 * level behind the one below (FORMATS, 24.3, says what is in them). A file is written beside, synced
 * and renamed, so that one under its name is whole; nothing in it is believed, as its root can be
 * computed. errno says why after every failure. */
#ifndef DAEMON_INDEX_TABLE_FILES_H
#define DAEMON_INDEX_TABLE_FILES_H

#include <limits.h>

#include "proto/base/must_use.h"
#include "proto/index/index_table.h"

/* Longer than the path of any such file. */
#define TABLE_PATH_MAX (PATH_MAX + 96)

/* The folder, as a path; constant. */
struct index_folder {
    char path[PATH_MAX];
};

/* Names DIR/index, whether or not it is there. Returns 0, or -1: the name is too long. */
MUST_USE int table_files_at(struct index_folder *f, const char *dir);

/* The same, and makes the folder if it is not there, and syncs DIR. Returns 0 or -1. */
MUST_USE int table_files_open(struct index_folder *f, const char *dir);

/* How many bytes the file of a table of so many rows has; where in it a page or directory begins,
 * which there must be. */
uint64_t table_file_bytes(uint64_t rows);
uint64_t table_file_place(uint64_t rows, const struct index_table_file *part);

/* Writes the path of a table's file, whether or not it is there. */
void table_file_path(const struct index_folder *f, char out[TABLE_PATH_MAX],
                     const struct hash *root);

/* ---- reading; any thread --------------------------------------------------------------------- */

/* Whether the table's file is there, with the length that it must have. */
bool table_file_is_there(const struct index_folder *f, const struct index_table *table);

/* Opens a table's file. Returns a descriptor to close, or -1. */
int table_file_open(const struct index_folder *f, const struct hash *root);

/* How many rows the table of an open file has, by its length; 0 if no table has a file of that
 * length, or of an empty table. */
uint64_t table_file_rows(int fd);

/* Appends a page or directory of an open file whose table has so many rows. Returns 0, or -1: also
 * where there is none (ENOENT) and where it is cut off (EIO). */
MUST_USE int table_file_read(int fd, uint64_t rows, const struct index_table_file *part,
                             struct buf *out);

/* Reads the rows of a file one after the other, and computes their root on the way. */
struct table_reader {
    int fd;
    bool failed; /* the file is cut off, or the disk did not give it */
    uint64_t rows, read;
    size_t n, next;
    struct frontier leaves;
    struct index_row row[PAGE_ROWS];
};

/* Returns 0 or -1. */
MUST_USE int table_reader_open(struct table_reader *r, const struct index_folder *f,
                               const struct index_table *table);
void table_reader_close(struct table_reader *r);
/* Its rows; lasts as long as *r. */
struct index_row_source table_reader_source(struct table_reader *r);
/* The root of all rows, once all were read. */
void table_reader_root(const struct table_reader *r, struct hash *out);

/* ---- tidying; one thread --------------------------------------------------------------------- */

/* Removes the file of a table. It may be gone already. */
void table_file_remove(const struct index_folder *f, const struct hash *root);

/* Removes all files for whose root needed() is false, and whatever else is in the folder. Nobody may
 * be writing there. */
void table_files_sweep(const struct index_folder *f,
                       bool (*needed)(void *ctx, const struct hash *root), void *ctx);

#endif
