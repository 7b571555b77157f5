#include "client/mirror/mirror.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/tlog/merge.h"

/* Of one size no cosignature that the copy has is given up for an older one, or for none. Returns
 * false if there is no memory. */
static bool merge_with_old(struct mirror *m)
{
    struct buf merged = { 0 };
    struct refusal why;
    if (!m->has_old || m->old.cp.checkpoint.size != m->now.cp.checkpoint.size)
        return true;
    checkpoint_merge(&merged, m->trust.policy, buf_span(&m->old.note), buf_span(&m->now.note));
    if (merged.failed || policy_open(&m->now.cp, m->trust.policy, buf_span(&merged), &why) != 0) {
        lost(ENOMEM); /* both opened a moment ago */
        buf_free(&merged);
        return false;
    }
    buf_free(&m->now.note);
    m->now.note = merged;
    return true;
}

/* What is wrong with the index says nothing against the entries: the copy of these is kept. */
static enum outcome conclude_index(struct mirror *m)
{
    struct span evidence;
    const struct findings *f = mirror_index_findings(m->index, &evidence);
    if (f->total == 0)
        return OUTCOME_PROVEN;
    say(TR("the copy holds all entries; of the log's index it keeps what it had",
           "la copia tiene todos los asientos; del índice de la bitácora guarda lo que tenía"));
    for (size_t i = 0; i < f->kept; i++)
        findings_add(&m->findings, &f->list[i]);
    if (m->evidence.n == 0)
        buf_add_span(&m->evidence, evidence);
    return outcome_of_verdict(findings_verdict(&m->findings));
}

static enum outcome keep_copy(struct mirror *m)
{
    uint64_t old = m->has_old ? m->old.cp.checkpoint.size : 0;
    if (m->options.will_write != NULL)
        m->options.will_write();
    if (!merge_with_old(m))
        return OUTCOME_UNDECIDED;
    mirror_index_stage(m->index);
    enum outcome outcome = copy_folder_keep(&m->folder, buf_span(&m->now.note));
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    m->kept = true;
    if (old > 0 && old != m->now.cp.checkpoint.size)
        copy_folder_drop_partials(&m->folder, old);
    outcome = mirror_index_keep(m->index, old != m->now.cp.checkpoint.size);
    return outcome_worse(outcome, conclude_index(m));
}

static void stage(void *ctx, const char *name, struct span bytes)
{
    struct mirror *m = ctx;
    copy_folder_stage(&m->folder, name, bytes);
}

static bool stop_at_a_finding(void *ctx, uint64_t done, uint64_t size)
{
    const struct mirror *m = ctx;
    say_progress(done, size);
    return m->findings.total == 0; /* nothing of it will be kept */
}

/* The file of a ruleset that the log pins: audits of the copy need it, as a blob under the path
 * that a log serves it under. Its hash says whether it is the one; a copy without it is a copy
 * all the same. */
static bool has_ruleset(struct logfiles *l, const struct hash *sha256, struct buf *file)
{
    struct refusal why;
    struct hash sum;
    buf_clear(file);
    if (logfiles_blob(l, sha256->b, RULESET_MAX, file, &why) != FETCH_OK)
        return false;
    kept_text(file);
    hash_bytes(&sum, buf_span(file));
    return hash_eq(&sum, sha256);
}

static void stage_ruleset(struct mirror *m, const char *sha256_text)
{
    struct buf file = { 0 };
    struct hash sha256;
    char name[BLOB_PATH_MAX];
    if (base64_decode_exact(sha256.b, HASH_BYTES, span_str(sha256_text)) != 0 ||
        has_ruleset(m->here, &sha256, &file)) {
        buf_free(&file);
        return;
    }
    logfiles_blob_path(name, sha256.b);
    if (has_ruleset(m->there, &sha256, &file))
        stage(m, name, buf_span(&file));
    else
        say(TR("the ruleset that the log pins is not to be had, and not in the copy: %s",
               "el conjunto de reglas que la bitácora fija no está disponible, ni en la copia: %s"),
            name);
    buf_free(&file);
}

