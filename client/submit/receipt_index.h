/* Which receipt is which record's: a table for people beside the folder of receipts, FOLDER-index.csv,
 * with a row for each receipt that was kept. Beside it, as whatever stands in the folder is taken for
 * a receipt. It is a help: what goes wrong with it is said, and ends nothing. Main thread. */
#ifndef CLIENT_SUBMIT_RECEIPT_INDEX_H
#define CLIENT_SUBMIT_RECEIPT_INDEX_H

#include "proto/verify/receipt.h"

struct receipt_index {
    char *path;      /* NULL: there is none */
    uint64_t *entry; /* the entries that have a row, in order */
    size_t n, cap;
};

/* Reads the table that is there, if there is any, so that no receipt gets two rows. One that cannot
 * be read, or is another file, is told, and left alone. */
void receipt_index_open(struct receipt_index *x, const char *folder);
void receipt_index_close(struct receipt_index *x);

/* Adds a row for a receipt that was judged and kept, unless it has one. name: its file, in the
 * folder. line: of the input, from 1; 0: there was none. The folder must be locked by the caller. */
void receipt_index_add(struct receipt_index *x, const char *name, struct span receipt,
                       const struct receipt_report *report, uint64_t line);

#endif
