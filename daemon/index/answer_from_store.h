/* Answers (FORMATS, 25) made of the store and the files of tables. */
#ifndef DAEMON_INDEX_ANSWER_FROM_STORE_H
#define DAEMON_INDEX_ANSWER_FROM_STORE_H

#include "daemon/index/table_files.h"
#include "daemon/store/store.h"
#include "proto/answer/answer_make.h"

/* Appends one part, as answer_make() does. ask->index may be NO_ENTRY: the newest `index` entry
 * below ask->size, which is at most that of a signed checkpoint. Returns STORE_OK; STORE_ABSENT: no
 * such `index` entry, or its tables are not kept any more, or nothing lies beyond ask->from;
 * STORE_MEMORY; or what the store said. Waits for the disk; holds no transaction meanwhile. Any
 * thread. */
MUST_USE enum store_result answer_from_store(struct buf *out, struct store *store,
                                             const struct index_folder *tables,
                                             const struct answer_ask *ask);

#endif
