/* Whether the tree of one signed checkpoint extends that of another: by a consistency proof, or by
 * the tiles of the newer tree. */
#ifndef PROTO_VERIFY_EXTENSION_H
#define PROTO_VERIFY_EXTENSION_H

#include "proto/base/must_use.h"
#include "proto/tlog/source.h"
#include "proto/verify/contradiction.h"

/* What sizes and roots alone decide. Returns false if a proof is needed; true with *verdict and
 * *why:
 *
 *   another log                 undecided, REASON_OTHER_LOG
 *   the newer tree is smaller   undecided, REASON_STALE; or REASON_ROLLED_BACK, if a witness
 *                               cosigned the smaller tree later
 *   both are of one size        good; or bad, REASON_FORK, with evidence appended
 *
 * Here and below only `cp` and `note` of each tree are used. */
MUST_USE bool extension_by_size(enum verdict *verdict, const struct policy *policy,
                                const struct shown_tree *older, const struct shown_tree *newer,
                                struct refusal *why, struct buf *evidence);

/* What a consistency proof says of two trees that extension_by_size() left open. seeded: the proof
 * is as proof_consistency() seeds it; else as in RFC 9162. Returns VERDICT_GOOD; or VERDICT_BAD
 * with
 *
 *   REASON_ROOT         the proof does not lead to the newer root
 *   REASON_FORK         it does, but not to the older root; evidence is appended
 *   REASON_ROLLED_BACK  a witness cosigned the older tree later than the newer one */
MUST_USE enum verdict extension_by_proof(const struct policy *policy,
                                         const struct shown_tree *older,
                                         const struct shown_tree *newer, const struct hash *proof,
                                         size_t n, bool seeded, struct refusal *why,
                                         struct buf *evidence);

/* Both steps, with a proof that is built from the newer tree's tiles. Also VERDICT_BAD with
 * REASON_TILE, if a tile has a wrong length; VERDICT_UNDECIDED with the source's reason, if one
 * could not be had. */
MUST_USE enum verdict extension_by_tiles(const struct policy *policy,
                                         const struct shown_tree *older,
                                         const struct shown_tree *newer,
                                         const struct source *source, struct refusal *why,
                                         struct buf *evidence);

#endif
