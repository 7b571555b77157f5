/* The folders that blobs stand in, for blobs.c and blobs_erase.c; nobody else looks inside. Any
 * thread, except where it says otherwise. */
#ifndef DAEMON_STORE_BLOB_FOLDERS_H
#define DAEMON_STORE_BLOB_FOLDERS_H

#include <limits.h>
#include <stdatomic.h>

#include "daemon/store/blobs.h"

#define LITTER_MAX 16 /* names that are remembered */

struct blob_folder {
    const char *name;        /* "tmp", "new", "kept" */
    int fd;                  /* -1: not open */
    pthread_mutex_t syncing; /* held while the folder is synced; before `turn`, if both */
    bool dirty;              /* names have changed since it was synced; under `turn` */
};

/* Names in new/ and kept/ change only under `turn`, which is never held for longer than a few
 * system calls that wait for no disk. What is pending is counted under it, too: otherwise a blob
 * that comes again meanwhile would be counted and never be known. */
struct blobs {
    struct blob_folder tmp, fresh, kept; /* tmp/, new/, kept/ */
    pthread_mutex_t turn;
    struct pending pending; /* in new/ or on their way there */
    _Atomic uint64_t next;  /* name of the next file in tmp/ */
    atomic_bool broken;     /* a folder could not be synced: what it holds is not known any more */
    atomic_bool littered;   /* a copy in tmp/ could not be overwritten: it may be of any blob */
    /* The names of such copies; under `turn`. */
    char litter[LITTER_MAX][NAME_MAX + 1];
    unsigned litter_count; /* beyond LITTER_MAX: only the next start knows them all */
};

/* The name of a blob's file. */
struct blob_name {
    char text[2 * HASH_BYTES + 1];
};
struct blob_name blob_name_of(const uint8_t sha256[static HASH_BYTES]);

/* A name in tmp/ that nobody else has. */
struct blob_temporary {
    char name[24];
};
struct blob_temporary blobs_next_temporary(struct blobs *b);

/* What errno says of a file, as a result. Also written to the log, "cannot WHAT …", unless the file
 * is only missing. */
enum blob_result blobs_complain(const char *what, const struct blob_folder *f, const char *name);

/* Opens a folder below the open directory dir. Returns 0, or -1: the log says why. Before other
 * threads use it. */
MUST_USE int folder_open(struct blob_folder *f, int dir, const char *name);
/* After all other threads. Harmless if it is not open. */
void folder_close(struct blob_folder *f);

/* All names that the folder had when this was called are on the disk once it returns BLOB_OK,
 * whoever synced them: those who come while it is being synced wait, and share the next time. After
 * one failure it is BLOB_IO for good, and b->broken: the kernel tells of a failure only once. */
MUST_USE enum blob_result folder_sync(struct blobs *b, struct blob_folder *f);

/* Calls visit (may be NULL) for each file of a folder. Returns how many there are, or -1: the log
 * says why. */
int64_t folder_each(const struct blob_folder *f, void (*visit)(void *ctx, const char *name),
                    void *ctx);

/* Whether a blob's file is in a folder. */
bool folder_has(const struct blob_folder *f, const struct blob_name *n);

/* Makes a file's bytes zeros, on the disk. BLOB_ABSENT: there is no such file. */
MUST_USE enum blob_result folder_overwrite(const struct blob_folder *f, const char *name);

/* Overwrites and deletes a file in tmp/, as it may hold a copy of a blob that is ordered erased one
 * day. What could not be overwritten stays for blobs_tidy(), and sets b->littered. */
void blobs_discard(struct blobs *b, const char *name);

#endif
