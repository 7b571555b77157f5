/* The files of blobs against the entries. Main thread. */
#ifndef DAEMON_FSCK_FSCK_BLOBS_H
#define DAEMON_FSCK_FSCK_BLOBS_H

#include "daemon/fsck/fsck_report.h"
#include "proto/judge/registry.h"
#include "proto/record/record.h"

struct fsck_blobs;

/* Looks at all files in path (DIR/blobs): each against its name, and against the orders to erase.
 * Report and registry must outlive the result. NULL when out of memory, which is reported. Takes
 * about 5 MB for a million files. */
struct fsck_blobs *fsck_blobs_open(struct fsck_report *r, const char *path,
                                   const struct registry *registry);

/* Reports each blob that the record of an entry names and that is neither kept nor erased by
 * order. NULL is harmless. */
void fsck_blobs_named(struct fsck_blobs *b, uint64_t entry, const struct record *record);

/* After all entries: counts the kept files that no entry names in report->unnamed_blobs, and frees
 * b. NULL is harmless. */
void fsck_blobs_end(struct fsck_blobs *b);

#endif
