/* Judging a log by a few of its entries: what receipts, evidence and answers have in common. */
#ifndef PROTO_VERIFY_CARRIED_ENTRIES_H
#define PROTO_VERIFY_CARRIED_ENTRIES_H

#include "proto/tlog/tree.h"
#include "proto/verify/receipt.h"

/* Judges entries under one root: first each path, then all that a replay would judge, as far as
 * these entries show it. Indexes may come in any order, none twice. `log`: the keys of the log. pin
 * (may be NULL): the leaf hash that entry 0 must have.
 *
 * Returns how many records are signed by a key whose enrolment is among the entries (genesis: by
 * the log's key); SIZE_MAX when out of memory or stopped. *skew (may be NULL) becomes the log's
 * skew in milliseconds, as the genesis among them says, or the default. */
size_t carried_judge(const struct proven_entry *entry, size_t entries, uint64_t size,
                     const struct hash *root, const struct log_keys *log, const struct hash *pin,
                     const struct watch *watch, int64_t *skew);

/* An entry that the caller has proven into the tree. */
struct entry_at_hand {
    uint64_t index;
    struct span bytes;
    const struct record *record; /* parsed from its note, or NULL */
    struct hash leaf;
};

/* Hears of each entry after it was judged, in ascending order. signer: who signed it, by the
 * entries so far; NULL unless e->counts. Both are valid during the call only. */
typedef void carried_judged_fn(void *ctx, const struct judged *e, const struct enrolment *signer);

struct carried_setup {
    uint64_t size; /* of the tree */
    const struct log_keys *log;
    const struct hash *pin; /* may be NULL */
    const struct watch *watch;
    carried_judged_fn *judged; /* may be NULL */
    void *ctx;                 /* of judged */
};

/* The same of entries, ascending and none twice, whose proofs the caller has looked at. Looking one
 * of them up takes a binary search: there may be many. */
size_t carried_judge_proven(const struct entry_at_hand *entry, size_t entries,
                            const struct carried_setup *setup, int64_t *skew);

#endif
