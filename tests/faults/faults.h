/* faults.so, a library that is preloaded into a program under test. It sees the program's system
 * calls, at the functions of libc by which the program and its libraries make them, and it does three
 * things, each where a variable of the environment asks for it:
 *
 * SWEEP=FILE (position.c) counts calls by position: who called whom, down to the call. FILE holds
 * the table of positions (struct sweep), which outlives the process however that ends.
 *   SWEEP_AT=POSITION:N:ACTION does something at the N-th call of a position (16 hex digits):
 *   an errno value: the call fails with it and is not made; `short`: half of the bytes are read or
 *   written; `kill`: the call is made, and the process ends by SIGKILL; `half`: both. Several stand
 *   with commas between them.
 *
 * JOURNAL=FILE JOURNAL_ROOT=DIR (journal.c) writes down each change of a file or folder below DIR,
 * each sync, and what comes from and goes to sockets, in the order in which they happen. crash.py makes folders
 * of it as a loss of power might leave them.
 *
 * CLOCK=FILE (clock.c) sets the wall clock.
 *
 * What libc calls inside itself is not seen: fopen() is, the write() behind fputs() is not. */
#ifndef TESTS_FAULTS_FAULTS_H
#define TESTS_FAULTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* ---- positions (position.c) ------------------------------------------------------------------ */

#define SLOTS 8192
#define MODULES 64
#define DEPTH 24
#define FAULTS_MAX 64

/* One position. A frame is the number of its module, and the offset of the address in it. */
struct slot {
    uint64_t position, count;
    uint32_t mode, flags; /* st_mode of the file that it is about; flags of open() */
    uint32_t depth, spare;
    uint64_t frame[DEPTH]; /* module << 48 | offset, the innermost first */
    char call[16], path[88];
};

/* The file: sweep.py reads it. */
struct sweep {
    uint64_t magic, calls, reached, used; /* reached: bit i for fault i of SWEEP_AT */
    char module[MODULES][128];
    struct slot slot[SLOTS];
};

#define SWEEP_MAGIC UINT64_C(0x5357454550303031)

enum action { ACTION_NONE, ACTION_ERRNO, ACTION_SHORT, ACTION_KILL, ACTION_HALF_KILL };

/* What is to happen at a call. */
struct fault {
    enum action action;
    int number; /* ACTION_ERRNO */
};

/* Counts a call. fd (or -1) and path (or NULL) say what it is about. Keeps errno. */
struct fault fault_at(const char *call, int fd, const char *path, int flags);

/* Ends the process where the fault says so: after the call. */
void fault_done(const struct fault *f);

/* Is this thread inside the library already? Then its calls do not count. */
extern __thread int faults_inside;

/* ---- the journal (journal.c) ----------------------------------------------------------------- */

enum journal_event {
    EVENT_CREATE = 1, /* ino, in the folder other, path */
    EVENT_MKDIR,      /* likewise */
    EVENT_WRITE,      /* ino, at, data; written down before it is made */
    EVENT_TRUNCATE,   /* ino, at: the new size */
    EVENT_RENAME,     /* ino, path to second; at and other: the folders */
    EVENT_UNLINK,     /* ino, in the folder other, path */
    EVENT_SYNC_BEGIN, /* ino, path */
    EVENT_SYNC_END,   /* ino, path, at: the number of the event that began it */
    EVENT_SEND,       /* ino: the descriptor; data */
    EVENT_MAPPED,     /* ino, path: memory that is written to a file behind our back */
    EVENT_FAILED,     /* path: a call that was written down and did not do it all */
    EVENT_SYNCED, /* ino, path, at: the number of a write that is on the disk, alone (O_DSYNC) */
    EVENT_LINK,   /* ino, in the folder other, path: one more name */
    EVENT_HEARD,  /* ino: the descriptor; data: what came from a socket */
};

/* Whether a journal is kept at all. */
bool journal_on(void);

/* Around each change of the disk, so that they are written down in their order. */
void journal_lock(void);
void journal_unlock(void);

/* Writes an event down, if it is about something below the root; under the lock. Each returns the
 * number of the event, or 0. */
uint64_t journal_made(enum journal_event what, const char *path);
uint64_t journal_write(int fd, const struct iovec *part, int parts, off_t at);
uint64_t journal_truncate(int fd, off_t size);
void journal_stream(int fd);
uint64_t journal_sync_begin(int fd);
void journal_sync_end(int fd, uint64_t begun);
void journal_synced(int fd, uint64_t write);
void journal_send(int fd, const struct iovec *part, int parts, size_t sent);
/* This one takes the lock itself, and looks whether it is a socket. Keeps errno. */
void journal_heard(int fd, const struct iovec *part, int parts, ssize_t came);
void journal_mapped(int fd);
void journal_failed(const char *call);

/* A path as it is before a change takes it away: fill in, change, write down. */
struct journal_place {
    char path[1024];
    uint64_t ino, folder; /* ino 0: nothing was there */
};
void journal_look(struct journal_place *p, int dir, const char *name);
void journal_rename(const struct journal_place *from, const struct journal_place *to);
void journal_unlink(const struct journal_place *p);

#endif
