#include "client/replay/replaying.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/base/base64.h"
#include "proto/sys/files.h"
#include "proto/tlog/merge.h"
#include "proto/verify/clocks.h"

#define FINDINGS_ENOUGH 100000 /* a log that is proven bad is not read on for more */
#define SETTLE_TRIES 16

/* ---- open, close ----------------------------------------------------------------------------- */

static struct logfiles *open_files(const struct replaying *r)
{
    return r->options.dir != NULL ? logfiles_of_dir(r->options.dir) : logfiles_of_url(r->trust.url);
}

static enum outcome find_log(struct replaying *r)
{
    if (r->options.dir == NULL && r->trust.url == NULL)
        return say_usage(TR("where is the log? The policy names no URL: use --log or --dir",
                            "¿dónde está la bitácora? La política no da URL: use --log o --dir"));
    r->files = open_files(r);
    return OUTCOME_PROVEN;
}

struct replaying *replaying_open(const struct replay_options *options, enum outcome *outcome)
{
    struct replaying *r = must(calloc(1, sizeof *r));
    r->options = *options;
    *outcome = trust_open(&r->trust, &options->trust, true);
    if (*outcome != OUTCOME_PROVEN) {
        free(r);
        return NULL;
    }
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
    }
    trust_close(&r->trust);
    findings_free(&r->findings);
    accepted_free(&r->accepted);
    state_free(&r->state);
    accepted_free(&r->met);
    judge_free(r->judge);
    scratch_free(r->scratch);
    logfiles_free(r->files);
    logfiles_free(r->old_files);
    buf_free(&r->evidence);
    free(r);
    return outcome;
}

/* ---- run ------------------------------------------------------------------------------------- */

static enum verdict fetch_old(struct replaying *r, uint64_t index, struct proven *out,
                              struct refusal *why)
{
    if (r->old_files == NULL) {
        r->old_files = open_files(r);
        logfiles_patience(r->old_files, PATIENCE_ALWAYS); /* the checkpoint was had from there */
        logfiles_keep(r->old_files);
    }
    return prove_entry(out, r->old_files, r->accepted.cp.checkpoint.size,
                       &r->accepted.cp.checkpoint.root, index, why);
}

/* An entry below the state's size is fetched again and proven into the root. */
static enum lookup look_up_old(struct replaying *r, uint64_t index, struct known_entry *out)
{
    struct proven p;
    struct refusal why;
    struct entry e;
    struct record record = { .kind = KIND_NONE };
    enum verdict v = fetch_old(r, index, &p, &why);
    if (v == VERDICT_GOOD) {
        out->leaf = p.leaf;
        out->kind = KIND_NONE;
        if (entry_parse(&e, p.entry.bytes, &why) == 0 && record_parse(&record, e.note, &why) == 0)
            out->kind = record.kind;
        else if (why.reason == REASON_VERSION || why.reason == REASON_MEMORY)
            out->kind = KIND_UNDECIDED;
        record_free(&record);
    }
    proven_free(&p);
    return v == VERDICT_GOOD ? LOOKUP_FOUND : LOOKUP_FAILED;
}

static enum lookup look_up(void *ctx, uint64_t index, struct known_entry *out)
{
    struct replaying *r = ctx;
    return index < r->first ? look_up_old(r, index, out) : scratch_get(r->scratch, index, out);
}

/* An entry 0 that was not seen is not the one that was pinned. */
static bool pin_differs(const struct replaying *r)
{
    struct hash genesis;
    return r->trust.has_pin &&
           (!judge_genesis(r->judge, &genesis) || !hash_eq(&genesis, &r->trust.pin));
}

static void seen(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf)
{
    struct replaying *r = ctx;
    if (index == r->first)
        r->first_time = judge_last_time(r->judge);
    if (r->scratch != NULL)
        scratch_add(r->scratch, kind, leaf);
    check_ahead_learn(r->checking, judge_registry(r->judge));
}

/* Findings of the replay about files: no verdict on what the log signed. */
static void found_in_files(void *ctx, const struct finding *f)
{
    struct replaying *r = ctx;
    r->file_findings = true;
    findings_add(&r->findings, f);
}

