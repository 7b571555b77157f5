/* What lanes are asked before they are relied on, and once more afterwards. */
#ifndef PROTO_ACCEL_LANES_TRY_H
#define PROTO_ACCEL_LANES_TRY_H

#include "proto/base/must_use.h"
#include "proto/tlog/verify_sig.h"

/* Tries lanes: good signatures of messages of many lengths, a bad one in each lane, and the edges
 * that signing_begin() tries; 64 batches, and a few by chance. Returns NULL; or the name of what they
 * judge otherwise, "" where this processor cannot do it. What v has counted stays. After
 * signing_begin(), which must have found nothing; no other thread uses v. */
MUST_USE const char *lanes_try(struct sig_verifier *v);

#endif
