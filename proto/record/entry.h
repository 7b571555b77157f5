/* An entry: what the log stores and hashes. Four lines that the sequencer adds, an empty line, then
 * the record note byte for byte. */
#ifndef PROTO_RECORD_ENTRY_H
#define PROTO_RECORD_ENTRY_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/base/reason.h"

struct entry {
    uint64_t index;
    int64_t accepted; /* milliseconds */
    struct hash link; /* leaf hash of the entry before; zeroes for entry 0 */
    struct span note; /* the record, into the entry's bytes */
};

/* Splits an entry's bytes, which must outlive it. Returns 0, or -1 with REASON_ENTRY_FORM, or
 * REASON_VERSION where the first line names a version that is not v1. */
MUST_USE int entry_parse(struct entry *out, struct span bytes, struct refusal *why);

/* Appends the bytes of an entry. out->failed is set when out of memory. */
void entry_format(struct buf *out, const struct entry *e);

#endif
