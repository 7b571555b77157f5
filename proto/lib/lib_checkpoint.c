#include <stdio.h>
#include <stdlib.h>

#include "proto/lib/lib_fetch.h"
#include "proto/lib/lib_objects.h"
#include "proto/verify/extension.h"

/* Beyond all times of entries, and far from where milliseconds overflow. */
#define LATEST_SECONDS (UINT64_C(1) << 40)

/* The latest cosignature from which on, in time, the others make the quorum. */
static int64_t quorum_time(const struct policy *policy, const struct signed_checkpoint *cp)
{
    uint64_t latest = 0;
    for (size_t i = 0; i < policy_witnesses(policy); i++) {
        uint64_t at = cp->cosigned_at[i];
        if (at > latest && at < LATEST_SECONDS && policy_quorum_between(policy, cp, at, UINT64_MAX))
            latest = at;
    }
    return latest == 0 ? INT64_MIN : (int64_t)latest * 1000;
}

void checkpoint_describe(bitacora_checkpoint *c)
{
    struct span origin = c->cp.checkpoint.origin;
    snprintf(c->origin, sizeof c->origin, "%.*s", (int)origin.n, (const char *)origin.p);
    c->time = quorum_time(c->policy->policy, &c->cp);
}

struct shown_tree tree_shown(const bitacora_checkpoint *c)
{
    return (struct shown_tree){ .cp = &c->cp, .note = c->bytes };
}

static bitacora_result open_note(bitacora_context *ctx, bitacora_checkpoint *c)
{
    struct refusal why;
    if (policy_open(&c->cp, c->policy->policy, c->bytes, &why) != 0)
        return context_refuse(ctx, result_of_verdict(verdict_of_file(why.reason)), &why);
    checkpoint_describe(c);
    if (c->cp.quorum)
        return BITACORA_PROVEN;
    policy_refuse_quorum(c->policy->policy, &c->cp, &why);
    return context_refuse(ctx, BITACORA_UNDECIDED, &why);
}

bitacora_result bitacora_checkpoint_open(bitacora_context *ctx, const bitacora_policy *policy,
                                         const void *note, size_t n, bitacora_checkpoint **out)
{
    struct refusal why;
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || (note == NULL && n > 0))
        return context_misuse(ctx, policy == NULL ? "policy" : "note");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (n > CHECKPOINT_MAX) {
        refuse(&why, REASON_CHECKPOINT_FORM, "too large");
        return context_refuse(ctx, BITACORA_UNDECIDED, &why);
    }
    bitacora_checkpoint *c = calloc(1, sizeof *c);
    if (c == NULL || (c->note = copy_bytes(note, n)) == NULL) {
        free(c);
        return BITACORA_MEMORY;
    }
    c->policy = policy;
    c->bytes = span_of(c->note, n);
    bitacora_result result = open_note(ctx, c);
    if (c->cp.checkpoint.size > 0 && c->origin[0] != 0 && result >= 0)
        *out = c;
    else
        bitacora_checkpoint_free(c);
    return result;
}

void bitacora_checkpoint_free(bitacora_checkpoint *c)
{
    if (c != NULL)
        free(c->note);
    free(c);
}

const char *bitacora_checkpoint_origin(const bitacora_checkpoint *c)
{
    return c == NULL ? NULL : c->origin;
}

uint64_t bitacora_checkpoint_size(const bitacora_checkpoint *c)
{
    return c == NULL ? 0 : c->cp.checkpoint.size;
}

const uint8_t *bitacora_checkpoint_root(const bitacora_checkpoint *c)
{
    return c == NULL ? NULL : c->cp.checkpoint.root.b;
}

int bitacora_checkpoint_quorum(const bitacora_checkpoint *c)
{
    if (c == NULL)
        return 0;
    return policy_trusts_log_alone(c->policy->policy) ? -1 : c->cp.quorum;
}

int64_t bitacora_checkpoint_time(const bitacora_checkpoint *c)
{
    return c == NULL ? INT64_MIN : c->time;
}

/* ---- one tree and another -------------------------------------------------------------------- */

