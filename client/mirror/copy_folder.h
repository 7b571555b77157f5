/* The folder of a mirror's copy. New files are staged beside the copy, and moved in when all of
 * them are there; the checkpoint comes last. So the folder is a complete log at any moment, and
 * whoever has just read an older checkpoint of it still finds all files of that one. */
#ifndef CLIENT_MIRROR_COPY_FOLDER_H
#define CLIENT_MIRROR_COPY_FOLDER_H

#include "client/base/say.h"

struct copy_folder {
    const char *dir; /* borrowed */
    int lock;        /* descriptor that holds the lock: one run at a time; -1: none */
    bool staged;     /* something waits to be moved in */
    bool failed;     /* a file could not be staged; that was said */
    uint64_t swept;  /* below the full tiles of that size no partial ones are left */
};

/* Makes the folder where it is missing, and locks it. Returns OUTCOME_PROVEN, or OUTCOME_USAGE or
 * OUTCOME_UNDECIDED (another run uses it) after having said why. *c needs copy_folder_close() in
 * any case. */
enum outcome copy_folder_open(struct copy_folder *c, const char *dir);
void copy_folder_close(struct copy_folder *c);

/* Stages one file; name: its path in the folder. A failure is said, and remembered in c->failed. */
void copy_folder_stage(struct copy_folder *c, const char *name, struct span bytes);

/* Removes all that is staged. */
void copy_folder_unstage(struct copy_folder *c);

/* Moves in what is staged, then replaces the checkpoint. Returns OUTCOME_PROVEN, or
 * OUTCOME_UNDECIDED after having said why. */
enum outcome copy_folder_keep(struct copy_folder *c, struct span checkpoint);

/* Replaces one small file of the copy at once. Returns as copy_folder_keep() does. */
enum outcome copy_folder_put(struct copy_folder *c, const char *name, struct span bytes);

/* Removes the folders in a folder of the copy for whose name is_needed() is false. */
void copy_folder_sweep(struct copy_folder *c, const char *name,
                       bool (*is_needed)(const void *ctx, const char *name), const void *ctx);

/* Removes partial tiles whose full ones were there at size `old`. They are kept for as long as the
 * log has not grown once more: whoever has read the checkpoint that they belong to asks for them,
 * and not every reader takes the full one in its place. */
void copy_folder_drop_partials(struct copy_folder *c, uint64_t old);

/* The folder by a name beside which another can stand: never one that ends with "/", "." or "..".
 * To be freed; NULL if there is no memory. */
char *copy_folder_name(const char *dir);

#endif
