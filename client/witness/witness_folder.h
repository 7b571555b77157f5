/* The folder of a witness's state: whose it is, and the list of the logs that have a state in
 * it, so that a state that went away is told from one that never was. */
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

/* Takes the folder, and takes away what a killed witness was writing. A folder that does not
 * exist but could be made in its parent, or that is empty, begins an empty list, and that is
 * said; one whose parent is missing, or with files but no list, only with `begin`. Returns
 * OUTCOME_PROVEN, or OUTCOME_USAGE after having said what to do. To be closed in any case. */
enum outcome witness_folder_open(struct witness_folder *out, const char *dir, bool begin);
void witness_folder_close(struct witness_folder *f);

/* DIR/NAME, to be freed. */
char *witness_folder_path(const struct witness_folder *f, const char *name);

bool witness_folder_lists(const struct witness_folder *f, struct span origin);

/* Lists an origin as well, on the disk and then in memory. Returns 0, or -1 with errno: it may
 * be listed all the same, but that may not outlast a loss of power. */
MUST_USE int witness_folder_add(struct witness_folder *f, const char *origin);

/* The next listed origin, from *at = 0 on; false at the end. */
bool witness_folder_next(const struct witness_folder *f, size_t *at, struct span *origin);

/* A file of the folder is as in memory; empty bytes: there is none. */
enum held {
    HELD,
    HELD_NOT,
    HELD_UNREAD, /* that could not be found out; errno */
};
enum held witness_folder_holds(const char *path, struct span bytes);

/* The same of the list. */
enum held witness_folder_holds_list(const struct witness_folder *f);

/* Nothing is at path: no file, and no link either, wherever it leads. */
bool witness_folder_lacks(const char *path);

#endif
