/* Blobs beside the log, each in a file of its own, so that what is deleted is gone. A file's name
 * is the blob's SHA-256 in hex:
 *
 *     DIR/blobs/tmp/     being written; emptied at start
 *     DIR/blobs/new/     put, and named by no entry yet; expires after PENDING_BLOB_MS
 *     DIR/blobs/kept/    named by an entry
 *
 * A blob moves from new to kept before the commit of the batch that names it: a crash can only keep
 * what nobody names, never lose what somebody names. Nothing here knows what is ordered erased:
 * whoever puts or reads asks the signer registry before and after (signers_erased). No file that
 * held a blob is deleted before its bytes were overwritten on the disk.
 *
 * Any thread, except where it says otherwise; all of it may wait for the disk. */
#ifndef DAEMON_STORE_BLOBS_H
#define DAEMON_STORE_BLOBS_H

#include "daemon/store/pending.h"
#include "proto/base/buf.h"
#include "proto/base/limits.h"
#include "proto/base/must_use.h"

struct blobs;

enum blob_result {
    BLOB_OK,
    BLOB_ABSENT,    /* there is no such blob */
    BLOB_CROWDED,   /* too many wait for an entry that names them */
    BLOB_SHARE,     /* too many of this signer's do */
    BLOB_TOO_LARGE, /* than the caller's cap */
    BLOB_FULL,      /* the disk has no room */
    BLOB_MEMORY,    /* out of memory or descriptors: may work later */
    BLOB_IO,        /* the disk failed, or has not what the name says */
};

/* Opens DIR/blobs, whose folders are there, and empties its tmp/. limits: how much may wait for an
 * entry that names it. NULL: the log says why, or out of memory. Main thread. */
struct blobs *blobs_open(const char *path, const struct pending_limits *limits);

/* Other limits. Any thread; does not wait for the disk. */
void blobs_limit(struct blobs *b, const struct pending_limits *limits);
/* NULL is harmless. Main thread. */
void blobs_close(struct blobs *b);

/* Makes a blob that is there stay for at least PENDING_BLOB_MS from now. BLOB_OK: it is on the
 * disk. Else BLOB_ABSENT, _FULL, _MEMORY or _IO. */
MUST_USE enum blob_result blobs_renew(struct blobs *b, const uint8_t sha256[static HASH_BYTES]);

struct blob_put {
    uint8_t sha256[HASH_BYTES]; /* of the bytes */
    struct span bytes;
    uint32_t signer; /* who puts it: the number of the enrolment */
};

/* Puts a blob, and returns BLOB_OK only when it has reached the disk; *fresh: it was not there
 * before. */
MUST_USE enum blob_result blobs_put(struct blobs *b, const struct blob_put *put, bool *fresh);

/* Sets *size to the length of a blob. BLOB_OK, or BLOB_ABSENT, _MEMORY, _IO. */
MUST_USE enum blob_result blobs_size(const struct blobs *b, const uint8_t sha256[static HASH_BYTES],
                                     uint64_t *size);

/* Appends a blob of at most cap bytes, after a look at its SHA-256. BLOB_ABSENT also if it expires
 * meanwhile. BLOB_IO may also mean that it is being erased. On anything but BLOB_OK out is as it
 * was. */
MUST_USE enum blob_result blobs_read(const struct blobs *b, const uint8_t sha256[static HASH_BYTES],
                                     size_t cap, struct buf *out);

/* Moves a blob to kept/, if it is not there yet. BLOB_ABSENT: it has expired. The sequencer's
 * thread. */
MUST_USE enum blob_result blobs_keep(struct blobs *b, const uint8_t sha256[static HASH_BYTES]);

/* Syncs kept/: what blobs_keep() moved is there on the disk once this returns BLOB_OK. To be called
 * before the commit. The sequencer's thread. */
MUST_USE enum blob_result blobs_settle(struct blobs *b);

/* Overwrites a blob with zeros and deletes it, wherever it is, on the disk. BLOB_OK also if
 * there was none; else it is to be tried again. BLOB_IO also while a copy in tmp/, which may be
 * of any blob, could not be overwritten: blobs_tidy() tries that again. */
MUST_USE enum blob_result blobs_erase(struct blobs *b, const uint8_t sha256[static HASH_BYTES]);

/* Whether a folder could not be synced: then no blob is put or kept any more, and only a restart
 * helps. Any thread. */
bool blobs_broken(const struct blobs *b);

/* Tries once more to overwrite and delete copies in tmp/ that could not be. Any thread, one at a
 * time, once in a while. */
void blobs_tidy(struct blobs *b);

/* Deletes what was put more than PENDING_BLOB_MS before `now` (clock_wall()) and is not kept. */
void blobs_expire(struct blobs *b, int64_t now);

#endif
