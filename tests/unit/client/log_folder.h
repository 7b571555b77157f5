/* The files of a log in a folder of the test's own, as a mirror has them. Whatever fails fails the
 * test. */
#ifndef TESTS_UNIT_CLIENT_LOG_FOLDER_H
#define TESTS_UNIT_CLIENT_LOG_FOLDER_H

#include "client/remote/logfiles.h"
#include "tests/unit/fixture.h"

struct log_folder {
    char dir[64];
    char path[256]; /* of the file that was named last */
};

void log_folder_make(struct log_folder *f);
/* Removes the folder and all that is in it. */
void log_folder_remove(struct log_folder *f);

/* The path of a file in it, which lasts until the next call. */
const char *log_folder_path(struct log_folder *f, const char *name);

/* Makes a file, or replaces it, and the folders that it needs; takes one away, which must be there. */
void log_folder_put(struct log_folder *f, const char *name, struct span bytes);
void log_folder_drop(struct log_folder *f, const char *name);

/* Checkpoint, tiles and bundles of the first `size` entries. */
void log_folder_write(struct log_folder *f, const struct log *l, size_t size);

/* A file `policy`: the log, the witness w, and that quorum. */
void log_folder_policy(struct log_folder *f, const struct log *l, const struct skey *witness,
                       const char *quorum);

/* A file of a table, and what names the newest `index` entry. */
void log_folder_table(struct log_folder *f, const struct hash *root,
                      const struct index_table_file *file, struct span bytes);
void log_folder_newest(struct log_folder *f, const char *text);

#endif
