/* The folder of a witness's state: its lock, and the list of the logs that have a file in it.
 * Thanks to the list, the witness can tell a file that was lost from one that never was. One
 * thread. */
#ifndef CLIENT_WITNESS_WITNESS_FOLDER_H
#define CLIENT_WITNESS_WITNESS_FOLDER_H

#include "client/base/say.h"
#include "proto/base/buf.h"
#include "proto/base/must_use.h"

#define WITNESS_LIST_MAX (1024 * 1024)

struct witness_folder {
    char *dir;
    int lock;        /* keeps other witnesses out; -1: not open */
    bool begins;     /* there was no list, and it may begin with an empty memory */
    struct buf list; /* as on the disk: a first line of its own, then an origin a line */
};

/* Locks the folder, removes what a killed witness was writing, and reads the list. Makes a folder
 * that is missing in its parent. In a new or empty folder it begins an empty list and says so. Only
 * with `begin` does it also make the parent, or begin a list in a folder that has other files.
 * Returns OUTCOME_PROVEN, OUTCOME_USAGE after having said what to do, or OUTCOME_UNDECIDED when out
 * of memory (client/base/lost.h). Close it in any case. */
enum outcome witness_folder_open(struct witness_folder *out, const char *dir, bool begin);
void witness_folder_close(struct witness_folder *f);

/* DIR/NAME, for the caller to free; NULL as from path_join() (client/base/path.h). */
char *witness_folder_path(const struct witness_folder *f, const char *name);

/* Is the origin in the list? */
bool witness_folder_lists(const struct witness_folder *f, struct span origin);

/* Adds an origin to the list, on the disk first and then in memory. Returns 0, or -1 with errno.
 * After -1 it may be in the list all the same, but may not be there after a loss of power. */
MUST_USE int witness_folder_add(struct witness_folder *f, const char *origin);

/* Walks through the list. *at is 0 at the first call and belongs to the walk. *origin is a view
 * into the list. Returns false at the end. */
bool witness_folder_next(const struct witness_folder *f, size_t *at, struct span *origin);

/* Does a file of the folder hold these bytes? With empty bytes: is there no file? */
enum held {
    HELD,
    HELD_NOT,
    HELD_UNREAD, /* it could not be read; errno says why */
};
enum held witness_folder_holds(const char *path, struct span bytes);

/* The same for the file of the list. */
enum held witness_folder_holds_list(const struct witness_folder *f);

/* Is nothing at path, not even a link that leads nowhere? */
bool witness_folder_lacks(const char *path);

#endif