/* Records are not judged here; whether this one counts is for an audit to say. */
static void look_for_ruleset(struct mirror *m, const struct judged *e)
{
    struct entry entry;
    struct record r;
    struct refusal why;
    if (entry_parse(&entry, e->bytes, &why) != 0 ||
        !span_starts(entry.note, "bitacora/v1 ruleset\n"))
        return;
    if (record_parse(&r, entry.note, &why) != 0) {
        lost_to_memory(&why);
        return;
    }
    stage_ruleset(m, record_string(&r, "sha256"));
    record_free(&r);
}

static void take_into_copy(void *ctx, const struct judged *e)
{
    struct mirror *m = ctx;
    look_for_ruleset(m, e);
    mirror_index_entry(m->index, e);
    if (m->options.passed != NULL)
        m->options.passed(m->options.ctx, e);
}

static enum lookup look_up_nothing(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    (void)index;
    (void)out;
    return LOOKUP_UNKNOWN;
}

/* Chain and tree; whose signatures the records carry is for a replay to say. With `anew` nothing
 * of the copy is read. */
static enum replay_end verify_tree(struct mirror *m, bool anew)
{
    const struct checkpoint *cp = &m->now.cp.checkpoint;
    struct judge_setup setup = { .log = *trust_log(&m->trust),
                                 .keys = trust_log_keys(&m->trust),
                                 .has_pin = m->trust.has_pin,
                                 .pin = m->trust.pin,
                                 .structure = true,
                                 .lookup = look_up_nothing,
                                 .found = findings_add,
                                 .found_ctx = &m->findings,
                                 .judged = take_into_copy,
                                 .judged_ctx = m };
    if (!m->verified) {
        judge_free(m->judge);
        m->judge = kept(judge_new(&setup));
        memset(&m->edge, 0, sizeof m->edge);
    }
    if (m->judge == NULL || !mirror_index_begin(m->index, !m->verified)) {
        m->verified = false;
        return REPLAY_INCOMPLETE;
    }
    intake_begin(m->intake, cp->size, &cp->root, anew);
    struct replay_setup replay = { .source = intake_source(m->intake),
                                   .size = cp->size,
                                   .root = cp->root,
                                   .judge = m->judge,
                                   .found = findings_add,
                                   .found_ctx = &m->findings,
                                   .progress = stop_at_a_finding,
                                   .progress_ctx = m };
    enum replay_end end = replay_run(&replay, &m->edge);
    m->verified = end == REPLAY_PROVEN && findings_verdict(&m->findings) == VERDICT_GOOD;
    return end;
}

/* The checkpoint of the copy, if there is one. */
static enum outcome open_old(struct mirror *m)
{
    struct refusal why;
    struct findings told = { 0 };
    enum fetch got = logfiles_checkpoint(m->here, &m->old.note, &why);
    if (got == FETCH_MISSING)
        return OUTCOME_PROVEN;
    m->has_old = got == FETCH_OK && accepted_open(&m->old, &m->trust, &told) == VERDICT_GOOD;
    findings_print(&told, stderr);
    findings_free(&told);
    if (!m->has_old)
        return say_usage(TR("the checkpoint in %s is not one of this log: use another folder",
                            "el punto de control en %s no es de esta bitácora: use otra carpeta"),
                         m->folder.dir);
    return OUTCOME_PROVEN;
}

/* What is new, proven and moved in. */
static enum outcome fetch_and_prove(struct mirror *m)
{
    if (accepted_fetch(&m->now, &m->trust, m->there, &m->findings) != VERDICT_GOOD ||
        prove_follows(&m->trust, m->has_old ? &m->old : &m->now, &m->now, m->there, &m->findings,
                      &m->evidence) != VERDICT_GOOD)
        return m->findings.bad ? OUTCOME_BAD : OUTCOME_UNDECIDED;
    /* Short of its quorum or too old: nothing of it is kept. (So what is found below is of the
     * files alone, and a second try may forget it.) */
    if (findings_verdict(&m->findings) != VERDICT_GOOD)
        return outcome_of_verdict(findings_verdict(&m->findings));
    bool went_on = m->verified;
    enum replay_end end = verify_tree(m, false);
    if (findings_verdict(&m->findings) != VERDICT_GOOD &&
        (intake_used_here(m->intake) || went_on)) {
        /* The copy may be what was altered, and the log not: all of it from there, once. */
        say(TR("the copy in %s does not fit: fetching all of it again",
               "la copia en %s no encaja: se trae toda de nuevo"),
            m->folder.dir);
        findings_free(&m->findings);
        end = verify_tree(m, true);
    }
    enum outcome outcome = outcome_of_verdict(findings_verdict(&m->findings));
    if (outcome == OUTCOME_PROVEN && intake_doubts(m->intake))
        return say_undecided(TR("files of the log changed while they were read",
                                "archivos de la bitácora cambiaron mientras se leían"));
    if (outcome == OUTCOME_PROVEN)
        return end == REPLAY_PROVEN ? keep_copy(m) : OUTCOME_UNDECIDED;
    if (end == REPLAY_PROVEN)
        prove_findings(&m->evidence, &m->trust, m->there, &m->now, &m->findings);
    return outcome;
}

