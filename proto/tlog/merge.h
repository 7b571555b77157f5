/* Two notes of one checkpoint made one, without losing a cosignature. */
#ifndef PROTO_TLOG_MERGE_H
#define PROTO_TLOG_MERGE_H

#include "proto/tlog/policy.h"

/* Appends `newer` with the lines of `older` that it lacks. Of two cosignatures of one witness of
 * the policy it takes the later one. Lines of others are left out if there would be too many, so
 * that nobody can push out those of the policy. If the two are not notes of one checkpoint that
 * both open under the policy, appends `newer` as it is. Any thread. */
void checkpoint_merge(struct buf *out, const struct policy *p, struct span older,
                      struct span newer);

#endif