/* An operator can sign a tree without end: a log that has so many findings is convicted already. */
static bool progress(void *ctx, uint64_t done, uint64_t size)
{
    struct replaying *r = ctx;
    say_progress(done, size);
    return r->findings.total < FINDINGS_ENOUGH || !r->findings.bad;
}

static void check_clocks(struct replaying *r)
{
    int64_t skew = judge_skew_of_log(r->judge);
    if (r->end != REPLAY_PROVEN)
        return;
    clocks_check(r->trust.policy, &r->accepted.cp, CLOCKS_BELOW, judge_last_time(r->judge), skew,
                 findings_add, &r->findings);
    if (r->state.present && r->first < r->accepted.cp.checkpoint.size)
        clocks_check(r->trust.policy, &r->state.accepted.cp, CLOCKS_FROM, r->first_time, skew,
                     findings_add, &r->findings);
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
                                 .lookup = look_up,
                                 .lookup_ctx = r,
                                 .found = findings_add,
                                 .found_ctx = &r->findings,
                                 .judged = r->look,
                                 .judged_ctx = r->look_ctx };
    r->judge = must(judge_new(&setup));
    if (r->state.present) {
        struct refusal why;
        if (judge_import(r->judge, r->state.judge) != 0)
            return say_usage(TR("%s is damaged: remove it and replay from the start",
                                "%s está dañado: bórrelo y verifique desde el principio"),
                             r->options.state);
        r->edge = r->state.edge;
        r->first = r->edge.frontier.size;
        enum outcome outcome = r->fits == NULL ? OUTCOME_PROVEN : r->fits(r->look_ctx);
        if (outcome != OUTCOME_PROVEN)
            return outcome;
        if (pin_differs(r)) {
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
    r->checking = check_ahead_new(size - r->first);
    check_ahead_learn(r->checking, judge_registry(r->judge));
    struct replay_setup setup = { .source = logfiles_source(r->files),
                                  .size = size,
                                  .root = r->accepted.cp.checkpoint.root,
                                  .judge = r->judge,
                                  .seen = seen,
                                  .seen_ctx = r,
                                  .found = found_in_files,
                                  .found_ctx = r,
                                  .progress = progress,
                                  .progress_ctx = r,
                                  .ahead = check_ahead_ahead(r->checking) };
    r->end = replay_run(&setup, &r->edge);
    check_ahead_free(r->checking);
    r->checking = NULL;
    r->pin_differs = pin_differs(r);
    r->replayed = true;
    check_clocks(r);
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

enum outcome replaying_run(struct replaying *r, judged_fn *look, void *look_ctx)
{
    r->look = look;
    r->look_ctx = look_ctx;
    if (r->options.state != NULL) {
        enum outcome outcome = read_state(r);
        if (outcome != OUTCOME_PROVEN)
            return outcome;
    }
    logfiles_patience(r->files, r->patience);
    if (accepted_fetch(&r->accepted, &r->trust, r->files, &r->findings) != VERDICT_GOOD)
        return OUTCOME_PROVEN;
    if (r->state.present && prove_extends(&r->trust, &r->state.accepted, &r->accepted, r->files,
                                          &r->findings, &r->evidence) != VERDICT_GOOD)
        return OUTCOME_PROVEN;
    enum outcome outcome = start(r);
    if (outcome == OUTCOME_PROVEN)
        replay(r);
    return outcome;
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

/* ---- conclude -------------------------------------------------------------------------------- */

/* ---- the state, once more -------------------------------------------------------------------- */

static bool may_advance(const struct replaying *r)
{
    return replaying_proven(r) && !r->file_findings && !r->findings.undecided &&
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
 * entries are held against it. */
static void best_checkpoint(struct accepted *out, const struct replaying *r,
                            const struct state *now)
{
    struct refusal why;
    struct span ours = buf_span(&r->accepted.note);
    *out = (struct accepted){ .note = { 0 } };
    if (now->present && same_tree(&now->accepted, &r->accepted))
        checkpoint_merge(&out->note, r->trust.policy, buf_span(&now->accepted.note), ours);
    else
        buf_add_span(&out->note, ours);
    if (out->note.failed || policy_open(&out->cp, r->trust.policy, buf_span(&out->note), &why) != 0)
        die_of_memory(); /* it opened before */
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
    best_checkpoint(&best, r, now);
    /* Where nothing is new nothing waits for the disk. */
    if (!now->present || r->findings.total != stored->total ||
        !span_eq(buf_span(&best.note), buf_span(&now->accepted.note)))
        outcome = state_write(r->options.state, &r->trust, r->options.structure, &best, &r->edge,
                              r->judge, &r->findings);
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
    struct entry e;
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
    if ((!r->replayed || r->end != REPLAY_PROVEN) && r->verdict == VERDICT_GOOD)
        r->verdict = VERDICT_UNDECIDED; /* cannot happen: whatever stopped it was told of */
    if (r->replayed)
        prove_findings(&r->evidence, &r->trust, r->files, &r->accepted, &r->findings);
    return outcome_worse(outcome_of_verdict(r->verdict), settled);
}

/* ---- report ---------------------------------------------------------------------------------- */

static void print_genesis(const struct replaying *r, FILE *to)
{
    struct hash genesis;
    char text[48];
    if (!judge_genesis(r->judge, &genesis))
        return;
    base64_encode(text, genesis.b, HASH_BYTES);
    if (r->pin_differs)
        fprintf(to, TR("genesis %s, NOT the one pinned\n", "génesis %s, NO el fijado\n"), text);
    else if (r->trust.has_pin)
        fprintf(to, TR("genesis %s, as pinned\n", "génesis %s, el fijado\n"), text);
    else if (r->state.present)
        fprintf(to,
                TR("genesis %s, kept from the first replay\n",
                   "génesis %s, guardado desde la primera verificación\n"),
                text);
    else
        fprintf(to,
                TR("genesis %s, on the operator's word: compare it with what others hold, and pin "
                   "it with --genesis\n",
                   "génesis %s, según quien opera: compárelo con el que tienen otros y fíjelo con "
                   "--genesis\n"),
                text);
}

void replaying_print(const struct replaying *r, FILE *to)
{
    const struct checkpoint *cp = &r->accepted.cp.checkpoint;
    char root[48];
    findings_print(&r->findings, to);
    if (!r->replayed)
        return;
    base64_encode(root, cp->root.b, HASH_BYTES);
    fprintf(to,
            TR("%s: %s, %" PRIu64 " entries, root %s, %" PRIu64 " signatures verified%s\n",
               "%s: %s, %" PRIu64 " asientos, raíz %s, %" PRIu64 " firmas verificadas%s\n"),
            trust_log(&r->trust)->name, verdict_word(r->verdict), cp->size, root,
            judge_signatures(r->judge),
            r->options.structure ? TR(" (structure only: no record was looked at)",
                                      " (solo estructura: no se miró ningún registro)")
                                 : "");
    if (r->first > 0)
        fprintf(to,
                TR("the first %" PRIu64
                   " of them in an earlier run, of which the state speaks: they "
                   "were not read again (a copy is checked without --state)\n",
                   "los primeros %" PRIu64 " en una ejecución anterior, de la que da cuenta el "
                   "estado: no se leyeron de nuevo (una copia se comprueba sin --state)\n"),
                r->first);
    print_genesis(r, to);
}

json_t *replaying_json(const struct replaying *r)
{
    const struct checkpoint *cp = &r->accepted.cp.checkpoint;
    struct hash genesis;
    json_t *v = must(json_pack(
        "{s:b,s:s,s:s,s:I,s:o,s:I,s:I,s:I,s:o}", "ok", r->verdict == VERDICT_GOOD, "verdict",
        verdict_name(r->verdict), "origin", trust_log(&r->trust)->name, "size",
        (json_int_t)cp->size, "root", json_of_hash(&cp->root), "signatures",
        (json_int_t)(r->judge ? judge_signatures(r->judge) : 0), "from", (json_int_t)r->first,
        "findings_total", (json_int_t)r->findings.total, "findings", findings_json(&r->findings)));
    if (r->judge != NULL && judge_genesis(r->judge, &genesis))
        json_object_set_new(v, "genesis", json_of_hash(&genesis));
    return v;
}
