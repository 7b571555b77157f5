/* Tables that no newer cover needs, and that somebody may still be reading. One thread. */
#ifndef DAEMON_INDEX_LEAVING_H
#define DAEMON_INDEX_LEAVING_H

#include "daemon/index/table_files.h"
#include "proto/index/cover.h"

/* All zeroes: empty. */
struct leaving {
    struct leaving_table {
        struct hash root;
        uint64_t entry; /* the `index` entry that does without it */
        int64_t since;  /* when that was under a checkpoint with its quorum; -1: not yet */
    } * table;
    size_t n, room;
};

void leaving_free(struct leaving *l);

/* Adds the tables of a cover that the next one does not have. Out of memory they stay until the
 * daemon is started anew. */
void leaving_add(struct leaving *l, const struct cover *before, const struct cover *next);

/* Removes the files of those that have been out of use for `keep` milliseconds, by a clock that
 * says `now`. Checkpoints of `witnessed` entries have their quorum. A table that `needed` says is
 * needed again stays. */
void leaving_remove(struct leaving *l, const struct index_folder *files, uint64_t witnessed,
                    int64_t now, int64_t keep, bool (*needed)(void *ctx, const struct hash *root),
                    void *ctx);

#endif
