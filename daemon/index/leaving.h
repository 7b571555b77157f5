/* Tables that no newer cover needs, and that somebody may still be reading. One thread.
 *
 * Whoever asks for an answer rests on the cover below the newest checkpoint that has its quorum. A
 * table of that cover stays. Another one goes after a while, also where witnesses are silent and that
 * checkpoint stays what it is: the files of such a log must not become more and more. */
#ifndef DAEMON_INDEX_LEAVING_H
#define DAEMON_INDEX_LEAVING_H

#include "daemon/index/table_files.h"
#include "proto/index/cover.h"

/* All zeroes: empty. */
struct leaving {
    struct leaving_table {
        struct hash root;
        uint64_t first; /* the `index` entry that named it first */
        uint64_t entry; /* the one that does without it */
        int64_t since;  /* since when no witnessed cover has it; -1: one does */
    } * table;
    size_t n, room;
    struct named_table {
        struct hash root;
        uint64_t first;  /* as above; 0 if that was before the daemon was started */
    } named[TABLES_MAX]; /* those of the newest cover */
    size_t named_n;
};

void leaving_free(struct leaving *l);

/* Adds the tables of a cover that the next one does not have; of several such calls, each begins
 * with the cover that the one before ended with. Out of memory they stay until the daemon is started
 * anew. */
void leaving_add(struct leaving *l, const struct cover *before, const struct cover *next);

/* Removes the files of those that have been out of use for `keep` milliseconds, by a clock that
 * says `now`. The newest checkpoint that has its quorum is one of `witnessed` entries. A table that `needed` says is
 * needed again stays. */
void leaving_remove(struct leaving *l, const struct index_folder *files, uint64_t witnessed,
                    int64_t now, int64_t keep, bool (*needed)(void *ctx, const struct hash *root),
                    void *ctx);

#endif
