#include <stdlib.h>

#include "proto/base/memory_tape.h"
#include "proto/lib/lib_fetch.h"
#include "proto/lib/lib_known.h"
#include "proto/lib/lib_objects.h"
#include "proto/tlog/kept_source.h"
#include "proto/verify/log_replay.h"

#define SLOT (1 + HASH_BYTES)
#define SLOTS_MIN 1024

/* Kind and leaf hash of each entry of a run, from `first` on; only as many as there is room for. */
struct entries_kept {
    uint64_t first;
    uint8_t *slot; /* n of SLOT bytes, room for cap */
    size_t n, cap, max;
    bool full; /* what comes now is not kept */
};

struct bitacora_replay {
    const bitacora_policy *policy; /* the caller's */
    bool structure;
    int64_t now, max_age; /* milliseconds; max_age negative: not asked */
    bitacora_finding_fn *found;
    void *found_arg;
    bitacora_progress_fn *progress;
    void *progress_arg;
    bitacora_entry_fn *seen;
    void *seen_arg;
    bool ran;
    struct log_replay core;
    bitacora_checkpoint checkpoint; /* of core.accepted; size 0: none */
    struct hash genesis;
    bool has_genesis;
    struct known_log known;
    /* During a run: */
    bitacora_context *ctx;
    struct fetching fetching;
    struct source source, again;
    struct kept_files kept;
    struct entries_kept remembered;
    struct memory_tapes tapes; /* of the log's index */
    struct tape tape[RECOUNT_TAPES];
    bool stopped; /* by the progress callback */
};

/* ---- a replay, and what is asked of it ------------------------------------------------------- */

bitacora_result bitacora_replay_new(bitacora_context *ctx, const bitacora_policy *policy,
                                    bitacora_replay **out)
{
    struct refusal why;
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL)
        return context_misuse(ctx, "policy");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (!policy_one_log(policy->policy)) {
        refuse(&why, REASON_POLICY_FORM, "several logs");
        return context_refuse(ctx, BITACORA_USAGE, &why);
    }
    bitacora_replay *r = calloc(1, sizeof *r);
    if (r == NULL)
        return BITACORA_MEMORY;
    r->policy = policy;
    r->max_age = -1;
    *out = r;
    return BITACORA_PROVEN;
}

/* Whether a run is under way: whoever asks is one of its callbacks. */
static bool is_running(const bitacora_replay *r)
{
    return r->ctx != NULL;
}

/* Frees what a run needs while it lasts. */
static void end_run(bitacora_replay *r)
{
    kept_files_free(&r->kept);
    free(r->remembered.slot);
    r->remembered = (struct entries_kept){ .n = 0 };
    for (size_t i = 0; i < RECOUNT_TAPES; i++)
        memory_tape_free(&r->tape[i]);
    r->ctx = NULL;
}

void bitacora_replay_free(bitacora_replay *r)
{
    if (r == NULL || is_running(r))
        return;
    log_replay_free(&r->core);
    known_free(&r->known);
    end_run(r);
    free(r);
}

void bitacora_replay_structure(bitacora_replay *r, bool structure)
{
    if (r != NULL && !is_running(r))
        r->structure = structure;
}

void bitacora_replay_max_age(bitacora_replay *r, int64_t now, int64_t max_age)
{
    if (r == NULL || is_running(r))
        return;
    r->now = now;
    r->max_age = max_age;
}

void bitacora_replay_on_finding(bitacora_replay *r, bitacora_finding_fn *found, void *arg)
{
    if (r == NULL || is_running(r))
        return;
    r->found = found;
    r->found_arg = arg;
}

void bitacora_replay_on_progress(bitacora_replay *r, bitacora_progress_fn *progress, void *arg)
{
    if (r == NULL || is_running(r))
        return;
    r->progress = progress;
    r->progress_arg = arg;
}

void bitacora_replay_on_entry(bitacora_replay *r, bitacora_entry_fn *seen, void *arg)
{
    if (r == NULL || is_running(r))
        return;
    r->seen = seen;
    r->seen_arg = arg;
}

/* ---- look-ups -------------------------------------------------------------------------------- */

