/* The mark: a small file outside the log's directory that says how far the log has signed. A copy
 * of the directory does not carry it, so a copy that was left behind cannot go on by accident.
 * docs/INTERFACES.md has its format.
 *
 * It is a lower bound: after a crash the store may be ahead of it, never behind. The file has two
 * slots, written in turn: one write and one fdatasync each, and a slot that is torn leaves the
 * other one. All of it waits for the disk: never on the event loop. */
#ifndef DAEMON_STATE_LOG_MARK_H
#define DAEMON_STATE_LOG_MARK_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"

struct log_mark; /* an open mark, locked for this process */

/* What it says. */
struct marked {
    uint64_t size;
    struct hash root;
};

enum log_mark_result {
    LOG_MARK_OK,
    LOG_MARK_MISSING,   /* there is no such file */
    LOG_MARK_DAMAGED,   /* neither slot can be read, or it is no regular file */
    LOG_MARK_OTHER_LOG, /* it is the mark of another origin */
    LOG_MARK_IN_USE,    /* another process has it: it runs on a copy of this log */
    LOG_MARK_FAILED,    /* errno says why */
};

/* Makes a mark of that origin, in place of one that may be there, with mode 0600 and synced. Returns
 * LOG_MARK_OK, _IN_USE (nothing changed) or _FAILED. */
MUST_USE enum log_mark_result log_mark_make(const char *path, const char *origin,
                                            const struct marked *says);

/* Opens and locks a mark, and reads it. *out is NULL but for LOG_MARK_OK. */
MUST_USE enum log_mark_result log_mark_open(struct log_mark **out, const char *path,
                                            const char *origin, struct marked *says);

/* Replaces what it says. Returns 0 once that is on the disk, or -1 with errno: then it says what it
 * said before, or this; to go on signing is not safe. One thread at a time. */
MUST_USE int log_mark_write(struct log_mark *m, const struct marked *says);

/* Lets go of it; the file stays. NULL is harmless. */
void log_mark_close(struct log_mark *m);

#endif
