/* Checkpoints, c2sp.org/tlog-checkpoint: the text of a note that names an origin, a tree size and
 * a root. Who signed it is policy.h's business. */
#ifndef PROTO_TLOG_CHECKPOINT_H
#define PROTO_TLOG_CHECKPOINT_H

#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/base/reason.h"

struct checkpoint {
    struct span origin;
    uint64_t size;
    struct hash root;
};

/* Parses a note's text; extension lines are allowed, kept in the text and not looked at. Returns 0
 * or -1 with REASON_CHECKPOINT. origin points into text. */
MUST_USE int checkpoint_parse(struct checkpoint *out, struct span text, struct refusal *why);

/* Appends the three lines. */
void checkpoint_format(struct buf *out, const char *origin, uint64_t size, const struct hash *root);

#endif
