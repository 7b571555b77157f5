/* The keys of one entry after another, of which the warrant keys pass on to later ones: what these
 * need is kept on tapes. An entry that stands before the first one kept is read again when it is
 * named. docs/FORMATS.md, 24.1. One thread. */
#ifndef PROTO_RECOUNT_KNOWN_KEYS_H
#define PROTO_RECOUNT_KNOWN_KEYS_H

#include "proto/base/tape.h"
#include "proto/index/entry_keys.h"

struct known_keys {
    struct tape *items;    /* an item for each entry from `first` on */
    struct tape *warrants; /* their warrant keys */
    entry_read_fn *read;   /* of others: NAMED_UNKNOWN if one cannot be read */
    void *read_ctx;
    uint64_t first, next;   /* entries that are kept; next: without */
    struct entry_keys keys; /* of the entry that was looked at last */
    bool unread;            /* of that entry: one that it names could not be read */

    /* The rest is its own. Begins all zeroes. */
    struct entry_keys named;
    struct buf bytes;
    struct index_key *key;
    size_t room;
};

void known_keys_free(struct known_keys *k);

/* Sets k->keys to those of an entry. Returns NAMED_FOUND; NAMED_UNKNOWN if they cannot be known;
 * NAMED_MEMORY when out of memory, or if a tape cannot be read. record: NULL if the entry is no v1
 * form. */
MUST_USE enum named_entry_result known_keys_of(struct known_keys *k, uint64_t index,
                                               const struct record *record);

/* Keeps the entry k->next with k->keys. kind: that of its record, KIND_NONE if it is no v1 form;
 * known: known_keys_of() returned NAMED_FOUND. Returns 0, or -1 if there is no room. */
MUST_USE int known_keys_keep(struct known_keys *k, const struct hash *leaf, enum kind kind,
                             bool known);

/* The same for one that could not be read. */
MUST_USE int known_keys_lack(struct known_keys *k, const struct hash *leaf);

#endif
