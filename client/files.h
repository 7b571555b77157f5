/* Files of the client: read with a cap, written whole or not at all. */
#ifndef CLIENT_FILES_H
#define CLIENT_FILES_H

#include "proto/buf.h"

enum file {
    FILE_OK,
    FILE_MISSING,
    FILE_TOO_LARGE,
    FILE_FAILED, /* errno says why */
};

/* Appends the file's bytes; "-" is standard input. */
__attribute__((warn_unused_result)) enum file file_read(struct buf *out, const char *path,
                                                        size_t max);

/* Why a file could not be read, in words; right after file_read(). */
const char *file_cause(enum file result);

/* Writes a file beside path, syncs it and renames it over path. Returns 0, or -1 with errno. */
__attribute__((warn_unused_result)) int file_replace(const char *path, struct span bytes,
                                                     unsigned mode);

/* Writes a file that must not exist yet, synced. Returns 0, or -1 with errno (EEXIST). */
__attribute__((warn_unused_result)) int file_create(const char *path, struct span bytes,
                                                    unsigned mode);

/* Makes the directories that path needs, up to its last slash. Returns 0, or -1 with errno. */
__attribute__((warn_unused_result)) int file_make_parents(const char *path);

/* DIR/NAME, to be freed. */
char *path_join(const char *dir, const char *name);

/* Syncs a directory, so that what was renamed into it stays. Returns 0 or -1. */
int directory_sync(const char *path);

#endif
