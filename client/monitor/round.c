#include "client/monitor/round.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/audit/audit.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/spool.h"
#include "client/findings/audit_report.h"
#include "client/monitor/news.h"
#include "client/show/entry_json.h"

/* A round under way. */
struct looking {
    const struct look_options *o;
    struct look *out;
    struct teller *t;
    struct replaying *r;
    struct audit *a;
    struct news news;
    uint64_t known;    /* findings that the state had */
    uint64_t findings; /* so many, when the last entry was looked at */
    uint64_t doubted;  /* the first entry that came as an undecided one; NO_ENTRY: none */
    uint64_t sure;     /* answers of the rules before it; else all */
    FILE *entries;     /* a line for each, until they are proven; NULL: none */
    bool told;         /* it was kept, and told all */
    bool untold;       /* it was called, and could not */
    /* The audit's own hooks. */
    enum outcome (*begin)(void *ctx);
    enum outcome (*fits)(void *ctx);
    enum outcome (*keep)(void *ctx);
};

static struct stand stand_of(const struct accepted *a)
{
    return (struct stand){ a->cp.checkpoint.size > 0, a->cp.checkpoint.size,
                           a->cp.checkpoint.root };
}

static bool same_stand(const struct stand *a, const struct stand *b)
{
    return a->known && b->known && a->size == b->size && hash_eq(&a->root, &b->root);
}

/* ---- findings -------------------------------------------------------------------------------- */

/* Those that the state did not have, as lines of type `integrity`. */
static json_t *new_findings(const struct findings *f, uint64_t known)
{
    json_t *all = findings_json(f), *new = json_list();
    for (size_t i = known < f->kept ? (size_t)known : f->kept; i < json_array_size(all); i++) {
        json_t *v = json_made(json_deep_copy(json_array_get(all, i)));
        json_put(v, "type", json_text("integrity"));
        json_push(new, v);
    }
    json_decref(all);
    return new;
}

enum syslog_severity round_gravity(const json_t *finding)
{
    const char *verdict = json_string_value(json_object_get(finding, "verdict"));
    return verdict != NULL && strcmp(verdict, "bad") == 0 ? SYSLOG_ALERT : SYSLOG_WARNING;
}

static void write_key(struct look *out, const struct findings *f)
{
    size_t n = (size_t)snprintf(out->key, sizeof out->key, "%" PRIu64, f->total);
    const char *last = "";
    for (size_t i = 0; i < f->kept && n < sizeof out->key; i++) {
        const char *code = reason_code(f->list[i].why.reason);
        if (strcmp(code, last) != 0)
            n += (size_t)snprintf(out->key + n, sizeof out->key - n, " %s", code);
        last = code;
    }
}

/* No later answer can mend what the log signed. */
static bool is_convicted(const struct findings *f, const struct buf *evidence, bool proven)
{
    for (size_t i = 0; i < f->kept; i++)
        if (f->list[i].why.reason == REASON_FORK || f->list[i].why.reason == REASON_ROLLED_BACK ||
            f->list[i].why.reason == REASON_INDEX_TABLE)
            return true;
    return evidence->n > 0 || (proven && f->bad);
}

static enum round_end end_of(const struct look *out, const struct findings *f,
                             const struct buf *evidence, bool proven)
{
    if (f->bad)
        return is_convicted(f, evidence, proven) ? ROUND_CONVICTED : ROUND_BAD;
    if (out->had.known && out->shown.known && out->shown.size < out->had.size)
        return ROUND_SHORTER;
    return ROUND_UNDECIDED;
}

static void keep_evidence(struct look *out, struct trust *t, struct buf *evidence,
                          const char *known_key)
{
    if (evidence->n > 0 && strcmp(out->key, known_key) != 0)
        (void)trust_keep_evidence(t, evidence, &out->evidence);
    buf_clear(evidence);
}

/* ---- looking on ------------------------------------------------------------------------------ */

static bool goes_on(void *ctx)
{
    const struct looking *w = ctx;
    return w->o->go_on(w->o->ctx);
}

/* An entry waits in a file without a name: that it is the log's is known at the end alone. */
static void write_entry(struct looking *w, const struct judged *e)
{
    struct buf line = { 0 };
    const struct findings *f = &w->r->findings;
    enum verdict verdict = f->total == w->findings ? VERDICT_GOOD : entry_verdict(f, e->index);
    json_t *v = entry_json(e, judge_registry(w->r->judge), verdict);
    json_put(v, "type", json_text("entry"));
    telling_line(&line, w->t, v);
    struct span bytes = kept_span(&line);
    if (fwrite(bytes.p, 1, bytes.n, w->entries) != bytes.n)
        lost(errno);
    buf_free(&line);
}

/* Is a listed finding, from that number on, undecided and about an entry below `below`? */
static bool is_doubted(const struct findings *f, uint64_t from, uint64_t below)
{
    for (uint64_t i = from; i < f->kept; i++)
        if (f->list[i].verdict == VERDICT_UNDECIDED && f->list[i].entry < below)
            return true;
    return false;
}

