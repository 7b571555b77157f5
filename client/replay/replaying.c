#include "client/replay/replaying.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/replay/conviction.h"
#include "proto/base/base64.h"
#include "proto/sys/files.h"
#include "proto/sys/tape_file.h"
#include "proto/verify/clocks.h"

/* ---- open, close ----------------------------------------------------------------------------- */

static struct logfiles *open_files(const struct replaying *r)
{
    const char *dir = r->options.dir, *url = r->trust.url;
    if (dir != NULL && r->options.and_url)
        return logfiles_of_both(dir, url, &r->trust.reader);
    return dir != NULL ? logfiles_of_dir(dir) : logfiles_of_url(url, &r->trust.reader);
}

static enum outcome find_log(struct replaying *r)
{
    if (r->options.dir != NULL && r->options.and_url && r->trust.url == NULL)
        return say_usage(TR("the policy names no URL of the log: this asks it, too, so use --log",
                            "la política no da URL de la bitácora: también se le pregunta, así que "
                            "use --log"));
    if (r->options.dir == NULL && r->trust.url == NULL)
        return say_usage(TR("where is the log? The policy names no URL: use --log or --dir",
                            "¿dónde está la bitácora? La política no da URL: use --log o --dir"));
    r->files = open_files(r);
    return r->files == NULL ? OUTCOME_UNDECIDED : OUTCOME_PROVEN;
}

/* The plug-in that judges signatures, if one was named. */
static enum outcome open_accelerator(struct replaying *r)
{
    const char *path = accelerator_path(r->options.accelerator);
    if (accelerator_open(&r->accelerator, path) != 0)
        return say_usage("%s", r->accelerator.fallback);
    if (r->accelerator.fallback[0] != 0)
        say("%s", r->accelerator.fallback);
    return OUTCOME_PROVEN;
}

struct replaying *replaying_open(const struct replay_options *options, enum outcome *outcome)
{
    struct replaying *r = kept(calloc(1, sizeof *r));
    if (r == NULL) {
        *outcome = OUTCOME_UNDECIDED;
        return NULL;
    }
    r->options = *options;
    *outcome = trust_open(&r->trust, &options->trust, true);
    if (*outcome != OUTCOME_PROVEN) {
        free(r);
        return NULL;
    }
    *outcome = open_accelerator(r);
    if (*outcome == OUTCOME_PROVEN)
        *outcome = find_log(r);
    if (*outcome == OUTCOME_PROVEN)
        return r;
    replaying_close(r, *outcome);
    return NULL;
}

enum outcome replaying_close(struct replaying *r, enum outcome outcome)
{
    if (r == NULL)
        return outcome;
    if (r->concluded) {
        trust_say_limits(&r->trust);
        outcome = outcome_worse(outcome, trust_write_evidence(&r->trust, &r->evidence));
        if (r->options.recalls)
            outcome =
                outcome_worse(outcome, conviction_keep(r->options.state, &r->trust, &r->evidence));
        if (r->options.recalls && r->state.present && conviction_is_set_back(&r->findings))
            outcome = outcome_worse(outcome,
                                    conviction_keep_newest(r->options.state, &r->state.accepted));
    }
    trust_close(&r->trust);
    findings_free(&r->findings);
    accepted_free(&r->accepted);
    state_free(&r->state);
    accepted_free(&r->met);
    judge_free(r->judge);
    succession_free(&r->succession);
    index_replay_free(r->index);
    for (size_t i = 0; i < RECOUNT_TAPES; i++)
        tape_file_close(&r->tape[i]);
    scratch_free(r->scratch);
    logfiles_free(r->files);
    logfiles_free(r->old_files);
    buf_free(&r->evidence);
    accelerator_close(&r->accelerator);
    free(r);
    return outcome;
}

/* ---- run ------------------------------------------------------------------------------------- */

/* The log's files once more, for entries that are asked for again. NULL when out of memory. */
static struct logfiles *files_again(struct replaying *r)
{
    if (r->old_files != NULL)
        return r->old_files;
    r->old_files = open_files(r);
    if (r->old_files == NULL)
        return NULL;
    /* The checkpoint was had from there. */
    logfiles_patience(r->old_files, r->patience == PATIENCE_NONE ? PATIENCE_NONE : PATIENCE_ALWAYS);
    logfiles_keep(r->old_files);
    return r->old_files;
}

static enum verdict fetch_old(struct replaying *r, uint64_t index, struct proven *out,
                              struct refusal *why)
{
    if (files_again(r) == NULL) {
        *out = (struct proven){ .entry = { 0 } };
        refuse(why, REASON_MEMORY, "");
        return VERDICT_UNDECIDED;
    }
    return prove_entry(out, r->old_files, r->accepted.cp.checkpoint.size,
                       &r->accepted.cp.checkpoint.root, index, why);
}

/* An entry below the state's size is fetched again and proven into the root. */
static enum lookup look_up_old(struct replaying *r, uint64_t index, struct known_entry *out)
{
    struct logfiles *old = files_again(r);
    return old == NULL ? LOOKUP_FAILED
                       : proven_known(logfiles_source(old), &r->accepted.cp.checkpoint, index, out);
}

