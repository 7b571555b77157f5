#include "proto/verify/log_replay.h"

#include "proto/verify/clocks.h"
#include "proto/verify/extension.h"

void log_replay_free(struct log_replay *r)
{
    findings_free(&r->findings);
    replay_state_free(&r->state);
    accepted_free(&r->accepted);
    judge_free(r->judge);
    index_replay_free(r->index);
    buf_free(&r->evidence);
    r->judge = NULL;
    r->index = NULL;
}

/* ---- findings -------------------------------------------------------------------------------- */

void log_replay_found(void *log_replay, const struct finding *f)
{
    struct log_replay *r = log_replay;
    findings_add(&r->findings, f);
    if (r->setup.found != NULL)
        r->setup.found(r->setup.found_ctx, f);
}

static void tell_of_log(struct log_replay *r, enum verdict verdict, const struct refusal *why)
{
    log_replay_found(r, &(struct finding){ verdict, *why, NO_ENTRY, NO_ENTRY });
}

/* About files: no verdict on what the log signed. */
static void found_in_file(void *ctx, const struct finding *f)
{
    struct log_replay *r = ctx;
    r->file_findings = true;
    log_replay_found(r, f);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* What was found by a function that only lists. One that it had no memory for is never taken for
 * none. */
static void tell_all(struct log_replay *r, struct findings *f)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    if (f->memory)
        tell_of_log(r, VERDICT_UNDECIDED, &why);
    for (size_t i = 0; i < f->kept; i++)
        log_replay_found(r, &f->list[i]);
    findings_free(f);
}

static bool extends_state(struct log_replay *r)
{
    const struct accepted *old = &r->state.accepted, *new = &r->accepted;
    const struct shown_tree older = { .cp = &old->cp, .note = buf_span(&old->note) };
    const struct shown_tree newer = { .cp = &new->cp, .note = buf_span(&new->note) };
    struct refusal why;
    enum verdict v =
        extension_by_tiles(r->setup.policy, &older, &newer, r->setup.source, &why, &r->evidence);
    if (v != VERDICT_GOOD)
        tell_of_log(r, v, &why);
    return v == VERDICT_GOOD;
}

bool log_replay_checkpoint(struct log_replay *r, int64_t max_age, int64_t now)
{
    struct findings f = { 0 };
    enum verdict v = accepted_judge(&r->accepted, r->setup.policy, max_age, now, &f);
    tell_all(r, &f);
    return v == VERDICT_GOOD && (!r->from_state || extends_state(r));
}

/* ---- look-ups -------------------------------------------------------------------------------- */

/* What is not remembered is read again and proven into the root. */
static enum lookup find_entry(void *ctx, uint64_t index, struct known_entry *out)
{
    struct log_replay *r = ctx;
    enum lookup found = index < r->first || r->setup.recall == NULL
                            ? LOOKUP_UNKNOWN
                            : r->setup.recall(r->setup.recall_ctx, index, out);
    return found == LOOKUP_UNKNOWN
               ? proven_known(r->setup.again, &r->accepted.cp.checkpoint, index, out)
               : found;
}

/* ---- run ------------------------------------------------------------------------------------- */

static void take_seen(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf)
{
    struct log_replay *r = ctx;
    if (index == r->first)
        r->first_time = judge_last_time(r->judge);
    if (r->setup.remember != NULL)
        r->setup.remember(r->setup.recall_ctx, kind, leaf);
}

static bool go_on_reading(void *ctx, uint64_t done, uint64_t size)
{
    struct log_replay *r = ctx;
    bool go_on = r->setup.progress == NULL || r->setup.progress(r->setup.progress_ctx, done, size);
    return go_on && !findings_enough(&r->findings);
}

static void take_judged(void *ctx, const struct judged *e)
{
    struct log_replay *r = ctx;
    if (r->index != NULL)
        index_replay_entry(r->index, e, judge_cover(r->judge));
    if (r->setup.judged != NULL)
        r->setup.judged(r->setup.judged_ctx, e);
}

