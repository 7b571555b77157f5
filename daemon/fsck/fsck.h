/* The store against itself. Every entry is replayed as an auditor would, then every index and the
 * blobs are held against the entries, both ways. Nothing is written. */
#ifndef DAEMON_FSCK_FSCK_H
#define DAEMON_FSCK_FSCK_H

#include <jansson.h>

#include "daemon/store/store.h"
#include "proto/judge/judge.h"

struct fsck_report {
    uint64_t size; /* of the signed checkpoint; 0 if there is none to believe */
    struct hash root;
    uint64_t findings;
    uint64_t unnamed_blobs; /* kept though no entry names them: no finding, a crash leaves such */
    json_t *list; /* of objects {code, entry, detail}; NULL: they are printed as they come */
};

/* Adds a finding; entry may be NO_ENTRY. */
void fsck_found(struct fsck_report *r, const char *code, uint64_t entry, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Looks at all of it; blobs is DIR/blobs, which may be missing. */
void fsck_walk(struct fsck_report *r, struct store *store, const struct vkey *key,
               const char *blobs);

/* fsck_index.c: the indexes of a log of that size, by the registry that its entries make; and what its
 * records name, for fsck_blobs_named(). */
struct fsck_blobs;
void fsck_indexes(struct fsck_report *r, struct store_txn *t, const struct registry *registry,
                  struct fsck_blobs *blobs);

/* fsck_blobs.c: the files of blobs. Opening looks at all of them, each against its name and the
 * orders to erase; NULL when out of memory, which is a finding. About 5 MB for a million. */
struct fsck_blobs *fsck_blobs_open(struct fsck_report *r, const char *path,
                                   const struct registry *registry);

/* The record of an entry: what it names must be kept, or erased. NULL is harmless. */
void fsck_blobs_named(struct fsck_blobs *b, uint64_t entry, const struct record *record);

/* After all entries: counts what no entry names, and frees. NULL is harmless. */
void fsck_blobs_end(struct fsck_blobs *b);

#endif