static bitacora_result conclude_extension(bitacora_context *ctx, enum verdict verdict,
                                          const struct refusal *why, struct buf *evidence,
                                          char **out, size_t *n)
{
    bitacora_result result = BITACORA_PROVEN;
    if (verdict != VERDICT_GOOD)
        result = context_refuse(ctx, result_of_verdict(verdict), why);
    if (ctx->cancelled)
        result = BITACORA_CANCELLED;
    bitacora_result given = BITACORA_PROVEN;
    if (result == BITACORA_BAD && (evidence->n > 0 || evidence->failed))
        given = give_bytes(evidence, out, n);
    buf_free(evidence);
    return given == BITACORA_PROVEN ? result : given;
}

/* What the trees' sizes say already, or the proof. */
static enum verdict judge_extension(const bitacora_checkpoint *older,
                                    const bitacora_checkpoint *newer, const struct hash *proof,
                                    size_t hashes, struct refusal *why, struct buf *evidence)
{
    const struct policy *policy = newer->policy->policy;
    const struct shown_tree old = tree_shown(older), new = tree_shown(newer);
    enum verdict verdict;
    if (!extension_by_size(&verdict, policy, &old, &new, why, evidence))
        return extension_by_proof(policy, &old, &new, proof, hashes, false, why, evidence);
    if (verdict == VERDICT_GOOD && hashes > 0) {
        refuse(why, REASON_ROOT, "hashes");
        verdict = VERDICT_BAD;
    }
    return verdict;
}

/* Sets the outputs to nothing. Returns the name of an argument that is wrong, or NULL. */
static const char *wrong_pair(const bitacora_checkpoint *older, const bitacora_checkpoint *newer,
                              char **evidence, size_t *n)
{
    if (evidence != NULL)
        *evidence = NULL;
    if (n != NULL)
        *n = 0;
    if (older == NULL)
        return "older";
    if (newer == NULL)
        return "newer";
    if (!same_policy(older->policy, newer->policy))
        return "policy";
    return (evidence == NULL) != (n == NULL) ? "evidence" : NULL;
}

bitacora_result bitacora_checkpoint_extends(bitacora_context *ctx, const bitacora_checkpoint *older,
                                            const bitacora_checkpoint *newer, const void *proof,
                                            size_t hashes, char **evidence, size_t *evidence_n)
{
    struct hash hash[PROOF_MAX];
    struct buf found = { 0 };
    struct refusal why;
    const char *wrong = wrong_pair(older, newer, evidence, evidence_n);
    if (wrong == NULL && proof == NULL && hashes > 0)
        wrong = "proof";
    if (ctx == NULL || wrong != NULL)
        return context_misuse(ctx, wrong);
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (hashes > PROOF_MAX) {
        refuse(&why, REASON_ROOT, "hashes");
        return context_refuse(ctx, BITACORA_BAD, &why);
    }
    if (hashes > 0)
        memcpy(hash, proof, hashes * HASH_BYTES);
    enum verdict verdict = judge_extension(older, newer, hash, hashes, &why, &found);
    return conclude_extension(ctx, verdict, &why, &found, evidence, evidence_n);
}

bitacora_result bitacora_checkpoint_extends_by_tiles(bitacora_context *ctx,
                                                     const bitacora_checkpoint *older,
                                                     const bitacora_checkpoint *newer,
                                                     bitacora_fetch_fn *fetch, void *arg,
                                                     char **evidence, size_t *evidence_n)
{
    struct buf found = { 0 };
    struct refusal why;
    const char *wrong = wrong_pair(older, newer, evidence, evidence_n);
    if (wrong == NULL && fetch == NULL)
        wrong = "fetch";
    if (ctx == NULL || wrong != NULL)
        return context_misuse(ctx, wrong);
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    struct fetching fetching = { .ctx = ctx, .fetch = fetch, .arg = arg };
    const struct source source = source_fetching(&fetching);
    const struct shown_tree old = tree_shown(older), new = tree_shown(newer);
    enum verdict verdict =
        extension_by_tiles(newer->policy->policy, &old, &new, &source, &why, &found);
    return conclude_extension(ctx, verdict, &why, &found, evidence, evidence_n);
}
