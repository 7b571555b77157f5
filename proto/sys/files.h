/* Files and folders: read with a cap; written whole or not at all. errno says why after every
 * failure. A name that is NULL fails with ENOMEM: that it could not be made need not be asked
 * before. Any thread. */
#ifndef PROTO_SYS_FILES_H
#define PROTO_SYS_FILES_H

#include "proto/base/buf.h"
#include "proto/base/must_use.h"

/* ---- reading --------------------------------------------------------------------------------- */

enum file {
    FILE_OK,
    FILE_MISSING,   /* errno is ENOENT or ENOTDIR */
    FILE_TOO_LARGE, /* errno is EFBIG */
    FILE_SPECIAL,   /* a folder (EISDIR), device or socket, or a pipe that nobody writes to */
    FILE_FAILED,    /* errno says why; ENOMEM when out of memory */
};

/* Appends the bytes of a file to out, or of standard input if path is "-". FILE_TOO_LARGE if there
 * are more than max. After a failure, out may hold some of them.
 *
 * A named pipe is read too. The call waits five seconds at most for somebody to open it for
 * writing, and thirty seconds at most for each further piece. It waits without limit only for
 * standard input and for what the caller's shell opened (/dev/stdin, /dev/fd/N, such as `<(...)`).
 * Of devices only /dev/null is read. */
MUST_USE enum file file_read(struct buf *out, const char *path, size_t max);

/* The same for a program that must not wait: a named pipe is FILE_SPECIAL, and "-" is the name of a
 * file. What the caller's shell opened is still read to its end. */
MUST_USE enum file file_read_at_once(struct buf *out, const char *path, size_t max);

/* The same of a file that a stranger may have put there: a link is FILE_FAILED (ELOOP). */
MUST_USE enum file file_read_no_link(struct buf *out, const char *path, size_t max);

/* Opens what file_read() would read, for a caller who reads it piece by piece. It waits ten seconds
 * at most for the first byte of a named pipe. Returns a blocking descriptor for the caller to
 * close, or -1 with *why. */
int file_open(const char *path, enum file *why);

/* Why a file could not be read, in the reader's language (proto/sys/language.h). Call it before
 * errno changes. */
const char *file_cause(enum file result);

/* ---- writing --------------------------------------------------------------------------------- */

/* Writes all bytes to a descriptor. Returns 0, or -1 with errno. */
MUST_USE int file_write_all(int fd, struct span bytes);

/* The new file is in its place, but after a loss of power the former one may be there again. */
#define FILE_NOT_SYNCED 1

/* Replaces a file, or makes it: writes a new file beside path, syncs it, renames it over path and
 * syncs the folder. The new file has exactly this mode, whatever the umask. Returns 0; -1 with
 * errno if path is as it was; or FILE_NOT_SYNCED with errno. Only a killed process leaves the file
 * beside: see file_remove_left_over(). */
MUST_USE int file_replace(const char *path, struct span bytes, unsigned mode);

/* The same in steps, for a file that is written piece by piece. */
struct new_file {
    int fd;           /* open to read and write */
    const char *path; /* the caller's; must outlive this */
    char *beside;     /* the name of the file until it is kept: PATH.new-XXXXXX */
};
/* Returns 0, or -1 with errno: then there is nothing to keep or drop. */
MUST_USE int new_file_open(struct new_file *f, const char *path, unsigned mode);
/* Syncs the file, renames it over path and syncs the folder. Returns as file_replace() does. Closes
 * the file in any case. */
MUST_USE int new_file_keep(struct new_file *f);
/* Closes and removes the file. Keeps errno. */
void new_file_drop(struct new_file *f);

/* Is this the name of a file that a killed file_replace() left? Then *length is how many of its
 * first bytes are the name of the file to be replaced. */
bool file_is_left_over(const char *name, size_t *length);

/* Removes what a killed file_replace() left in a folder beside those files for whose name
 * is_ours(name, length) is true. Nobody else may be writing these files. */
void file_remove_left_over(const char *dir, bool (*is_ours)(const char *name, size_t length));

/* Makes a file that must not exist yet, and syncs file and folder. Returns 0, or -1 with errno
 * (EEXIST): then there is no new file, unless only syncing the folder failed. */
MUST_USE int file_create(const char *path, struct span bytes, unsigned mode);

/* ---- locks ----------------------------------------------------------------------------------- */

/* Waits for the lock that belongs to a file. The lock is another file, PATH.lock, which is made
 * when missing and stays. Hold it from reading the file until you have replaced it. Returns a
 * descriptor to close, or -1 with errno. */
MUST_USE int file_lock(const char *path);

/* Waits for the lock of a folder, for whatever is read and written in it. Returns a descriptor to
 * close, or -1 with errno. */
MUST_USE int directory_lock(const char *path);

/* ---- folders --------------------------------------------------------------------------------- */

/* Makes the folders that path needs, up to its last slash. Returns 0, or -1 with errno. */
MUST_USE int file_make_parents(const char *path);

/* Syncs a folder, so that files that were made in it or renamed into it stay there. Returns 0, or
 * -1 with errno. */
int directory_sync(const char *path);

/* The same for the folder that a file or folder is in. */
int parent_sync(const char *path);

#endif