static enum lookup look_up_entry(void *ctx, uint64_t index, struct known_entry *out)
{
    struct replaying *r = ctx;
    return index < r->first ? look_up_old(r, index, out) : scratch_get(r->scratch, index, out);
}

static void seen(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf)
{
    struct replaying *r = ctx;
    if (index == r->first)
        r->first_time = judge_last_time(r->judge);
    if (r->scratch != NULL)
        scratch_add(r->scratch, kind, leaf);
    check_ahead_learn(r->check_ahead, judge_registry(r->judge));
}

static void judged(void *ctx, const struct judged *e)
{
    struct replaying *r = ctx;
    if (r->index != NULL)
        index_replay_entry(r->index, e, judge_cover(r->judge));
    succession_take(&r->succession, e);
    if (r->look != NULL)
        r->look(r->look_ctx, e);
}

/* Findings of the replay about files: no verdict on what the log signed. */
static void found_in_files(void *ctx, const struct finding *f)
{
    struct replaying *r = ctx;
    r->file_findings = true;
    findings_add(&r->findings, f);
}

static bool stop_when_convicted(void *ctx, uint64_t done, uint64_t size)
{
    struct replaying *r = ctx;
    say_progress(done, size);
    return !findings_enough(&r->findings) &&
           sig_verifier_state(&r->accelerator.verifier) != SIG_LANES_DIFFER &&
           (r->go_on == NULL || r->go_on(r->look_ctx));
}

/* ---- the log's index --------------------------------------------------------------------------
 */

/* Only a log that has an index takes room for it. */
static int open_scratch(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    struct replaying *r = ctx;
    for (size_t i = 0; i < RECOUNT_TAPES; i++) {
        if (tape_file_new(&r->tape[i], NULL) != 0)
            return -1;
        tape[i] = r->tape[i];
    }
    return 0;
}

static enum lookup recall(void *ctx, uint64_t index, struct known_entry *out)
{
    struct replaying *r = ctx;
    return index < r->first ? LOOKUP_UNKNOWN : scratch_get(r->scratch, index, out);
}

static int read_of_table(void *ctx, const struct hash *root, const struct index_table_file *f,
                         struct buf *out)
{
    struct refusal why;
    return logfiles_index_file(ctx, root, f, out, &why) == FETCH_OK ? 0 : -1;
}

static struct index_replay *start_index(struct replaying *r)
{
    struct logfiles *again = files_again(r);
    if (again == NULL)
        return NULL;
    struct index_replay_setup setup = { .open = open_scratch,
                                        .open_ctx = r,
                                        .again = logfiles_source(again),
                                        .cp = &r->accepted,
                                        .policy = r->trust.policy,
                                        .pin = trust_pin(&r->trust),
                                        .recall = recall,
                                        .recall_ctx = r,
                                        .file = read_of_table,
                                        .file_ctx = again,
                                        .found = findings_add,
                                        .found_ctx = &r->findings };
    return kept(index_replay_new(&setup));
}

/* ---- the replay itself ----------------------------------------------------------------------- */

static enum outcome say_damaged(const struct replaying *r)
{
    return say_usage(TR("%s is damaged: remove it and replay from the start",
                        "%s está dañado: bórrelo y verifique desde el principio"),
                     r->options.state);
}

static enum outcome start(struct replaying *r)
{
    struct judge_setup setup = { .log = *trust_log(&r->trust),
                                 .keys = trust_log_keys(&r->trust),
                                 .size = r->accepted.cp.checkpoint.size,
                                 .has_pin = r->trust.has_pin,
                                 .pin = r->trust.pin,
                                 .structure = r->options.structure,
                                 .keep = r->options.state != NULL,
                                 .lookup = look_up_entry,
                                 .lookup_ctx = r,
                                 .found = findings_add,
                                 .found_ctx = &r->findings,
                                 .judged = judged,
                                 .judged_ctx = r };
    r->judge = kept(judge_new(&setup));
    r->index = r->options.structure ? NULL : start_index(r);
    if (r->judge == NULL || (r->index == NULL && !r->options.structure))
        return OUTCOME_UNDECIDED;
    if (r->state.present) {
        struct refusal why;
        int failed = judge_import(r->judge, r->state.judge);
        if (failed == -2) {
            lost(ENOMEM);
            return OUTCOME_UNDECIDED;
        }
        if (failed != 0 || (r->index != NULL && index_replay_import(r->index, r->state.index,
                                                                    judge_cover(r->judge)) != 0))
            return say_damaged(r);
        r->edge = r->state.edge;
        r->first = r->edge.frontier.size;
        enum outcome outcome = r->fits == NULL ? OUTCOME_PROVEN : r->fits(r->look_ctx);
        if (outcome != OUTCOME_PROVEN)
            return outcome;
        if (judge_pin_differs(r->judge, trust_pin(&r->trust))) {
            refuse(&why, REASON_GENESIS_PIN, r->options.state);
            findings_tell(&r->findings, VERDICT_BAD, &why);
        }
    }
    r->scratch = r->options.structure ? NULL : scratch_new(r->first);
    if (r->scratch == NULL && !r->options.structure)
        return say_undecided(
            TR("no room for a temporary file: %s", "no hay espacio para un archivo temporal: %s"),
            errno_words(errno));
    return OUTCOME_PROVEN;
}

