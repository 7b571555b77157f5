/* Judging a log from a few entries that somebody carries about, each with its inclusion path: what
 * receipts and evidence have in common. */
#ifndef PROTO_VERIFY_CARRIED_ENTRIES_H
#define PROTO_VERIFY_CARRIED_ENTRIES_H

#include "proto/tlog/tree.h"
#include "proto/verify/receipt.h"

/* Judges entries under one root: each path first, then all that a replay would judge as far as
 * these entries alone can show it. Indexes may come in any order, none twice. Returns the number
 * of entries whose record signature was found good by an enrolment that is itself among them
 * (genesis: by the log's key), or SIZE_MAX when out of memory or stopped. *skew (may be NULL) becomes the
 * log's, in milliseconds, as the genesis among them says. */
size_t carried_judge(const struct proven_entry *entry, size_t entries, uint64_t size,
                     const struct hash *root, const struct log_keys *log, const struct hash *pin,
                     const struct watch *watch, int64_t *skew);

#endif