static enum log_replay_run take_state(struct log_replay *r)
{
    struct refusal why;
    if (!r->from_state)
        return LOG_REPLAY_RAN;
    int failed = judge_import(r->judge, r->state.judge);
    if (failed == 0 && r->index != NULL)
        failed = index_replay_import(r->index, r->state.index, judge_cover(r->judge));
    if (failed != 0)
        return failed == -2 ? LOG_REPLAY_MEMORY : LOG_REPLAY_STATE;
    r->edge = r->state.edge;
    r->first = r->edge.frontier.size;
    if (judge_pin_differs(r->judge, r->setup.pin)) {
        refuse(&why, REASON_GENESIS_PIN, "state");
        tell_of_log(r, VERDICT_BAD, &why);
    }
    return LOG_REPLAY_RAN;
}

static struct judge *make_judge(struct log_replay *r, const struct log_keys *keys)
{
    struct judge_setup setup = { .log = policy_log(r->setup.policy, 0)->key,
                                 .keys = keys,
                                 .size = r->accepted.cp.checkpoint.size,
                                 .has_pin = r->setup.pin != NULL,
                                 .structure = r->setup.structure,
                                 .keep = r->setup.keep,
                                 .lookup = find_entry,
                                 .lookup_ctx = r,
                                 .found = log_replay_found,
                                 .found_ctx = r,
                                 .judged = take_judged,
                                 .judged_ctx = r };
    if (r->setup.pin != NULL)
        setup.pin = *r->setup.pin;
    return judge_new(&setup);
}

static int no_tapes(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    (void)ctx;
    (void)tape;
    return -1;
}

static struct index_replay *make_index(struct log_replay *r)
{
    struct index_replay_setup setup = { .open = r->setup.open == NULL ? no_tapes : r->setup.open,
                                        .open_ctx = r->setup.open_ctx,
                                        .again = r->setup.again,
                                        .cp = &r->accepted,
                                        .policy = r->setup.policy,
                                        .pin = r->setup.pin,
                                        .recall = r->setup.recall,
                                        .recall_ctx = r->setup.recall_ctx,
                                        .file = r->setup.table_file,
                                        .file_ctx = r->setup.table_ctx,
                                        .found = log_replay_found,
                                        .found_ctx = r };
    return index_replay_new(&setup);
}

enum log_replay_run log_replay_run(struct log_replay *r)
{
    r->keys = policy_log_keys(r->setup.policy, 0);
    r->judge = make_judge(r, &r->keys);
    r->index = r->setup.structure ? NULL : make_index(r);
    if (r->judge == NULL || (r->index == NULL && !r->setup.structure))
        return LOG_REPLAY_MEMORY;
    enum log_replay_run taken = take_state(r);
    if (taken != LOG_REPLAY_RAN)
        return taken;
    struct replay_setup setup = { .source = r->setup.source,
                                  .size = r->accepted.cp.checkpoint.size,
                                  .root = r->accepted.cp.checkpoint.root,
                                  .judge = r->judge,
                                  .seen = take_seen,
                                  .seen_ctx = r,
                                  .found = found_in_file,
                                  .found_ctx = r,
                                  .progress = go_on_reading,
                                  .progress_ctx = r };
    r->end = replay_run(&setup, &r->edge);
    r->pin_differs = judge_pin_differs(r->judge, r->setup.pin);
    r->replayed = true;
    if (r->end == REPLAY_PROVEN)
        clocks_check_replay(r->setup.policy, r->judge, &r->accepted.cp,
                            r->from_state ? &r->state.accepted.cp : NULL, r->first_time,
                            log_replay_found, r);
    return LOG_REPLAY_RAN;
}

/* ---- end ------------------------------------------------------------------------------------- */

bool log_replay_proven(const struct log_replay *r)
{
    return r->replayed && r->end == REPLAY_PROVEN && !r->pin_differs;
}

bool log_replay_may_keep(const struct log_replay *r)
{
    return log_replay_proven(r) && !r->file_findings && !r->findings.undecided &&
           !r->findings.memory && r->accepted.cp.quorum;
}

enum verdict log_replay_conclude(struct log_replay *r)
{
    r->verdict = findings_verdict(&r->findings);
    if ((!r->replayed || r->end != REPLAY_PROVEN) && r->verdict == VERDICT_GOOD)
        r->verdict = VERDICT_UNDECIDED; /* whatever stopped it was told of, or it was cancelled */
    if (r->index != NULL && r->evidence.n == 0)
        buf_add_span(&r->evidence, index_replay_evidence(r->index));
    if (r->replayed)
        evidence_of_findings(&r->evidence, r->setup.policy, r->setup.pin, r->setup.again,
                             &r->accepted, &r->findings);
    return r->verdict;
}
