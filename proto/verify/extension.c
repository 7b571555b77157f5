#include "proto/verify/extension.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/verify/evidence.h"

static const struct checkpoint *tree_of(const struct shown_tree *t)
{
    return &t->cp->checkpoint;
}

static enum verdict refuse_sizes(struct refusal *why, enum verdict verdict, enum reason reason,
                                 const struct shown_tree *older, const struct shown_tree *newer)
{
    char sizes[64];
    snprintf(sizes, sizeof sizes, "%" PRIu64 ", %" PRIu64, tree_of(older)->size,
             tree_of(newer)->size);
    refuse(why, reason, sizes);
    return verdict;
}

/* A witness that cosigned the larger tree never cosigns a smaller one later, if the log only
 * grew. */
static bool rolled_back(const struct policy *policy, const struct shown_tree *small,
                        const struct shown_tree *large)
{
    for (size_t i = 0; i < policy_witnesses(policy); i++)
        if (large->cp->cosigned_at[i] != 0 && small->cp->cosigned_at[i] > large->cp->cosigned_at[i])
            return true;
    return false;
}

bool extension_by_size(enum verdict *verdict, const struct policy *policy,
                       const struct shown_tree *older, const struct shown_tree *newer,
                       struct refusal *why, struct buf *evidence)
{
    const struct checkpoint *old = tree_of(older), *new = tree_of(newer);
    if (!span_eq(old->origin, new->origin)) {
        refuse_span(why, REASON_OTHER_LOG, new->origin);
        *verdict = VERDICT_UNDECIDED;
    } else if (new->size < old->size) {
        *verdict = rolled_back(policy, newer, older)
                       ? refuse_sizes(why, VERDICT_BAD, REASON_ROLLED_BACK, older, newer)
                       : refuse_sizes(why, VERDICT_UNDECIDED, REASON_STALE, older, newer);
    } else if (new->size > old->size) {
        return false;
    } else if (hash_eq(&new->root, &old->root)) {
        *verdict = VERDICT_GOOD;
    } else {
        evidence_of_fork(evidence, older->note, newer->note, NULL, 0);
        *verdict = refuse_sizes(why, VERDICT_BAD, REASON_FORK, older, newer);
    }
    return true;
}

enum verdict extension_by_proof(const struct policy *policy, const struct shown_tree *older,
                                const struct shown_tree *newer, const struct hash *proof, size_t n,
                                bool seeded, struct refusal *why, struct buf *evidence)
{
    const struct checkpoint *old = tree_of(older), *new = tree_of(newer);
    struct hash old_root, new_root;
    bool has_seed = seeded && (old->size & (old->size - 1)) == 0;
    const struct hash *seed = has_seed && n > 0 ? proof : &old->root;
    if ((has_seed && n == 0) ||
        tree_roots_of_consistency(&old_root, &new_root, old->size, new->size, seed,
                                  proof + has_seed, n - has_seed) != 0 ||
        !hash_eq(&new_root, &new->root))
        return refuse_sizes(why, VERDICT_BAD, REASON_ROOT, older, newer);
    if (hash_eq(&old_root, &old->root))
        return rolled_back(policy, older, newer)
                   ? refuse_sizes(why, VERDICT_BAD, REASON_ROLLED_BACK, older, newer)
                   : VERDICT_GOOD;
    evidence_of_fork(evidence, older->note, newer->note, proof, n);
    return refuse_sizes(why, VERDICT_BAD, REASON_FORK, older, newer);
}

enum verdict extension_by_tiles(const struct policy *policy, const struct shown_tree *older,
                                const struct shown_tree *newer, const struct source *source,
                                struct refusal *why, struct buf *evidence)
{
    struct source_tiles tiles = { .source = source };
    struct tile_source proofs = { .read = source_read_tile,
                                  .ctx = &tiles,
                                  .size = tree_of(newer)->size };
    struct hash proof[PROOF_MAX];
    enum verdict verdict;
    if (extension_by_size(&verdict, policy, older, newer, why, evidence))
        return verdict;
    int n = proof_consistency(proof, &proofs, tree_of(older)->size, true);
    if (n >= 0)
        return extension_by_proof(policy, older, newer, proof, (size_t)n, true, why, evidence);
    *why = tiles.why;
    return tiles.why.reason == REASON_TILE ? VERDICT_BAD : VERDICT_UNDECIDED;
}
