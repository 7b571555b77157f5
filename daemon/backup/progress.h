/* How far a long copy is: a line on standard error every few seconds. One at a time. Main thread. */
#ifndef DAEMON_BACKUP_PROGRESS_H
#define DAEMON_BACKUP_PROGRESS_H

#include <stdint.h>

enum progress_of {
    PROGRESS_STORE, /* bytes, as store_copied() says of a folder */
    PROGRESS_BLOBS, /* files, by progress_step() */
};

/* Begins to print how much of total is done; folder: of PROGRESS_STORE. Without a thread to spare
 * nothing is printed. */
void progress_begin(enum progress_of what, uint64_t total, const char *folder);
void progress_step(void);
/* Ends it. Harmless if none was begun. */
void progress_end(void);

#endif
