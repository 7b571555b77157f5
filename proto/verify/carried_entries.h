/* Judging a log by a few of its entries, each with its inclusion path: what receipts and evidence
 * have in common. */
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

#endif