static void replay(struct replaying *r)
{
    uint64_t size = r->accepted.cp.checkpoint.size;
    r->check_ahead = check_ahead_new(size - r->first, &r->accelerator.verifier);
    check_ahead_learn(r->check_ahead, judge_registry(r->judge));
    struct replay_setup setup = { .source = logfiles_source(r->files),
                                  .size = size,
                                  .root = r->accepted.cp.checkpoint.root,
                                  .judge = r->judge,
                                  .seen = seen,
                                  .seen_ctx = r,
                                  .found = found_in_files,
                                  .found_ctx = r,
                                  .progress = stop_when_convicted,
                                  .progress_ctx = r,
                                  .ahead = check_ahead_ahead(r->check_ahead) };
    r->end = replay_run(&setup, &r->edge);
    check_ahead_free(r->check_ahead);
    r->check_ahead = NULL;
    r->pin_differs = judge_pin_differs(r->judge, trust_pin(&r->trust));
    r->replayed = true;
    if (r->end == REPLAY_PROVEN)
        clocks_check_replay(r->trust.policy, r->judge, &r->accepted.cp,
                            r->state.present ? &r->state.accepted.cp : NULL, r->first_time,
                            findings_add, &r->findings);
}

/* What the lanes judged decides nothing once they were wrong: the run ends. */
static enum outcome judge_of_signatures(struct replaying *r)
{
    if (r->accelerator.verifier.by_lanes > 0)
        accelerator_try_again(&r->accelerator);
    switch (sig_verifier_state(&r->accelerator.verifier)) {
    case SIG_LANES_DIFFER:
        return say_undecided(
            TR("accelerator: %s and libsodium judged a signature differently: nothing of this run "
               "counts. Do not use that accelerator: this processor or that library is faulty",
               "acelerador: %s y libsodium juzgaron distinto una firma: nada de esta ejecución "
               "cuenta. No use ese acelerador: falla este procesador o esa biblioteca"),
            r->accelerator.name);
    case SIG_LANES_LOST:
        say(TR("accelerator: %s cannot go on, as this processor does not have what it needs any "
               "more: libsodium judged the rest",
               "acelerador: %s no puede seguir, porque este procesador ya no tiene lo que "
               "necesita: lo demás lo juzgó libsodium"),
            r->accelerator.name);
        break;
    case SIG_BY_LIBRARY:
    case SIG_BY_LANES:
        break;
    }
    return OUTCOME_PROVEN;
}

/* The state and what a command keeps beside it are of one size, as they are written under the same
 * lock. Where there can be none (a folder that is only read) nobody writes either. */
static enum outcome read_state(struct replaying *r)
{
    int lock = file_lock(r->options.state);
    enum outcome outcome =
        state_read(&r->state, r->options.state, &r->trust, r->options.structure, &r->findings);
    if (outcome == OUTCOME_PROVEN && r->state.present && r->begin != NULL)
        outcome = r->begin(r->look_ctx);
    if (lock >= 0)
        close(lock);
    return outcome;
}

static enum outcome run_log(struct replaying *r)
{
    logfiles_patience(r->files, r->patience);
    if (accepted_fetch(&r->accepted, &r->trust, r->files, &r->findings) != VERDICT_GOOD)
        return OUTCOME_PROVEN;
    if (r->state.present && prove_extends(&r->trust, &r->state.accepted, &r->accepted, r->files,
                                          &r->findings, &r->evidence) != VERDICT_GOOD)
        return OUTCOME_PROVEN;
    enum outcome outcome = start(r);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    replay(r);
    return judge_of_signatures(r);
}

enum outcome replaying_run(struct replaying *r, judged_fn *look, void *look_ctx)
{
    r->look = look;
    r->look_ctx = look_ctx;
    enum outcome outcome = r->options.state == NULL ? OUTCOME_PROVEN : read_state(r);
    if (outcome == OUTCOME_PROVEN && r->options.state != NULL && r->options.recalls)
        outcome = conviction_recall(r->options.state, &r->trust);
    return outcome == OUTCOME_PROVEN ? run_log(r) : outcome;
}

enum verdict replaying_entry(struct replaying *r, uint64_t index, struct proven *out)
{
    struct finding f = { .entry = index, .related = NO_ENTRY };
    f.verdict = fetch_old(r, index, out, &f.why);
    if (f.verdict != VERDICT_GOOD)
        found_in_files(r, &f);
    return f.verdict;
}

bool replaying_proven(const struct replaying *r)
{
    return r->replayed && r->end == REPLAY_PROVEN && !r->pin_differs;
}
