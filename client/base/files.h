/* Files of the client: read with a cap, written whole or not at all. */
#ifndef CLIENT_BASE_FILES_H
#define CLIENT_BASE_FILES_H

#include "proto/base/buf.h"
#include "proto/base/must_use.h"

enum file {
    FILE_OK,
    FILE_MISSING,
    FILE_TOO_LARGE,
    FILE_SPECIAL, /* a folder, device or socket, or a pipe that nobody writes to */
    FILE_FAILED,  /* errno says why */
};

/* Appends the file's bytes; "-" is standard input. A pipe is read if somebody has it open to
 * write within some seconds, and goes on to write; nothing is waited for without end but
 * standard input and what the caller's shell opened (/dev/stdin, /dev/fd/N). */
MUST_USE enum file file_read(struct buf *out, const char *path, size_t max);

/* Opens what file_read() would read, for whoever reads it bit by bit: a pipe once something is
 * in it. Returns the descriptor, or -1 with *why. */
int file_open(const char *path, enum file *why);

/* Why a file could not be read, in words; right after file_read() or file_open(). */
const char *file_cause(enum file result);

/* The new file is in its place, but after a loss of power the one before may be there again. */
#define FILE_NOT_SYNCED 1

/* Writes a file beside path, syncs it, renames it over path and syncs the folder. Returns 0; -1
 * with errno: path is as it was; or FILE_NOT_SYNCED with errno. */
MUST_USE int file_replace(const char *path, struct span bytes, unsigned mode);

/* The same in steps, for what is written bit by bit: a file beside path, open to read and write. */
struct new_file {
    int fd;
    const char *path;
    char *beside;
};
MUST_USE int new_file_open(struct new_file *f, const char *path, unsigned mode);
/* Syncs it, renames it over path and syncs the folder. Returns as file_replace(); it is closed
 * in any case. */
MUST_USE int new_file_keep(struct new_file *f);
/* Takes it away again; keeps errno. */
void new_file_drop(struct new_file *f);

/* Writes a file that must not exist yet, synced. Returns 0, or -1 with errno (EEXIST). */
MUST_USE int file_create(const char *path, struct span bytes, unsigned mode);

/* Waits for the lock that goes with a file, PATH.lock beside it, which is made and stays. Whoever
 * reads the file to write another in its place holds it in between. Returns a descriptor to close,
 * or -1 with errno. */
MUST_USE int file_lock(const char *path);

/* Waits for the lock of a folder, for what is read and written in it. Returns a descriptor to
 * close, or -1. */
int directory_lock(const char *path);

/* Makes the directories that path needs, up to its last slash. Returns 0, or -1 with errno. */
MUST_USE int file_make_parents(const char *path);

/* DIR/NAME, to be freed. */
char *path_join(const char *dir, const char *name);

/* Syncs a directory, so that what was renamed into it stays. Returns 0 or -1. */
int directory_sync(const char *path);

#endif