/* Nothing that was not proven is left lying about, nor what a run that was cut off left. */
enum outcome mirror_update(struct mirror *m)
{
    m->kept = false;
    copy_folder_unstage(&m->folder);
    enum outcome outcome = fetch_and_prove(m);
    copy_folder_unstage(&m->folder);
    return outcome;
}

void mirror_next(struct mirror *m, bool proven)
{
    findings_free(&m->findings);
    m->findings = (struct findings){ .list = NULL };
    logfiles_again(m->there);
    if (proven) {
        accepted_free(&m->old);
        m->old = m->now;
        m->now = (struct accepted){ .note = { 0 } };
        m->has_old = true;
    } else {
        accepted_free(&m->now);
        m->now = (struct accepted){ .note = { 0 } };
        m->verified = false;
    }
}

/* Whether the log itself is convicted, by what it signed: no later answer can mend that. */
static bool is_convicted(const struct mirror *m)
{
    for (size_t i = 0; i < m->findings.kept; i++)
        if (m->findings.list[i].why.reason == REASON_INDEX_TABLE ||
            m->findings.list[i].why.reason == REASON_FORK ||
            m->findings.list[i].why.reason == REASON_ROLLED_BACK)
            return true;
    return m->evidence.n > 0;
}

/* What was merely answered badly may come well the next time. */
bool mirror_may_mend(const struct mirror *m, enum outcome outcome)
{
    return outcome != OUTCOME_USAGE && !(outcome == OUTCOME_BAD && is_convicted(m));
}

/* ---- opening, closing ------------------------------------------------------------------------ */

static enum outcome open_files(struct mirror *m)
{
    m->here = logfiles_of_dir(m->folder.dir);
    m->there = logfiles_of_url(m->trust.url, &m->trust.reader);
    m->trust.beside = m->beside = copy_folder_name(m->folder.dir);
    if (m->here == NULL || m->there == NULL || m->beside == NULL)
        return OUTCOME_UNDECIDED;
    if (m->options.no_patience)
        logfiles_patience(m->there, PATIENCE_NONE);
    m->intake = intake_new(m->here, m->there, stage, m);
    m->index = mirror_index_new(&m->trust, m->here, m->there, &m->folder, &m->now);
    return m->intake == NULL || m->index == NULL ? OUTCOME_UNDECIDED : open_old(m);
}

enum outcome mirror_open(struct mirror *m, const struct mirror_options *options)
{
    *m = (struct mirror){ .options = *options, .folder = { .lock = -1 } };
    enum outcome outcome = trust_open(&m->trust, &options->trust, true);
    if (outcome == OUTCOME_PROVEN && m->trust.url == NULL)
        outcome = say_usage(TR("where is the log? The policy names no URL: use --log",
                               "¿dónde está la bitácora? La política no da URL: use --log"));
    if (outcome == OUTCOME_PROVEN)
        outcome = copy_folder_open(&m->folder, options->dir);
    if (outcome == OUTCOME_PROVEN)
        outcome = open_files(m);
    return outcome;
}

void mirror_close(struct mirror *m)
{
    copy_folder_close(&m->folder);
    findings_free(&m->findings);
    accepted_free(&m->old);
    accepted_free(&m->now);
    judge_free(m->judge);
    intake_free(m->intake);
    mirror_index_free(m->index);
    logfiles_free(m->here);
    logfiles_free(m->there);
    buf_free(&m->evidence);
    trust_close(&m->trust);
    free(m->beside);
}