static bool grow_kept(struct entries_kept *m)
{
    size_t cap = m->cap == 0 ? SLOTS_MIN : m->cap * 2;
    if (cap > m->max / SLOT)
        cap = m->max / SLOT;
    uint8_t *bigger = cap > m->n ? realloc(m->slot, cap * SLOT) : NULL;
    if (bigger == NULL)
        return false;
    m->slot = bigger;
    m->cap = cap;
    return true;
}

static void keep_entry(void *ctx, enum kind kind, const struct hash *leaf)
{
    struct entries_kept *m = &((bitacora_replay *)ctx)->remembered;
    m->full = m->full || (m->n == m->cap && !grow_kept(m));
    if (m->full)
        return;
    uint8_t *slot = m->slot + SLOT * m->n++;
    slot[0] = (uint8_t)kind;
    memcpy(slot + 1, leaf->b, HASH_BYTES);
}

static enum lookup kept_entry(void *ctx, uint64_t index, struct known_entry *out)
{
    const bitacora_replay *r = ctx;
    uint64_t at = index - r->core.first;
    if (at >= r->remembered.n)
        return LOOKUP_UNKNOWN;
    const uint8_t *slot = r->remembered.slot + SLOT * at;
    out->kind = (enum kind)slot[0];
    memcpy(out->leaf.b, slot + 1, HASH_BYTES);
    return LOOKUP_FOUND;
}

/* ---- the log's index ------------------------------------------------------------------------- */

static int open_memory(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    bitacora_replay *r = ctx;
    r->tapes = (struct memory_tapes){ .most = r->ctx->limit[BITACORA_LIMIT_REPLAY_MEMORY] };
    for (size_t i = 0; i < RECOUNT_TAPES; i++) {
        if (memory_tape_new(&r->tape[i], &r->tapes) != 0)
            return -1;
        tape[i] = r->tape[i];
    }
    return 0;
}

static int fetch_table_file(void *ctx, const struct hash *root, const struct index_table_file *f,
                            struct buf *out)
{
    bitacora_replay *r = ctx;
    char path[INDEX_PATH_MAX];
    struct refusal why;
    index_table_path(path, root, f);
    return fetch_path(&r->fetching, path, PAGE_ROWS * ROW_BYTES, out, &why) == FETCH_OK ? 0 : -1;
}

/* ---- who looks on ---------------------------------------------------------------------------- */

static void tell_finding(void *ctx, const struct finding *f)
{
    bitacora_replay *r = ctx;
    context_found(r->ctx, f);
    if (r->found == NULL || f->why.reason == REASON_MEMORY)
        return;
    r->ctx->in_callback = true;
    r->found(r->found_arg, finding_shown(f));
    r->ctx->in_callback = false;
}

static bool tell_progress(void *ctx, uint64_t done, uint64_t size)
{
    bitacora_replay *r = ctx;
    r->ctx->in_callback = true;
    r->stopped =
        r->stopped || (r->progress != NULL && r->progress(r->progress_arg, done, size) != 0);
    r->ctx->in_callback = false;
    r->stopped = r->stopped || context_cancelled(r->ctx);
    return !r->stopped && !context_no_memory(r->ctx);
}

static void show_entry(void *ctx, const struct judged *e)
{
    bitacora_replay *r = ctx;
    bitacora_entry shown = { .judged = e };
    if (known_take(&r->known, e, r->core.judge) != 0)
        r->ctx->memory = true;
    if (r->seen == NULL)
        return;
    if (e->record != NULL) {
        struct span text = e->record->text;
        const uint8_t *second = memchr(text.p, '\n', text.n);
        size_t skip = (size_t)(second - text.p) + 1;
        buf_add(&shown.members, text.p + skip, text.n - skip - 1);
        memcpy(shown.signer, e->record->signer.p, e->record->signer.n);
        buf_str(&shown.members); /* makes room for its end */
    }
    if (shown.members.failed)
        r->ctx->memory = true; /* nothing is shown that is not whole */
    r->ctx->in_callback = true;
    if (!shown.members.failed)
        r->seen(r->seen_arg, &shown);
    r->ctx->in_callback = false;
    buf_free(&shown.members);
}

/* ---- run ------------------------------------------------------------------------------------- */

static const char *words_of_fault(enum replay_state_fault fault)
{
    switch (fault) {
    case REPLAY_STATE_LOG:
        return "of another log";
    case REPLAY_STATE_RECORDS:
        return "made without structure";
    case REPLAY_STATE_STRUCTURE:
        return "made with structure";
    case REPLAY_STATE_POLICY:
        return "its checkpoint is not good under this policy";
    case REPLAY_STATE_FORM:
        return "not a state";
    default:
        return "damaged, or not a state";
    }
}

