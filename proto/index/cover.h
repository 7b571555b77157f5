/* What an `index` entry covers, and how it goes on from the one before: docs/FORMATS.md, 24.4. Any
 * thread. */
#ifndef PROTO_INDEX_COVER_H
#define PROTO_INDEX_COVER_H

#include "proto/base/limits.h"
#include "proto/index/index_table.h"
#include "proto/record/record.h"

struct cover {
    uint64_t entry; /* the index of the `index` entry; NO_ENTRY: there is none so far */
    uint64_t end;   /* B: entries below it are covered */
    struct index_table table[TABLES_MAX];
    size_t tables;
};

/* Reads the cover of a record of kind `index`. Returns true if its version is INDEX_VERSION. */
MUST_USE bool cover_of(struct cover *out, uint64_t entry, const struct record *record);

/* Whether `later` may follow `earlier` (whose entry may be NO_ENTRY), by 1 to 4 of 24.4. Returns 0,
 * or -1 with REASON_INDEX_…. */
MUST_USE int cover_follows(const struct cover *earlier, const struct cover *later,
                           struct refusal *why);

/* The table of `earlier` with the same bounds and root; NULL if there is none. */
const struct index_table *cover_same_table(const struct cover *earlier,
                                           const struct index_table *table);

/* Whether one of its tables has that root. */
bool cover_has_root(const struct cover *cover, const struct hash *root);

/* Appends the JSON of its `version` and `tables`, without braces: `"version":1,"tables":[…]`. */
void cover_json(struct buf *out, const struct cover *cover);

#endif
