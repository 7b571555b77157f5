/* Rows of tables, read while a part of an answer is made. Nothing that is read need be right. One
 * thread. */
#ifndef PROTO_ANSWER_ANSWER_ROWS_H
#define PROTO_ANSWER_ANSWER_ROWS_H

#include "proto/answer/answer_make.h"

#define TABLE_FILES_KEPT 16

/* The files that were read last: proofs come back to the same few again and again. Begins with
 * source set, and all else zero. table_files_free() frees it. */
struct kept_table_files {
    const struct answer_source *source;
    struct kept_table_file {
        struct hash root;
        struct index_table_file f;
        struct buf bytes;
        bool used;
    } file[TABLE_FILES_KEPT];
    size_t next;
    bool memory; /* out of memory: why reading failed, or a proof */
};

void table_files_free(struct kept_table_files *k);

/* An index_table_read_fn; ctx is the struct kept_table_files. */
int table_files_read(void *ctx, const struct hash *root, const struct index_table_file *f,
                     struct buf *out);

/* The rows of one key in a table, one after the other. page is freed by the caller. */
struct row_walk {
    struct kept_table_files *files;
    const struct index_table *table;
    struct index_key key;
    uint64_t place, to; /* of the next row; the entry where they end */
    struct buf page;
    uint64_t number; /* of the page that is there, if page.n > 0 */
};

/* Sets *place to that of the first row of that key and an entry not below `entry`. Each returns
 * ANSWER_MADE, ANSWER_UNREAD or ANSWER_MEMORY. */
MUST_USE enum answer_made row_find(struct kept_table_files *files, const struct index_table *table,
                                   const struct index_key *key, uint64_t entry, uint64_t *place);

/* The row at a place, which is below the table's rows. */
MUST_USE enum answer_made row_at(struct row_walk *w, uint64_t place, struct index_row *out);

/* Sets *entry to the next row's, or to NO_ENTRY if there is none. Does not go on. */
MUST_USE enum answer_made row_next(struct row_walk *w, uint64_t *entry);

#endif