static bitacora_result refuse_state(bitacora_replay *r, const char *cause)
{
    struct refusal why;
    refuse(&why, REASON_STATE_UNUSABLE, cause);
    context_clear(r->ctx); /* what it told is believed no more */
    return context_refuse(r->ctx, BITACORA_USAGE, &why);
}

/* Begins anew, with nothing of an earlier run. */
static void begin_run(bitacora_replay *r, bitacora_context *ctx, bitacora_fetch_fn *fetch,
                      void *arg)
{
    log_replay_free(&r->core);
    end_run(r);
    r->ran = false; /* until it is over */
    r->stopped = false;
    r->has_genesis = false;
    r->checkpoint = (bitacora_checkpoint){ .policy = r->policy };
    r->ctx = ctx;
    r->fetching = (struct fetching){ ctx, fetch, arg };
    r->source = source_fetching(&r->fetching);
    r->kept.below = &r->source;
    r->again = kept_source(&r->kept);
    r->remembered.max = ctx->limit[BITACORA_LIMIT_REPLAY_MEMORY];
    r->core = (struct log_replay){ .setup = { .policy = r->policy->policy,
                                              .pin = pin_of(r->policy),
                                              .structure = r->structure,
                                              .keep = true,
                                              .source = &r->source,
                                              .again = &r->again,
                                              .remember = r->structure ? NULL : keep_entry,
                                              .recall = kept_entry,
                                              .recall_ctx = r,
                                              .open = open_memory,
                                              .open_ctx = r,
                                              .table_file = fetch_table_file,
                                              .table_ctx = r,
                                              .found = tell_finding,
                                              .found_ctx = r,
                                              .judged = show_entry,
                                              .judged_ctx = r,
                                              .progress = tell_progress,
                                              .progress_ctx = r } };
}

/* Takes a state in. Returns PROVEN, also without one, or what the run ends with. */
static bitacora_result use_state(bitacora_replay *r, struct span state)
{
    known_begin(&r->known, state.p != NULL);
    if (state.p == NULL)
        return BITACORA_PROVEN;
    if (state.n > r->ctx->limit[BITACORA_LIMIT_STATE])
        return refuse_state(r, "too large");
    struct log_keys keys = policy_log_keys(r->policy->policy, 0);
    enum replay_state_fault fault = replay_state_parse(&r->core.state, state, r->policy->policy,
                                                       &keys, r->structure, &r->core.findings);
    if (fault == REPLAY_STATE_MEMORY)
        return BITACORA_MEMORY;
    if (fault != REPLAY_STATE_GOOD)
        return refuse_state(r, words_of_fault(fault));
    r->core.from_state = true;
    for (size_t i = 0; i < r->core.findings.kept; i++)
        tell_finding(r, &r->core.findings.list[i]);
    r->ctx->found.total += r->core.findings.total - r->core.findings.kept;
    return BITACORA_PROVEN;
}

/* Gets the checkpoint. Returns whether there is one to be opened. */
static bool fetch_checkpoint(bitacora_replay *r)
{
    struct refusal why;
    struct buf *note = &r->core.accepted.note;
    if (fetch_path(&r->fetching, "checkpoint", CHECKPOINT_MAX, note, &why) == FETCH_OK)
        return true;
    log_replay_found(&r->core, &(struct finding){ VERDICT_UNDECIDED, why, NO_ENTRY, NO_ENTRY });
    return false;
}

static void describe_run(bitacora_replay *r)
{
    const struct log_replay *core = &r->core;
    r->has_genesis = core->judge != NULL && judge_genesis(core->judge, &r->genesis);
    if (core->accepted.cp.checkpoint.size == 0)
        return;
    r->checkpoint.bytes = buf_span(&core->accepted.note);
    r->checkpoint.cp = core->accepted.cp;
    checkpoint_describe(&r->checkpoint);
}

