/* Copies the blobs that a log keeps, beside a store that was copied before. Main thread. What is
 * wrong is said on standard error. */
#ifndef DAEMON_BACKUP_BLOB_COPY_H
#define DAEMON_BACKUP_BLOB_COPY_H

#include "proto/base/must_use.h"
#include "proto/judge/registry.h"

struct blob_copy {
    const char *from, *to;           /* folders of the log and of the copy */
    const struct registry *registry; /* of the entries that were copied */
    const struct buf *named;         /* named_blobs_read(): no others are copied. NULL: any is */
    uint64_t files, bytes;           /* that the copy has */
    uint64_t lost;    /* there, and not what their name says: erased, damaged, or too long */
    uint64_t unnamed; /* left out, as no entry names them */
};

/* Copies each kept blob whose erasure is not ordered, unless the copy has it, and removes from the
 * copy those whose erasure is. All is on the disk once this returns 0; else an exit code. */
MUST_USE int blob_copy_all(struct blob_copy *b);

#endif
