/* The tables of the index against the entries. Main thread. */
#ifndef DAEMON_FSCK_FSCK_TABLES_H
#define DAEMON_FSCK_FSCK_TABLES_H

#include "daemon/fsck/fsck_report.h"
#include "daemon/store/store.h"

/* Computes the tables of the newest `index` entry again, from the entries of a STORE_READ
 * transaction, and compares them with what was signed and with their files in DIR/index, where dir
 * is DIR. Counts in r->absent_tables those that have no file: the daemon makes it when it starts.
 * Sorts in TMPDIR what is more than some megabytes. */
void fsck_tables(struct fsck_report *r, struct store_txn *t, const char *dir);

#endif