/* From the checkpoint to the verdict. */
static bitacora_result replay_all(bitacora_replay *r)
{
    struct log_replay *core = &r->core;
    int64_t max_age = r->max_age < 0 ? -1 : r->max_age / 1000;
    if (fetch_checkpoint(r) && log_replay_checkpoint(core, max_age, r->now / 1000)) {
        enum log_replay_run ran = log_replay_run(core);
        if (ran == LOG_REPLAY_STATE)
            return refuse_state(r, "damaged");
        if (ran == LOG_REPLAY_MEMORY)
            return BITACORA_MEMORY;
    }
    if (r->stopped || r->ctx->cancelled)
        return BITACORA_CANCELLED;
    if (context_no_memory(r->ctx) || core->findings.memory)
        return BITACORA_MEMORY;
    enum verdict verdict = log_replay_conclude(core);
    describe_run(r);
    return r->ctx->cancelled ? BITACORA_CANCELLED : result_of_verdict(verdict);
}

bitacora_result bitacora_replay_run(bitacora_context *ctx, bitacora_replay *r,
                                    bitacora_fetch_fn *fetch, void *arg, const void *state,
                                    size_t state_n)
{
    if (ctx == NULL || r == NULL || fetch == NULL || (state == NULL && state_n > 0))
        return context_misuse(ctx, r == NULL ? "replay" : fetch == NULL ? "fetch" : "state");
    if (is_running(r) || !context_begin(ctx))
        return BITACORA_BUSY;
    begin_run(r, ctx, fetch, arg);
    bitacora_result result = use_state(r, span_of(state, state_n));
    if (result == BITACORA_PROVEN)
        result = replay_all(r);
    r->ran = result >= 0 && result != BITACORA_USAGE;
    known_end(&r->known, r->ran && log_replay_may_keep(&r->core) ? &r->core : NULL);
    end_run(r);
    return result;
}

bitacora_result bitacora_replay_for_gate(bitacora_replay *r, const bitacora_gate *gate)
{
    if (r == NULL || gate == NULL || r->structure || !same_policy(r->policy, gate->policy))
        return BITACORA_MISUSE;
    return is_running(r) ? BITACORA_BUSY : known_for(&r->known, gate->holder);
}

const struct known_log *replay_known_log(const bitacora_replay *r)
{
    return is_running(r) ? NULL : &r->known;
}

/* ---- what it left ---------------------------------------------------------------------------- */

bool bitacora_replay_proven(const bitacora_replay *r)
{
    return r != NULL && r->ran && log_replay_proven(&r->core);
}

const bitacora_checkpoint *bitacora_replay_checkpoint(const bitacora_replay *r)
{
    return r == NULL || !r->ran || r->checkpoint.cp.checkpoint.size == 0 ? NULL : &r->checkpoint;
}

uint64_t bitacora_replay_from(const bitacora_replay *r)
{
    return r == NULL || !r->ran ? 0 : r->core.first;
}

uint64_t bitacora_replay_signatures(const bitacora_replay *r)
{
    return r == NULL || !r->ran || r->core.judge == NULL ? 0 : judge_signatures(r->core.judge);
}

const uint8_t *bitacora_replay_genesis(const bitacora_replay *r)
{
    return r == NULL || !r->ran || !r->has_genesis ? NULL : r->genesis.b;
}

const char *bitacora_replay_evidence(const bitacora_replay *r, size_t *n)
{
    bool any = r != NULL && r->ran && r->core.evidence.n > 0 && !r->core.evidence.failed;
    if (n != NULL)
        *n = any ? r->core.evidence.n : 0;
    return any ? (const char *)r->core.evidence.p : NULL;
}

bitacora_result bitacora_replay_state(bitacora_context *ctx, const bitacora_replay *r, char **out,
                                      size_t *n)
{
    struct buf bytes = { 0 };
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || r == NULL || n == NULL)
        return context_misuse(ctx, r == NULL ? "replay" : "n");
    if (is_running(r) || !context_begin(ctx))
        return BITACORA_BUSY;
    if (!r->ran || !log_replay_may_keep(&r->core))
        return BITACORA_UNDECIDED;
    replay_state_format(&bytes, &(struct replay_known){ .log = r->core.keys.key[0],
                                                        .structure = r->core.setup.structure,
                                                        .accepted = &r->core.accepted,
                                                        .edge = &r->core.edge,
                                                        .judge = r->core.judge,
                                                        .index = r->core.index,
                                                        .findings = &r->core.findings });
    return give_bytes(&bytes, out, n);
}
