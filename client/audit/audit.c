#include "client/audit/audit.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "client/audit/audit_state.h"
#include "client/audit/rules.h"
#include "client/base/lost.h"

static enum outcome read_state(void *ctx)
{
    struct audit *a = ctx;
    return audit_state_read(a, a->r->options.state, a->r->state.accepted.cp.checkpoint.size);
}

/* Signers have the numbers that the registry gave them. */
static enum outcome state_fits(void *ctx)
{
    struct audit *a = ctx;
    if (a->cb.signers.n >= registry_count(judge_registry(a->r->judge)))
        return OUTCOME_PROVEN;
    return say_usage(TR("%s and what an audit left beside it do not fit: remove both",
                        "%s y lo que una auditoría dejó a su lado no encajan: borre ambos"),
                     a->r->options.state);
}

static enum outcome write_state(void *ctx)
{
    struct audit *a = ctx;
    if (!audit_complete(a))
        return OUTCOME_UNDECIDED;
    return audit_state_write(a, a->r->options.state);
}

struct audit *audit_open(struct replaying *r, const struct audit_options *options)
{
    struct audit *a = kept(calloc(1, sizeof *a));
    if (a == NULL)
        return NULL;
    a->r = r;
    a->now = NO_TIME;
    a->stop = NO_ENTRY;
    a->rulesets =
        rulesets_new(options->ruleset, r->options.and_url ? NULL : r->options.dir, &r->trust);
    if (a->rulesets == NULL) {
        free(a);
        return NULL;
    }
    casebook_open(&a->cb);
    a->partial = a->cb.partial = options->partial;
    answers_open(&a->answers, options->passes);
    r->begin = read_state;
    r->fits = state_fits;
    r->keep = write_state;
    return a;
}

void audit_close(struct audit *a)
{
    if (a == NULL)
        return;
    casebook_close(&a->cb);
    answers_close(&a->answers);
    rulesets_free(a->rulesets);
    free(a);
}

/* NULL: it cannot be had, and nothing more can be said. */
static const struct ruleset *ruleset_for(struct audit *a, const struct judged *e)
{
    const struct pinned_ruleset *pinned =
        a->partial ? NULL : registry_ruleset(judge_registry(a->r->judge), e->accepted, e->index);
    const struct ruleset *ruleset =
        rulesets_get(a->rulesets, pinned == NULL ? NULL : pinned->sha256);
    if (ruleset != NULL || pinned == NULL || a->gap.there)
        return ruleset;
    a->gap.there = true;
    a->gap.entry = e->index;
    a->gap.pinned = pinned->entry;
    memcpy(a->gap.sha256.b, pinned->sha256, HASH_BYTES);
    return NULL;
}

void audit_look(void *ctx, const struct judged *e)
{
    struct audit *a = ctx;
    const struct registry *registry = judge_registry(a->r->judge);
    struct event event = { .e = e };
    uint64_t before = a->answers.list.n;
    if (e->index >= a->stop || a->gap.there || lost_any())
        return;
    if (e->has_header)
        a->now = e->accepted;
    bool of_log = e->counts && e->kind != KIND_GENESIS && kind_is_logs(e->kind); /* no rule asks */
    if (e->counts && !of_log)
        event.ruleset = ruleset_for(a, e);
    if (event.ruleset == NULL) {
        casebook_skip(&a->cb, e);
        return;
    }
    event.object = e->record->object;
    event.signer = e->signer == NO_SIGNER ? NULL : registry_get(registry, e->signer);
    if (!a->partial)
        rules_of_act(&a->answers, &a->cb, &event, registry);
    if (!casebook_take(&a->cb, &event))
        return;
    if (!a->partial && e->kind == KIND_REQUEST)
        rules_of_request(&a->answers, &a->cb, &event);
    else if (!a->partial && e->kind == KIND_WARRANT)
        rules_of_warrant(&a->answers, &a->cb, &event);
    if (a->told != NULL)
        a->told(a->told_ctx, &event);
    answers_sift(&a->answers, before);
}

/* An entry that cannot be decided may be the warrant, the notice or the enrolment that an answer
 * would miss. */
static bool all_decided(const struct findings *f)
{
    for (size_t i = 0; i < f->kept; i++)
        if (f->list[i].verdict == VERDICT_UNDECIDED && f->list[i].entry != NO_ENTRY) {
            say(TR("entry %" PRIu64 " cannot be decided, and what rests on it neither: the rules "
                   "were not asked",
                   "el asiento %" PRIu64 " no se puede decidir, ni lo que se apoya en él: no se "
                   "aplicaron las reglas"),
                f->list[i].entry);
            return false;
        }
    if (f->total == f->kept || !f->undecided)
        return true;
    /* One that is not listed may be about an entry. */
    say(TR(
        "there are more findings than are listed, undecided ones among them: the rules were not "
        "asked",
        "hay más hallazgos que los listados, y algunos sin decidir: no se aplicaron las reglas"));
    return false;
}

bool audit_complete(const struct audit *a)
{
    char hex[2 * HASH_BYTES + 1];
    if (lost_any()) /* lost_outcome() says so */
        return false;
    if (!a->gap.there) {
        if (!a->partial && a->now != NO_TIME) /* the log's own law says where its readers live */
            rulesets_assume(a->rulesets, judge_registry(a->r->judge), a->now);
        return all_decided(&a->r->findings);
    }
    sodium_bin2hex(hex, sizeof hex, a->gap.sha256.b, HASH_BYTES);
    say(TR("entry %" PRIu64 " cannot be judged: the ruleset that entry %" PRIu64
           " pins (SHA-256 %s) is not to be had: give its file with --ruleset",
           "el asiento %" PRIu64
           " no se puede juzgar: el conjunto de reglas que fija el asiento %" PRIu64
           " (SHA-256 %s) no está disponible: dé su archivo con --ruleset"),
        a->gap.entry, a->gap.pinned, hex);
    return false;
}

bool audit_end(struct audit *a)
{
    if (!audit_complete(a))
        return false;
    if (a->partial)
        return true;
    rulesets_say_unused(a->rulesets);
    rules_at_end(&a->answers, &a->cb, a->now);
    answers_sort(&a->answers);
    return !lost_any();
}
