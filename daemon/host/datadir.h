/* A log's directory: DIR/lock, DIR/log.key, DIR/blobs/ and the folder of the store, whose name the
 * caller gives. Without log.key, as in a backup, it can be looked at and not appended to. Every
 * function that fails says why on standard error; one that locks it warns there if others can write
 * in it. Main thread. */
#ifndef DAEMON_HOST_DATADIR_H
#define DAEMON_HOST_DATADIR_H

#include <limits.h>

#include "proto/base/must_use.h"
#include "proto/base/span.h"
#include "proto/tlog/key.h"

struct datadir {
    char path[PATH_MAX - 32];
    const char *store; /* name of the folder that the store has here; static */
    int lock;          /* the descriptor that holds the lock */
};

/* Makes the directory (mode 0700) if it is not there, and locks it. store must outlive *d. Returns
 * 0; or an exit code, unlocked, also if the directory holds a log or a part of one. */
MUST_USE int datadir_create(struct datadir *d, const char *path, const char *store);

/* Locks a log's directory, and removes what a killed daemon was writing beside its files. store
 * must outlive *d. Returns 0, or EXIT_USAGE if it is no log's directory or somebody else has the
 * lock. */
MUST_USE int datadir_open(struct datadir *d, const char *path, const char *store);

/* Makes and locks a directory that a log is to be restored into: one that holds no log, and no file
 * of one but for what a restore that was killed has left. Until datadir_restored() it is no log. As
 * datadir_create(). */
MUST_USE int datadir_restore(struct datadir *d, const char *path, const char *store);
/* The restored log is whole. Returns 0 or -1. */
MUST_USE int datadir_restored(const struct datadir *d);

/* For who reads alone: makes and removes nothing, and waits for nobody. d->lock is -1 if somebody
 * else has the lock; else nobody writes there until datadir_close(). Returns 0, or EXIT_USAGE if it
 * is no log's directory. */
MUST_USE int datadir_look(struct datadir *d, const char *path, const char *store);

/* Whether it is a backup: it may be looked at, and restored, and is no log that goes on. Returns 0,
 * or EXIT_USAGE if it is. */
MUST_USE int datadir_refuse_backup(const struct datadir *d);

/* Releases the lock. */
void datadir_close(struct datadir *d);

/* Writes DIR/NAME into out. */
void datadir_file(const struct datadir *d, char out[PATH_MAX], const char *name);

/* Reads DIR/log.key, as log_key_read() does. Free with private_key_free(). */
MUST_USE struct skey *datadir_read_key(const struct datadir *d, const char *passphrase_file);

/* Writes DIR/log.key, with mode 0600 and synced: it must not exist yet. Returns 0 or -1. */
MUST_USE int datadir_write_key(const struct datadir *d, struct span text);

/* Makes the store's folder, and syncs DIR. Returns 0 or -1. */
MUST_USE int datadir_make_store(const struct datadir *d);

/* Makes DIR/blobs and its folders where they are missing, and syncs them. Returns 0 or -1. */
MUST_USE int datadir_make_blobs(const struct datadir *d);

/* Syncs the store's folder, so that the names of its files are as durable as their contents: the
 * store's engine does not do that. Returns 0 or -1. */
MUST_USE int datadir_sync_store(const struct datadir *d);

#endif