static void look_on(void *ctx, const struct judged *e)
{
    struct looking *w = ctx;
    if (w->doubted == NO_ENTRY && is_doubted(&w->r->findings, w->findings, NO_ENTRY)) {
        w->doubted = e->index;
        w->sure = w->a->answers.list.n;
    }
    audit_look(w->a, e);
    if (w->entries != NULL && !lost_any())
        write_entry(w, e);
    w->findings = w->r->findings.total;
}

static enum outcome begin_audit(void *ctx)
{
    struct looking *w = ctx;
    w->known = w->findings = w->r->findings.total;
    w->out->had = stand_of(&w->r->state.accepted);
    return w->begin(w->a);
}

static enum outcome fit_audit(void *ctx)
{
    struct looking *w = ctx;
    enum outcome outcome = w->fits(w->a);
    if (outcome == OUTCOME_PROVEN)
        news_of_state(&w->news, w->a);
    return outcome;
}

/* ---- telling --------------------------------------------------------------------------------- */

static void tell_entries(struct looking *w)
{
    char *line = NULL;
    size_t room = 0;
    if (w->entries == NULL)
        return;
    rewind(w->entries);
    for (ssize_t n; (n = getline(&line, &room, w->entries)) > 0;)
        telling_give_line(w->t, span_of(line, (size_t)n), "entry", SYSLOG_INFO);
    if (ferror(w->entries))
        lost(EIO);
    free(line);
}

static void tell_findings(struct looking *w)
{
    json_t *list = new_findings(&w->r->findings, w->known);
    size_t i;
    json_t *v;
    json_array_foreach (list, i, v)
        telling_give(w->t, json_incref(v), round_gravity(v));
    json_decref(list);
}

/* The log is proven. All that is new is told before anything is remembered of it. */
static enum outcome tell_and_keep(void *ctx)
{
    struct looking *w = ctx;
    if (!audit_complete(w->a))
        return OUTCOME_UNDECIDED;
    telling_begin(w->t);
    tell_entries(w);
    tell_findings(w);
    news_tell(&w->news, w->a, w->t);
    w->told = telling_keep(w->t) == 0;
    enum outcome outcome = w->told ? w->keep(w->a) : OUTCOME_UNDECIDED;
    w->untold = outcome != OUTCOME_PROVEN;
    return outcome;
}

/* How many answers rest on what is decided. A finding that came late may be about an earlier entry,
 * and so may one that is not listed. */
static uint64_t sure_answers(const struct looking *w)
{
    const struct findings *f = &w->r->findings;
    if (f->total > f->kept || is_doubted(f, 0, w->doubted == NO_ENTRY ? NO_ENTRY : w->doubted))
        return w->news.listed;
    return w->doubted == NO_ENTRY ? w->a->answers.list.n : w->sure;
}

/* Something is undecided, so that the state stays: what is proven all the same is told, once. */
static void tell_ahead(struct looking *w)
{
    const struct replaying *r = w->r;
    if (w->told || w->untold || lost_any() || !replaying_proven(r) || !r->accepted.cp.quorum ||
        r->file_findings)
        return;
    uint64_t given = w->t->given;
    telling_ahead(w->t);
    tell_entries(w);
    tell_findings(w);
    news_tell_before(&w->news, w->a, sure_answers(w), w->t);
    if (telling_keep(w->t) != 0)
        w->untold = true;
    else if (w->t->given > given)
        telling_print(w->t, audit_summary_json(w->a, false));
}

/* ---- a whole round --------------------------------------------------------------------------- */

static bool open_work(struct looking *w)
{
    const struct audit_options options = { .ruleset = w->o->ruleset };
    int fd = w->o->entries ? spool_file() : -1;
    news_open(&w->news);
    if (w->o->entries) {
        w->entries = fd < 0 ? NULL : fdopen(fd, "w+b");
        if (w->entries == NULL) {
            lost(errno);
            return false;
        }
    }
    w->a = audit_open(w->r, &options);
    if (w->a == NULL)
        return false;
    w->begin = w->r->begin;
    w->fits = w->r->fits;
    w->keep = w->r->keep;
    w->r->begin = begin_audit;
    w->r->fits = fit_audit;
    w->r->keep = tell_and_keep;
    w->r->go_on = goes_on;
    return true;
}

static void close_work(struct looking *w)
{
    audit_close(w->a);
    news_close(&w->news);
    if (w->entries != NULL)
        fclose(w->entries);
}

static json_t *both_notes(const struct replaying *r)
{
    const struct buf *had = &r->state.accepted.note, *shown = &r->accepted.note;
    return json_made(json_pack("{s:s%,s:s%}", "had", (const char *)had->p, had->n, "shown",
                               (const char *)shown->p, shown->n));
}

