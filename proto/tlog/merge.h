/* Two notes of one checkpoint: no cosignature is lost, and none goes back in time. */
#ifndef PROTO_TLOG_MERGE_H
#define PROTO_TLOG_MERGE_H

#include "proto/tlog/policy.h"

/* Appends `newer` with the lines of `older` that it lacks, and with the younger of two
 * cosignatures of one witness of the policy. Others' lines are left out where they would be too
 * many, so that nobody pushes out the policy's own. Just `newer` where the two are not notes of
 * one checkpoint that both open under the policy. */
void checkpoint_merge(struct buf *out, const struct policy *p, struct span older,
                      struct span newer);

#endif
