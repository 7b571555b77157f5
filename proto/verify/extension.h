/* Whether the tree of one signed checkpoint extends that of another: by a consistency proof, or by
 * the tiles of the newer tree. */
#ifndef PROTO_VERIFY_EXTENSION_H
#define PROTO_VERIFY_EXTENSION_H

#include "proto/base/must_use.h"
#include "proto/tlog/source.h"
#include "proto/verify/contradiction.h"

/* Whether the second tree shows to be smaller than the first, or of another log (undecided, STALE or
 * OTHER_LOG; ROLLED_BACK where a witness cosigned the smaller one later), or of the same size
 * (good, or bad with FORK and evidence). Returns true if that decides it; *verdict and *why say how,
 * false if a proof must. Of each tree `cp` and `note` alone are looked at, here and below. */
MUST_USE bool extension_by_size(enum verdict *verdict, const struct policy *policy,
                                const struct shown_tree *older, const struct shown_tree *newer,
                                struct refusal *why, struct buf *evidence);

/* What a consistency proof (seeded as for proof_consistency(), or as RFC 9162 has it) says of two
 * trees that extension_by_size() leaves open. VERDICT_GOOD; or VERDICT_BAD with one of these.
 * REASON_ROOT: the proof does not lead to the newer root. FORK: it does, and not to the older one;
 * evidence is appended. ROLLED_BACK: a witness cosigned the older tree later than the newer. */
MUST_USE enum verdict extension_by_proof(const struct policy *policy,
                                         const struct shown_tree *older,
                                         const struct shown_tree *newer, const struct hash *proof,
                                         size_t n, bool seeded, struct refusal *why,
                                         struct buf *evidence);

/* Both, with a proof made from tiles. Also VERDICT_BAD with REASON_TILE: a tile has a wrong length;
 * VERDICT_UNDECIDED with the source's reason: one could not be had. */
MUST_USE enum verdict extension_by_tiles(const struct policy *policy,
                                         const struct shown_tree *older,
                                         const struct shown_tree *newer,
                                         const struct source *source, struct refusal *why,
                                         struct buf *evidence);

#endif
