/* A ruleset that somebody names on the command line, or the built-in one. */
#ifndef CLIENT_KINDS_RULESET_FILE_H
#define CLIENT_KINDS_RULESET_FILE_H

#include "client/base/say.h"
#include "proto/record/ruleset.h"

/* Reads a ruleset file (NULL: the built-in one), whose bytes are left in *file. Returns NULL after
 * having said why it is none. */
struct ruleset *ruleset_file_read(struct buf *file, const char *path);

/* The same of the newest one that comes with the software. */
struct ruleset *ruleset_file_newest(struct buf *file);

#endif
