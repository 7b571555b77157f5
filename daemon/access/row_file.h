/* The files of rows that `access` entries commit to (FORMATS, 26), in DIR/access:
 *
 *     open                      the interval that lasts
 *     closed-⟨from⟩-⟨until⟩      one that has ended, until its entry is in the log: milliseconds
 *     ⟨entry⟩                   the rows of that entry
 *
 * A file begins with a line "bitacora/v1 access-rows ⟨from⟩ ⟨size⟩": when its interval began, and how
 * many entries the log had then. Behind it are the rows as text. errno says why after a failure. */
#ifndef DAEMON_ACCESS_ROW_FILE_H
#define DAEMON_ACCESS_ROW_FILE_H

#include <limits.h>
#include <stdio.h>

#include "proto/judge/access_row.h"

#define ROW_NAME_MAX 64
#define ROW_PATH_MAX (PATH_MAX + ROW_NAME_MAX + 1)

/* The folder, as a path; constant. */
struct access_folder {
    char path[PATH_MAX];
};

/* Names DIR/access, whether or not it is there. Returns 0, or -1: the name is too long. */
MUST_USE int access_folder_at(struct access_folder *f, const char *dir);

/* Makes the folder if it is not there, and syncs DIR in any case. Returns 0 or -1. */
MUST_USE int access_folder_make(const struct access_folder *f, const char *dir);

/* Writes the path of a file. */
void row_file_path(const struct access_folder *f, char out[ROW_PATH_MAX], const char *name);

/* The name of the rows of an entry, and of an interval that has ended. */
void row_file_of_entry(char out[ROW_NAME_MAX], uint64_t entry);
void row_file_of_interval(char out[ROW_NAME_MAX], int64_t from, int64_t until);

/* An interval, with the rows that are known of it. */
struct row_interval {
    int64_t from, until; /* milliseconds; until 0: it lasts */
    uint64_t size;       /* of the log when it began: its entry has an index from there on */
    int64_t last;        /* `at` of the last row, or from */
    struct frontier rows;
};

/* What an entry says of it. */
void row_interval_claim(const struct row_interval *i, struct access_claim *out);

/* Appends the first line of a file. */
void row_file_header(struct buf *out, const struct row_interval *i);

/* Visits the rows of a file that are whole, in order, until visit returns nonzero (which becomes
 * -1). A line is valid only during the call, and has no newline. Fills in *out but for `until`.
 * Sets *bad to how many lines were no rows, where it is not NULL: else such a line ends it with -1
 * and EBADMSG. visit may be NULL. Returns 0, or -1; EBADMSG also where the first line is wrong. */
typedef int row_visit_fn(void *ctx, const struct access_row *row, struct span line);
MUST_USE int row_file_read(const char *path, struct row_interval *out, uint64_t *bad,
                           row_visit_fn *visit, void *ctx);

/* Appends the lines of an entry's rows from a place on, which is the length of the lines before: as
 * many whole ones as have room in `most` bytes; none where they have ended. Returns 0, or -1: ENOENT
 * where there are no rows of that entry. Any thread. */
MUST_USE int row_file_show(const struct access_folder *f, uint64_t entry, uint64_t from,
                           size_t most, struct buf *out);

/* Finds the closed file of the lowest `from`, and reads it. Returns 1, with its name; 0 if there is
 * none; -1. */
MUST_USE int row_file_closed(const struct access_folder *f, char name[ROW_NAME_MAX],
                             struct row_interval *out);

/* Sets *until to where the last closed interval ended; 0 if there is none. Returns 0 or -1. */
MUST_USE int row_file_last_until(const struct access_folder *f, int64_t *until);

/* Names it for its entry, and syncs the folder. Returns 0 or -1. */
MUST_USE int row_file_seal(const struct access_folder *f, const char *name, uint64_t entry);

#endif
