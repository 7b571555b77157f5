/* The keys of one entry, and of the entries that it names: docs/FORMATS.md, 24.1. One thread. */
#ifndef PROTO_INDEX_ENTRY_KEYS_H
#define PROTO_INDEX_ENTRY_KEYS_H

#include "proto/index/index_key.h"
#include "proto/record/record.h"

/* An entry's keys. Begins all zeroes; entry_keys_free() frees it, and it may be used again without
 * that. */
struct entry_keys {
    struct index_key *key; /* ascending, none twice */
    size_t n, room;
    struct index_key *warrant; /* those of them that are warrant keys, which pass on; ascending */
    size_t warrants, warrant_room;
    unsigned about; /* its depth (24.1), ABOUT_DEPTH_MAX + 1 at most */
};

#define ABOUT_DEPTH_MAX 8 /* an entry of a higher depth has no warrant keys */

/* Whether entries of that kind have keys: all kinds but `index` and `access`. */
static inline bool kind_has_keys(enum kind kind)
{
    return kind != KIND_INDEX && kind != KIND_ACCESS;
}

void entry_keys_free(struct entry_keys *k);

/* What is known of an entry that another one names. */
struct named_entry {
    struct hash leaf;
    enum kind kind;                  /* of its record; KIND_NONE if it is no v1 form */
    const struct index_key *warrant; /* warrants of them; valid until the next call */
    size_t warrants;
    unsigned about; /* as in struct entry_keys */
    bool partial;   /* its own keys came with NAMED_UNKNOWN */
};

enum named_entry_result {
    NAMED_FOUND,
    NAMED_UNKNOWN, /* it is not at hand, so that nobody knows what is inherited of it */
    NAMED_MEMORY,
};

/* Looks up an entry below the one that names it. It need not look at warrants where the kind is not
 * `target`, unless that is KIND_ANY. */
typedef enum named_entry_result named_fn(void *ctx, uint64_t index, enum kind target,
                                         struct named_entry *out);

/* Sets *out to the keys of the entry at that index. record: NULL if the entry is no v1 form.
 * Returns NAMED_FOUND; NAMED_UNKNOWN if an entry that it names, directly or not, is not at hand:
 * then *out holds the keys that do not rest on it; NAMED_MEMORY. */
MUST_USE enum named_entry_result entry_keys_of(struct entry_keys *out, uint64_t index,
                                               const struct record *record, named_fn *named,
                                               void *ctx);

/* Reads the bytes of an entry and its leaf hash in the tree; valid until the next call. */
typedef enum named_entry_result entry_read_fn(void *ctx, uint64_t index, struct span *bytes,
                                              struct hash *leaf);

/* The same from an entry's bytes, where all that it names, directly or not, is read by `read`. It
 * parses them anew each time: for a few entries, since an entry may name 256 others. */
MUST_USE enum named_entry_result entry_keys_read(struct entry_keys *out, uint64_t index,
                                                 struct span bytes, entry_read_fn *read, void *ctx);

/* Whether it has the key. */
bool entry_keys_have(const struct entry_keys *k, const struct index_key *key);

#endif
