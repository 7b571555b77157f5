/* The store against itself. Every entry is replayed as an auditor would, then every index is held
 * against the entries, both ways. Nothing is written. */
#ifndef DAEMON_FSCK_H
#define DAEMON_FSCK_H

#include <jansson.h>

#include "daemon/store.h"
#include "proto/judge.h"

struct fsck_report {
    uint64_t size; /* of the signed checkpoint; 0 if there is none to believe */
    struct hash root;
    uint64_t findings;
    json_t *list; /* of objects {code, entry, detail}; NULL: they are printed as they come */
};

/* Adds a finding; entry may be NO_ENTRY. */
void fsck_found(struct fsck_report *r, const char *code, uint64_t entry, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Looks at all of it. */
void fsck_walk(struct fsck_report *r, struct store *store, const struct vkey *key);

/* fsck_index.c: the indexes of a log of that size, by the registry that its entries make. */
void fsck_indexes(struct fsck_report *r, struct store_txn *t, const struct registry *registry);

#endif
