/* The interval that lasts: rows that are on the disk before anybody gets the answers that they are
 * about. One thread. errno says why after a failure. */
#ifndef DAEMON_ACCESS_ROW_JOURNAL_H
#define DAEMON_ACCESS_ROW_JOURNAL_H

#include "daemon/access/row_file.h"

struct row_journal {
    const struct access_folder *folder;
    int fd; /* of the file `open`; -1: it is not open */
    uint64_t end;
    struct row_interval interval; /* with the rows that are on the disk */
    /* Added, and not on the disk yet: */
    struct buf fresh;
    struct row_interval after; /* the interval with them */
};

/* Opens `open`, where it is there, and drops what no commit completed. With `again` all of it is
 * written anew: after a commit that failed nobody knows which of its bytes are on the disk. Returns
 * 1; 0 if there is no such file; or -1, closed. *lost becomes the number of lines that were no rows,
 * the last one included where it was cut off. */
MUST_USE int row_journal_open(struct row_journal *j, const struct access_folder *folder, bool again,
                              uint64_t *lost);

/* Makes `open` for an interval that begins then, in a log of that size. Returns 0, or -1, closed. */
MUST_USE int row_journal_begin(struct row_journal *j, const struct access_folder *folder,
                               int64_t from, uint64_t size);

/* Adds a row, whose `at` becomes now, or the last row's where that is later. */
void row_journal_add(struct row_journal *j, struct access_row *row, int64_t now);

/* Puts what was added on the disk. Returns 0; or -1, also without memory: then nothing was added,
 * but some of it may be in the file, which is closed. */
MUST_USE int row_journal_commit(struct row_journal *j);

/* Ends the interval: the file is a closed one from now on. until is later than its beginning and
 * than its last row. Returns 0, closed; or -1, and the interval lasts. */
MUST_USE int row_journal_end(struct row_journal *j, int64_t until);

/* Closes it. Harmless where it is closed. */
void row_journal_close(struct row_journal *j);

#endif
