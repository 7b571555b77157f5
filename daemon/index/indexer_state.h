/* The indexer's state, shared by indexer.c, index_sign.c, index_tables.c and index_trouble.c; nobody
 * else looks inside. All of it belongs to the indexer's thread, but for what says otherwise. */
#ifndef DAEMON_INDEX_INDEXER_STATE_H
#define DAEMON_INDEX_INDEXER_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/index/fresh_rows.h"
#include "daemon/index/indexer.h"
#include "daemon/index/leaving.h"
#include "daemon/index/merge_policy.h"
#include "daemon/index/table_build.h"
#include "proto/index/cover.h"

/* A table that the next `index` entry will name. */
struct index_slot {
    struct index_table table;
    unsigned merge; /* number of the merge that takes it up; 0: none */
};

struct indexer {
    struct service *service;
    const struct index_folder *files;
    struct fresh_rows *fresh; /* locks itself */
    struct row_maker *maker;
    struct table_job job;
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    bool stopped; /* for good: `wrong`, or an entry cannot be read */
    bool wrong;   /* the entries do not give what was signed */
    bool waiting; /* something failed: nothing is tried before retry_at */
    int64_t retry_ms;
    int64_t retry_at;   /* steady milliseconds */
    struct cover cover; /* the last that was signed */
    uint64_t keyed;     /* entries with keys behind the slots that fresh does not count: at least */
    int64_t since;      /* acceptance of the first of them */
    unsigned merges;    /* numbers given to merges */
    unsigned below;     /* only tiers below it are merged now; 0: only a table is being built */
    struct leaving leaving;
    /* Its record with the sequencer: */
    struct own_record own;
    pthread_mutex_t lock; /* for answered */
    pthread_cond_t answer;
    bool answered;
    /* What the next entry will name, in order: */
    size_t slots;
    struct index_slot slot[TABLES_MAX];
};

/* ---- index_tables.c -------------------------------------------------------------------------- */

/* Reads where the log stands, removes files that nobody needs, and makes those again that are
 * missing. Returns whether that was possible. */
bool index_recall(struct indexer *ix);

/* Makes a table of all that is behind the slots. Returns whether there is one more slot. */
bool index_flush(struct indexer *ix);

/* Merges the tables of a choice; between two steps other work is done (indexer.c, between()). Returns
 * whether that was possible. */
bool index_merge(struct indexer *ix, const struct merge_choice *choice);

/* What may be merged now. */
struct merge_choice index_choose(const struct indexer *ix, unsigned below);

/* Makes room for one more slot if there is none. Returns whether there is some. */
bool index_make_room(struct indexer *ix);

/* Where the slots end. */
uint64_t index_end(const struct indexer *ix);

/* ---- index_sign.c ---------------------------------------------------------------------------- */

/* Has an `index` entry appended that names the slots. Returns whether it is in the log. */
bool index_sign(struct indexer *ix);

/* ---- index_trouble.c ------------------------------------------------------------------------- */

/* Something failed: waits a while, and tells the operator the first time. */
void index_fail(struct indexer *ix, const char *cause);

/* Ends indexing for good. */
void index_give_up(struct indexer *ix, const char *cause);

/* The log has its last entry: there is nothing more to write. */
void index_ends(struct indexer *ix);

/* It succeeds again, or did not fail. */
void index_goes_on(struct indexer *ix);

#endif
