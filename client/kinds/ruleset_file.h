/* A ruleset that somebody names on the command line, or the built-in one. */
#ifndef CLIENT_KINDS_RULESET_FILE_H
#define CLIENT_KINDS_RULESET_FILE_H

#include "client/base/say.h"
#include "proto/record/ruleset.h"

/* Reads a ruleset file (path NULL: the built-in one) and appends its bytes to *file, which the
 * caller frees in any case. Returns a new ruleset, for ruleset_free(); or NULL after having said
 * why, or if there was no memory, which is recorded as lost (client/base/lost.h). */
struct ruleset *ruleset_file_read(struct buf *file, const char *path);

/* The same of the newest one that comes with the software. */
struct ruleset *ruleset_file_newest(struct buf *file);

#endif
