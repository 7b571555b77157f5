/* Writes the log's index: tables of rows in files, and the `index` entries that say what is in them
 * (FORMATS, 24). It has a thread of its own. Every `index_every` entries that have keys, or
 * `index_wait` seconds after the first that no table covers, it makes a table of what is new and has
 * the sequencer append an entry with the whole cover. In between it merges tables; what is merged
 * stands in the next entry. A table's file is on the disk before an entry names it.
 *
 * Nothing of this may harm appending: where the disk is full or fails, indexing waits. Where tables
 * must be made again and come out other than was signed, it stops. */
#ifndef DAEMON_INDEX_INDEXER_H
#define DAEMON_INDEX_INDEXER_H

#include "daemon/append/sequencer.h"
#include "daemon/index/table_files.h"
#include "daemon/state/service.h"
#include "proto/base/must_use.h"

struct indexer;

/* Makes it for a log of that size whose tables are in *files. Both must outlive it. NULL when out
 * of memory. Main thread, before the sequencer is started. */
struct indexer *indexer_new(struct service *service, const struct index_folder *files,
                            uint64_t size);

/* What the sequencer must be given. */
struct sequencer_listener indexer_listener(struct indexer *ix);

/* Starts the thread. service->sequencer must be there by now. Returns 0, or -1: out of threads. */
MUST_USE int indexer_start(struct indexer *ix);

/* Ends the thread, while the sequencer still runs. NULL is harmless. Main thread. */
void indexer_stop(struct indexer *ix);

/* Frees it, after the sequencer. NULL is harmless. */
void indexer_free(struct indexer *ix);

enum indexed {
    INDEXED,         /* the newest `index` entry covers all entries that have keys */
    INDEXED_NOTHING, /* it did before */
    INDEXED_WRONG,   /* the entries do not give the tables that were signed */
    INDEXED_NOT,     /* the log (log.h) says why */
};

/* Instead of indexer_start(): does once what is to be done, on the caller's thread, while the
 * sequencer runs. *entry becomes the newest `index` entry, or NO_ENTRY; *covered what it covers. */
enum indexed indexer_run_once(struct indexer *ix, uint64_t *entry, uint64_t *covered);

#endif