static void judge_round(struct looking *w, enum outcome outcome, const char *known_key)
{
    struct look *out = w->out;
    struct replaying *r = w->r;
    bool proven = replaying_proven(r);
    out->shown = stand_of(&r->accepted);
    write_key(out, &r->findings);
    if (!w->told)
        out->findings = new_findings(&r->findings, w->known);
    if (w->untold || lost_any())
        out->end = ROUND_UNTOLD;
    else if (outcome == OUTCOME_PROVEN)
        out->end = ROUND_MOVED;
    else
        out->end = end_of(out, &r->findings, &r->evidence, proven);
    if (out->end == ROUND_SHORTER)
        out->seen = both_notes(r);
    keep_evidence(out, &r->trust, &r->evidence, known_key);
    if (w->told && !w->untold) {
        json_t *summary = audit_summary_json(w->a, true);
        json_put(summary, "rule_findings", audit_all_rule_findings_json(w->a));
        telling_print(w->t, summary);
    }
}

static void replay_round(struct looking *w, struct stand *stand, const char *known_key)
{
    enum outcome outcome = OUTCOME_USAGE;
    w->out->end = ROUND_USAGE;
    if (open_work(w))
        outcome = replaying_run(w->r, look_on, w);
    if (outcome == OUTCOME_PROVEN && !goes_on(w)) {
        w->out->end = ROUND_STOPPED;
    } else if (outcome == OUTCOME_PROVEN) {
        outcome = replaying_conclude(w->r);
        telling_settle(w->t);
        tell_ahead(w);
        judge_round(w, outcome, known_key);
        /* A log whose findings are in the state is looked at only when it has grown again. */
        if (w->told && !w->untold) {
            *stand = w->out->shown;
            telling_remembered(w->t);
        }
    } else if (outcome == OUTCOME_UNDECIDED) {
        w->out->end = lost_any() ? ROUND_UNTOLD : ROUND_UNDECIDED;
    }
    close_work(w);
}

/* ---- a glance -------------------------------------------------------------------------------- */

/* Whether the log only grew since the state, without a look at what is new. */
static void compare_trees(struct look *out, struct replaying *r, struct accepted *now,
                          struct logfiles *l, struct findings *f, struct buf *evidence)
{
    struct state state;
    struct findings stored = { 0 };
    enum outcome outcome =
        state_read(&state, r->options.state, &r->trust, r->options.structure, &stored);
    out->end = ROUND_USAGE;
    if (outcome == OUTCOME_PROVEN && state.present) {
        out->had = stand_of(&state.accepted);
        bool extends =
            prove_extends(&r->trust, &state.accepted, now, l, f, evidence) == VERDICT_GOOD;
        out->end = extends ? ROUND_HELD : end_of(out, f, evidence, false);
    } else if (outcome == OUTCOME_PROVEN) {
        out->end = ROUND_HELD;
    }
    findings_free(&stored);
    state_free(&state);
}

/* Returns true if that is all: nothing is new, or nothing can be had, or nothing is to be told. */
static bool glance(struct look *out, struct replaying *r, const struct stand *stand, bool hold,
                   const char *known_key)
{
    struct accepted now = { .note = { 0 } };
    struct findings f = { 0 };
    struct buf evidence = { 0 };
    struct logfiles *l = r->options.dir != NULL ? logfiles_of_dir(r->options.dir)
                                                : logfiles_of_url(r->trust.url, &r->trust.reader);
    bool all = true;
    if (l != NULL)
        logfiles_patience(l, PATIENCE_NONE);
    out->end = ROUND_UNTOLD;
    if (l != NULL && accepted_fetch(&now, &r->trust, l, &f) == VERDICT_GOOD) {
        out->had = *stand;
        out->shown = stand_of(&now);
        out->end = ROUND_SAME;
        if (!same_stand(&out->had, &out->shown) && hold)
            compare_trees(out, r, &now, l, &f, &evidence);
        else
            all = same_stand(&out->had, &out->shown);
    } else if (l != NULL) {
        out->end = end_of(out, &f, &evidence, false);
    }
    if (all) {
        write_key(out, &f);
        out->findings = new_findings(&f, 0);
        keep_evidence(out, &r->trust, &evidence, known_key);
    }
    buf_free(&evidence);
    findings_free(&f);
    accepted_free(&now);
    logfiles_free(l);
    return all;
}

void round_run(struct look *out, const struct look_options *o, struct stand *stand,
               struct teller *t, bool hold, const char *known_key)
{
    enum outcome outcome;
    *out = (struct look){ .end = ROUND_USAGE };
    struct replaying *r = replaying_open(&o->replay, &outcome);
    if (r == NULL) {
        out->end = outcome == OUTCOME_USAGE ? ROUND_USAGE : ROUND_UNTOLD;
        return;
    }
    r->patience = PATIENCE_NONE;
    r->trust.beside = o->replay.state;
    struct looking w = { .o = o, .out = out, .t = t, .r = r, .doubted = NO_ENTRY };
    if (!(stand->known || hold) || !glance(out, r, stand, hold, known_key)) {
        *out = (struct look){ .end = ROUND_USAGE };
        replay_round(&w, stand, known_key);
    }
    if (out->end == ROUND_UNDECIDED && !o->go_on(o->ctx)) /* an exchange was given up */
        out->end = ROUND_STOPPED;
    replaying_close(r, OUTCOME_PROVEN);
}

void round_free(struct look *r)
{
    json_decref(r->findings);
    json_decref(r->seen);
    free(r->evidence);
    *r = (struct look){ .end = ROUND_SAME };
}
