#include "client/replay/replaying.h"

#include <errno.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/sys/files.h"
#include "proto/tlog/merge.h"
#include "proto/verify/clocks.h"

#define SETTLE_TRIES 16

static bool may_advance(const struct replaying *r)
{
    return replaying_proven(r) && !lost_any() && !r->file_findings && !r->findings.undecided &&
           r->accepted.cp.quorum;
}

static uint64_t size_of(const struct accepted *a)
{
    return a->cp.checkpoint.size;
}

static bool same_tree(const struct accepted *a, const struct accepted *b)
{
    return size_of(a) == size_of(b) && hash_eq(&a->cp.checkpoint.root, &b->cp.checkpoint.root);
}

/* Of two checkpoints of one tree, what to remember: of each witness the younger time, as later
 * entries are held against it. Returns false if there is no memory; *out needs accepted_free(). */
static bool best_checkpoint(struct accepted *out, const struct replaying *r,
                            const struct state *now)
{
    struct refusal why;
    struct span ours = buf_span(&r->accepted.note);
    *out = (struct accepted){ .note = { 0 } };
    if (now->present && same_tree(&now->accepted, &r->accepted))
        checkpoint_merge(&out->note, r->trust.policy, buf_span(&now->accepted.note), ours);
    else
        buf_add_span(&out->note, ours);
    bool good = !out->note.failed &&
                policy_open(&out->cp, r->trust.policy, buf_span(&out->note), &why) == 0;
    if (!good)
        lost(ENOMEM); /* it opened before */
    return good;
}

/* Replaces the state, unless what is there says as much or more. To be called under the lock.
 * stored: its findings. */
static enum outcome write_state(const struct replaying *r, const struct state *now,
                                const struct findings *stored)
{
    struct accepted best;
    if (!may_advance(r) || (now->present && size_of(&now->accepted) > size_of(&r->accepted)))
        return OUTCOME_PROVEN;
    enum outcome outcome = r->keep == NULL ? OUTCOME_PROVEN : r->keep(r->look_ctx);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    bool best_known = best_checkpoint(&best, r, now);
    /* Where nothing is new nothing waits for the disk. */
    if (!best_known)
        outcome = OUTCOME_UNDECIDED;
    else if (!now->present || r->findings.total != stored->total ||
             !span_eq(buf_span(&best.note), buf_span(&now->accepted.note)))
        outcome = state_write(r->options.state, &r->trust, r->options.structure, &best, &r->edge,
                              r->judge, r->index, &r->findings);
    accepted_free(&best);
    return outcome;
}

/* A larger tree's first entry beyond a smaller one that was cosigned, against the time of the
 * cosignatures. */
static void check_clocks_between(struct replaying *r, const struct accepted *older,
                                 const struct accepted *newer)
{
    struct proven p;
    struct refusal why;
    struct entry e = { .index = 0 };
    if (size_of(older) == size_of(newer))
        return;
    enum verdict v =
        prove_entry(&p, r->files, size_of(newer), &newer->cp.checkpoint.root, size_of(older), &why);
    if (v != VERDICT_GOOD)
        findings_tell(&r->findings, v, &why);
    else if (entry_parse(&e, p.entry.bytes, &why) == 0)
        clocks_check(r->trust.policy, &older->cp, CLOCKS_FROM, e.accepted,
                     judge_skew_of_log(r->judge), findings_add, &r->findings);
    proven_free(&p);
}

/* Somebody else accepted a checkpoint while we were at work: of one log one extends the other.
 * Tells what is wrong; returns whether both may stand. */
static bool agrees(struct replaying *r, const struct accepted *now)
{
    bool newer = size_of(now) > size_of(&r->accepted);
    const struct accepted *first = newer ? &r->accepted : now, *last = newer ? now : &r->accepted;
    uint64_t told = r->findings.total;
    if (prove_extends(&r->trust, first, last, r->files, &r->findings, &r->evidence) == VERDICT_GOOD)
        check_clocks_between(r, first, last);
    return r->findings.total == told;
}

/* Whether it was held against our checkpoint already. */
static bool is_met(const struct replaying *r, const struct state *now)
{
    return !now->present || (r->state.present && same_tree(&now->accepted, &r->state.accepted)) ||
           (r->met.note.n > 0 && same_tree(&now->accepted, &r->met));
}

static void meet(struct replaying *r, struct state *now)
{
    accepted_free(&r->met);
    r->met = now->accepted;
    now->accepted = (struct accepted){ .note = { 0 } };
}

/* Reads the state once more and replaces it if it does not say as much, all under its lock. Sets
 * *met to false where somebody else's is there that was not held against ours yet. */
static enum outcome advance(struct replaying *r, struct state *now, bool *met)
{
    struct findings stored = { 0 };
    int lock = file_lock(r->options.state);
    *met = true;
    *now = (struct state){ .present = false };
    if (lock < 0 && !may_advance(r))
        return OUTCOME_PROVEN;
    if (lock < 0)
        return say_undecided(
            TR("the state %s cannot be locked: %s", "no se puede bloquear el estado %s: %s"),
            r->options.state, errno_words(errno));
    enum outcome outcome =
        state_read(now, r->options.state, &r->trust, r->options.structure, &stored);
    if (outcome != OUTCOME_PROVEN)
        outcome = OUTCOME_UNDECIDED; /* it was good, or not there, when we began */
    else if ((*met = is_met(r, now)))
        outcome = write_state(r, now, &stored);
    close(lock);
    findings_free(&stored);
    return outcome;
}

/* Others may have written it since we began. Nobody waits for a whole run, as the lock is held only
 * to read and write; what they wrote is kept where it is newer, and in any case held against what
 * we proved. */
static enum outcome settle(struct replaying *r)
{
    enum outcome outcome = OUTCOME_PROVEN;
    bool met = false;
    for (int tries = 0; !met && tries < SETTLE_TRIES; tries++) {
        struct state now;
        outcome = advance(r, &now, &met);
        if (!met && agrees(r, &now.accepted))
            meet(r, &now);
        else
            met = true;
        state_free(&now);
    }
    if (!met)
        return say_undecided(TR("others keep writing the state %s: it was not written",
                                "otros siguen escribiendo el estado %s: no se escribió"),
                             r->options.state);
    return outcome;
}

enum outcome replaying_conclude(struct replaying *r)
{
    enum outcome settled = OUTCOME_PROVEN;
    r->concluded = true;
    if (r->options.state != NULL && replaying_proven(r))
        settled = settle(r);
    r->verdict = findings_verdict(&r->findings);
    if (r->verdict == VERDICT_GOOD && lost_any())
        r->verdict = VERDICT_UNDECIDED;
    if (!r->carried && (!r->replayed || r->end != REPLAY_PROVEN) && r->verdict == VERDICT_GOOD)
        r->verdict = VERDICT_UNDECIDED; /* cannot happen: whatever stopped it was told of */
    if (r->index != NULL && r->evidence.n == 0)
        buf_add_span(&r->evidence, index_replay_evidence(r->index));
    /* Another entry 0 than the one that is pinned proves nothing to whoever has not that pin. */
    if (r->replayed && !r->pin_differs)
        prove_findings(&r->evidence, &r->trust, r->files, &r->accepted, &r->findings);
    return lost_outcome(outcome_worse(outcome_of_verdict(r->verdict), settled));
}
