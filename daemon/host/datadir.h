/* A log's directory: DIR/lock, DIR/log.key, DIR/blobs/ and the store's folder, whose
 * name the store tells (store_folder). Main thread; reasons go
 * to standard error. */
#ifndef DAEMON_HOST_DATADIR_H
#define DAEMON_HOST_DATADIR_H

#include <limits.h>

#include "proto/base/must_use.h"
#include "proto/tlog/key.h"

struct datadir {
    char path[PATH_MAX - 32];
    const char *store; /* name of the folder that the store has here; static */
    int lock;          /* the descriptor that holds the lock */
};

/* Makes the directory, 0700, if it is not there, locks it, and refuses one that holds a log or half
 * of one. Returns 0 or an exit code. */
MUST_USE int datadir_create(struct datadir *d, const char *path, const char *store);

/* Locks a log's directory. Returns 0, or EXIT_USAGE if it is none or somebody else has it. */
MUST_USE int datadir_open(struct datadir *d, const char *path, const char *store);

/* Releases the lock. */
void datadir_close(struct datadir *d);

/* Writes DIR/NAME into out. */
void datadir_file(const struct datadir *d, char out[PATH_MAX], const char *name);

/* Reads or writes (0600, synced) DIR/log.key. Returns 0 or -1. */
MUST_USE int datadir_read_key(const struct datadir *d, struct skey *key);
MUST_USE int datadir_write_key(const struct datadir *d, const struct skey *key);

/* Reads the public part of DIR/log.key alone. Returns 0 or -1. */
MUST_USE int datadir_read_vkey(const struct datadir *d, struct vkey *vkey);

/* Makes the store's folder, and syncs DIR. Returns 0 or -1. */
MUST_USE int datadir_make_store(const struct datadir *d);

/* Makes DIR/blobs and its folders where they are missing, and syncs them. Returns 0 or -1. */
MUST_USE int datadir_make_blobs(const struct datadir *d);

/* Makes the names of the store's files as durable as what is in them, which the engine does not. */
MUST_USE int datadir_sync_store(const struct datadir *d);

#endif
