/* A tape (proto/base/tape.h) that is a file. One thread. */
#ifndef PROTO_SYS_TAPE_FILE_H
#define PROTO_SYS_TAPE_FILE_H

#include "proto/base/tape.h"

/* Makes a tape of a new file without a name, in that folder (NULL: TMPDIR or /tmp). It is gone with
 * the process, however that ends. What is forgotten is given back to the disk where the file system
 * can do that. Returns 0, or -1 with errno: then it need not be closed, but may be. */
MUST_USE int tape_file_new(struct tape *out, const char *dir);

/* Makes a tape of an existing file, to read only. Returns as above. */
MUST_USE int tape_file_open(struct tape *out, const char *path);

/* Closes the file. A tape of zeroes may be closed, too. */
void tape_file_close(struct tape *t);

#endif
