/* Copies a log's folder, or a backup of one, into another one: the store as one commit left it, the
 * blobs that it keeps, the rows of its `access` entries, what witnesses made of it. The key, the
 * mark, the tables of the index and blobs that wait for an entry stay behind; of a backup also
 * blobs that no entry names. Main thread. What is wrong is said on standard error. */
#ifndef DAEMON_BACKUP_LOG_COPY_H
#define DAEMON_BACKUP_LOG_COPY_H

#include "daemon/host/datadir.h"
#include "daemon/state/own_keys.h"
#include "daemon/state/tip.h"
#include "proto/base/must_use.h"

/* What was copied. */
struct log_copied {
    struct vkey vkey; /* that signed the checkpoint */
    uint64_t size;
    struct hash root;
    char checkpoint[OWN_CHECKPOINT_MAX]; /* the signed note */
    size_t checkpoint_length;
    uint64_t blobs; /* files */
    uint64_t bytes; /* of the store and the blobs */
};

enum log_copy_from {
    COPY_OF_LOG,    /* a log's own folder, which a daemon may be writing to */
    COPY_OF_BACKUP, /* a backup: nobody writes to it, and anybody may have made it. Nothing is
                     * written there. Its store is copied value by value (store_rebuild()) */
};

/* Copies the log in the folder `from` into *to, whose store and blobs are empty. Blobs that the
 * copied entries order erased are not copied. Everything is on the disk once this returns 0; else
 * an exit code. */
MUST_USE int log_copy_make(enum log_copy_from what, const char *from, const struct datadir *to,
                           struct log_copied *out);

/* Removes a folder and all that is in it, or a file. Returns 0, or -1 with errno. */
int folder_remove(const char *path);

#endif
