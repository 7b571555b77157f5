/* What a backup, and a folder that was restored from one, says of itself: whose it is and how far it
 * goes. A file of text: a version line, the vkey that signed the checkpoint, an empty line, the
 * checkpoint's note. It is the last file that is written. Main thread. */
#ifndef DAEMON_BACKUP_MANIFEST_H
#define DAEMON_BACKUP_MANIFEST_H

#include "daemon/backup/log_copy.h"
#include "proto/base/must_use.h"

/* Names of the file. */
#define MANIFEST_BACKUP "backup" /* in a backup */
/* In a log's folder that was made from a backup. `restore --policy` removes it, and `run` of a log
 * that has no witnesses. */
#define MANIFEST_RESTORED "restored"

/* Writes FOLDER/NAME. Returns 0, or an exit code after having said why. */
MUST_USE int manifest_write(const char *folder, const char *name, const struct log_copied *c);

enum manifest_result {
    MANIFEST_OK,
    MANIFEST_MISSING,
    MANIFEST_WRONG, /* it cannot be read, or is none, or is not signed by its key */
};

/* Reads FOLDER/NAME into vkey, size, root and checkpoint of *out. */
MUST_USE enum manifest_result manifest_read(const char *folder, const char *name,
                                            struct log_copied *out);

/* How many entries the backup had that a log's folder was made from. 0: there is no MANIFEST_RESTORED
 * that can be read. */
uint64_t manifest_restored_size(const char *folder);

#endif
