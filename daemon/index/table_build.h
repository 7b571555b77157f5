/* Making tables: from entries, or of several that stand one behind the other. The file of a table is
 * in its place before its root is told. In bounded memory. */
#ifndef DAEMON_INDEX_TABLE_BUILD_H
#define DAEMON_INDEX_TABLE_BUILD_H

#include "daemon/index/fresh_rows.h"
#include "daemon/index/row_maker.h"
#include "daemon/index/table_files.h"

enum build_result {
    BUILD_DONE,
    BUILD_STOPPED, /* between() said so */
    BUILD_FULL,    /* the disk has no room for it beyond min_free */
    BUILD_MEMORY,
    BUILD_DISK,    /* a file could not be opened or written; errno says why */
    BUILD_DAMAGED, /* a table to be merged is not in its file as its root says, or cannot be read */
    BUILD_UNREAD,  /* the store cannot be read for now */
    BUILD_STORE,   /* an entry that is stored is damaged */
};

/* What the work is done with. */
struct table_job {
    const struct index_folder *files;
    struct store *store;
    uint64_t min_free; /* bytes of the disk that are not for tables */
    /* Called every few milliseconds, without a transaction. Nonzero: stop. It may do other work of
     * the same kind meanwhile, but must not touch the tables that this is about. NULL: never. */
    int (*between)(void *ctx);
    void *ctx;
};

/* Makes the table of the entries from `from` up to, and without, `to`, which are on the disk.
 * block (may be NULL): rows that are at hand, of a stretch that ends at `to`. One thread. */
MUST_USE enum build_result table_build(struct index_table *out, const struct table_job *job,
                                       struct row_maker *maker, uint64_t from, uint64_t to,
                                       const struct fresh_block *block);

/* Makes one table of n, 2 to TABLES_MAX of them. BUILD_DAMAGED: at least one of them is not in its
 * file. One thread. */
MUST_USE enum build_result table_merge(struct index_table *out, const struct table_job *job,
                                       const struct index_table *table, size_t n);

/* Reads a table's file, and says whether its rows have the table's root. Any thread. */
bool table_is_right(const struct index_folder *files, const struct index_table *table);

#endif
