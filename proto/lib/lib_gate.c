#include <stdlib.h>

#include "proto/base/when.h"
#include "proto/judge/presentation.h"
#include "proto/lib/lib_known.h"
#include "proto/record/member.h"

/* docs/INTERFACES.md, 17.6. */
#define PRESENTATION_AGE_MS 300000
#define PRESENTATION_SKEW_MS 60000

/* 0001-01-01 and the end of 9999: beyond them no time of a record lies. */
#define EARLIEST_MS INT64_C(-62135596800000)
#define LATEST_MS INT64_C(253402300799999)

/* What is known of the log may be so old, as long as nobody says otherwise. */
#define KNOWN_AGE_MS 30000

static bool is_code(const char *text)
{
    return text != NULL && type_allows(TYPE_CODE, span_str(text));
}

bitacora_result bitacora_gate_new(bitacora_context *ctx, const bitacora_policy *policy,
                                  const char *holder, bitacora_gate **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || !is_code(holder))
        return context_misuse(ctx, policy == NULL ? "policy" : "holder");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_gate *g = calloc(1, sizeof *g);
    if (g == NULL)
        return BITACORA_MEMORY;
    g->policy = policy;
    g->known_age = KNOWN_AGE_MS;
    memcpy(g->holder, holder, strlen(holder));
    *out = g;
    return BITACORA_PROVEN;
}

void bitacora_gate_free(bitacora_gate *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->rulesets; i++)
        ruleset_free(g->ruleset[i]);
    free(g->ruleset);
    free(g->authority);
    free(g);
}

bitacora_result bitacora_gate_allow_authority(bitacora_gate *g, const char *authority)
{
    if (g == NULL || !is_code(authority))
        return BITACORA_MISUSE;
    char(*bigger)[CODE_MAX + 1] =
        realloc(g->authority, (g->authorities + 1) * sizeof *g->authority);
    if (bigger == NULL)
        return BITACORA_MEMORY;
    g->authority = bigger;
    memcpy(g->authority[g->authorities++], authority, strlen(authority) + 1);
    return BITACORA_PROVEN;
}

bitacora_result bitacora_gate_max_age(bitacora_gate *g, int64_t request, int64_t checkpoint)
{
    if (g == NULL || request < 0 || checkpoint < 0 ||
        (checkpoint > 0 && policy_trusts_log_alone(g->policy->policy)))
        return BITACORA_MISUSE;
    g->request_age = request;
    g->checkpoint_age = checkpoint;
    return BITACORA_PROVEN;
}

bitacora_result bitacora_gate_known_age(bitacora_gate *g, int64_t age)
{
    if (g == NULL || age < 0)
        return BITACORA_MISUSE;
    g->known_age = age;
    return BITACORA_PROVEN;
}

bitacora_result bitacora_gate_require_warrant(bitacora_gate *g, bool require)
{
    if (g == NULL)
        return BITACORA_MISUSE;
    g->require_warrant = require;
    return BITACORA_PROVEN;
}

bitacora_result bitacora_gate_add_ruleset(bitacora_context *ctx, bitacora_gate *g,
                                          const void *bytes, size_t n)
{
    struct refusal why;
    if (ctx == NULL || g == NULL || bytes == NULL)
        return context_misuse(ctx, g == NULL ? "gate" : "bytes");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    struct ruleset *r = ruleset_parse(span_of(bytes, n), &why);
    if (r == NULL)
        return context_refuse(ctx, BITACORA_USAGE, &why);
    struct ruleset **bigger = realloc(g->ruleset, (g->rulesets + 1) * sizeof(struct ruleset *));
    if (bigger == NULL) {
        ruleset_free(r);
        return BITACORA_MEMORY;
    }
    g->ruleset = bigger;
    g->ruleset[g->rulesets++] = r;
    return BITACORA_PROVEN;
}

/* ---- what speaks against it ------------------------------------------------------------------ */

static void object_to(bitacora_context *ctx, const bitacora_receipt *r, enum verdict verdict,
                      enum reason reason, const char *subject)
{
    struct finding f = { .verdict = verdict,
                         .entry = bitacora_receipt_index(r),
                         .related = NO_ENTRY };
    refuse(&f.why, reason, subject);
    context_found(ctx, &f);
}

static void object_to_time(bitacora_context *ctx, const bitacora_receipt *r, enum verdict verdict,
                           enum reason reason, int64_t ms)
{
    char when[WHEN_TEXT + 1];
    when_format(when, ms < EARLIEST_MS ? EARLIEST_MS : ms > LATEST_MS ? LATEST_MS : ms);
    object_to(ctx, r, verdict, reason, when);
}

/* Who shows what, and what is known of the log besides; NULL: nothing. */
struct gate_visit {
    const bitacora_gate *gate;
    int64_t now;
    struct span receipt, presentation;
    const struct known_log *known;
    int64_t seen;
};

/* By the function that decides for `bitacora gate`, too. */
static void ask_request(bitacora_context *ctx, const struct gate_visit *v, bitacora_receipt *r)
{
    const struct gate_request request = { r->record.object, r->report.index, r->report.accepted };
    const struct gate_rules rules = { .holder = v->gate->holder,
                                      .authority = (const char(*)[CODE_MAX + 1]) v->gate->authority,
                                      .authorities = v->gate->authorities,
                                      .request_age = v->gate->request_age,
                                      .known_age = v->gate->known_age,
                                      .require_warrant = v->gate->require_warrant };
    r->period = gate_period(r->record.object, NULL);
    if (v->known != NULL)
        known_ask(ctx, v->known, v->gate, &rules, r, v->seen, v->now);
    else
        gate_ask(&rules, &request, NULL, NULL, v->now, context_found, ctx);
}

/* A fresh receipt of the same entry may help: undecided. */
static void ask_checkpoint(bitacora_context *ctx, const bitacora_gate *g, int64_t now,
                           const bitacora_receipt *r)
{
    const bitacora_checkpoint *c = &r->checkpoint;
    if (g->checkpoint_age == 0 || !c->cp.quorum ||
        (c->time != INT64_MIN && now - c->time <= g->checkpoint_age))
        return;
    object_to_time(ctx, r, VERDICT_UNDECIDED, REASON_OLD_COSIGNATURE, c->time);
}

static void ask_presentation(bitacora_context *ctx, const bitacora_gate *g, int64_t now,
                             bitacora_receipt *r, struct span note)
{
    struct presentation p;
    struct presentation_expected expected = { .origin = r->checkpoint.origin,
                                              .holder = g->holder,
                                              .request = { .entry = r->report.index },
                                              .key = &r->key,
                                              .now = now,
                                              .max_age = PRESENTATION_AGE_MS,
                                              .skew = PRESENTATION_SKEW_MS };
    struct finding f = { .verdict = VERDICT_BAD, .entry = r->report.index, .related = NO_ENTRY };
    memcpy(expected.request.hash, r->report.leaf.b, HASH_BYTES);
    if (presentation_parse(&p, note, &f.why) != 0 ||
        presentation_judge(&p, &expected, &f.why) != 0 ||
        presentation_subject(&p, r->record.object, &f.why) != 0)
        context_found(ctx, &f);
    r->has_person = p.has_opening;
    if (p.has_opening)
        r->person = p.opening;
    presentation_wipe(&p);
}

static bitacora_result decide(bitacora_context *ctx, const struct gate_visit *v,
                              bitacora_receipt *r)
{
    if (r->record.kind == KIND_REQUEST) {
        ask_request(ctx, v, r);
        ask_checkpoint(ctx, v->gate, v->now, r);
        ask_presentation(ctx, v->gate, v->now, r, v->presentation);
        r->has_period = true;
    } else {
        object_to(ctx, r, VERDICT_BAD, REASON_GATE_KIND, kind_name(r->record.kind));
    }
    return context_result(ctx);
}

/* The name of an argument that is wrong, or NULL. */
static const char *wrong_visit(const struct gate_visit *v)
{
    return v->gate == NULL                                      ? "gate"
           : v->now < EARLIEST_MS || v->now > LATEST_MS         ? "now"
           : v->seen < EARLIEST_MS || v->seen > LATEST_MS       ? "seen"
           : v->receipt.p == NULL && v->receipt.n > 0           ? "receipt"
           : v->presentation.p == NULL && v->presentation.n > 0 ? "presentation"
                                                                : NULL;
}

static bitacora_result visited(bitacora_context *ctx, const struct gate_visit *v,
                               bitacora_receipt **request)
{
    bitacora_receipt *r;
    const char *wrong = wrong_visit(v);
    if (ctx == NULL || wrong != NULL)
        return context_misuse(ctx, wrong);
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_result result = receipt_take(ctx, v->gate->policy, v->receipt, &r);
    if (r == NULL)
        return result;
    result = decide(ctx, v, r);
    if (result == BITACORA_PROVEN)
        *request = r;
    else
        bitacora_receipt_free(r);
    return result;
}

bitacora_result bitacora_gate_decide(bitacora_context *ctx, const bitacora_gate *g, int64_t now,
                                     const void *receipt, size_t receipt_n,
                                     const void *presentation, size_t presentation_n,
                                     bitacora_receipt **request)
{
    if (request == NULL)
        return context_misuse(ctx, "request");
    *request = NULL;
    return visited(ctx,
                   &(struct gate_visit){ g, now, span_of(receipt, receipt_n),
                                         span_of(presentation, presentation_n), NULL, 0 },
                   request);
}

bitacora_result bitacora_gate_decide_known(bitacora_context *ctx, const bitacora_gate *g,
                                           const bitacora_replay *replay, int64_t seen, int64_t now,
                                           const void *receipt, size_t receipt_n,
                                           const void *presentation, size_t presentation_n,
                                           bitacora_receipt **request)
{
    if (request == NULL)
        return context_misuse(ctx, "request");
    *request = NULL;
    if (g == NULL || replay == NULL)
        return context_misuse(ctx, g == NULL ? "gate" : "replay");
    const struct known_log *known = replay_known_log(replay);
    if (known == NULL)
        return BITACORA_BUSY;
    if (strcmp(known->holder, g->holder) != 0)
        return context_misuse(ctx, "replay");
    return visited(ctx,
                   &(struct gate_visit){ g, now, span_of(receipt, receipt_n),
                                         span_of(presentation, presentation_n), known, seen },
                   request);
}

bool bitacora_gate_gives(const bitacora_gate *g, const bitacora_replay *replay,
                         const bitacora_receipt *request, const char *category)
{
    const struct known_log *known = replay == NULL ? NULL : replay_known_log(replay);
    return g != NULL && known != NULL && request != NULL && category != NULL &&
           known_gives(known, g, request, category);
}

/* ---- what of a request that was let in ------------------------------------------------------- */

bool bitacora_gate_person(const bitacora_receipt *request, const char **type, const char **value)
{
    bool known = request != NULL && request->has_person;
    if (type != NULL)
        *type = known ? request->person.type : NULL;
    if (value != NULL)
        *value = known ? request->person.value : NULL;
    return known;
}

bool bitacora_gate_period(const bitacora_receipt *request, int64_t *from, int64_t *until)
{
    bool known = request != NULL && request->has_period;
    if (from != NULL)
        *from = known ? request->period.from : INT64_MAX;
    if (until != NULL)
        *until = known ? request->period.until : INT64_MIN;
    return known;
}

/* ---- warrants -------------------------------------------------------------------------------- */

/* A later `extension` may have moved the end, and no receipt of the warrant shows that: past it is
 * undecided. */
static void ask_cover(bitacora_context *ctx, int64_t now, const bitacora_receipt *request,
                      const bitacora_receipt *warrant)
{
    const struct value *window = value_member(warrant->record.object, "window");
    struct gate_cover c = { .request = request->record.object,
                            .warrant = warrant->record.object,
                            .now = now,
                            .about = warrant->report.index };
    if (when_parse(&c.until, value_span(value_member(window, "until"))) != 0)
        c.until = INT64_MIN; /* cannot be: a window was checked */
    gate_ask_cover(&c, context_found, ctx);
}

/* What it rests on must be proven, as well as what it says. */
static void ask_proven(bitacora_context *ctx, const bitacora_receipt *r)
{
    struct finding f = { .verdict = VERDICT_UNDECIDED,
                         .entry = r->report.index,
                         .related = NO_ENTRY };
    if (r->report.verdict == VERDICT_GOOD)
        return;
    if (r->checkpoint.cp.quorum)
        refuse(&f.why, REASON_CLOCKS, "");
    else
        policy_refuse_quorum(r->checkpoint.policy->policy, &r->checkpoint.cp, &f.why);
    context_found(ctx, &f);
}

static bool cites(const bitacora_receipt *request, const bitacora_receipt *warrant)
{
    struct entry_ref ref;
    const struct value *cited = value_member(request->record.object, "warrant");
    return value_member(cited, "entry") != NULL && entry_ref_parse(&ref, cited) == 0 &&
           ref.entry == warrant->report.index &&
           memcmp(ref.hash, warrant->report.leaf.b, HASH_BYTES) == 0 &&
           strcmp(request->checkpoint.origin, warrant->checkpoint.origin) == 0;
}

static void ask_warrant(bitacora_context *ctx, int64_t now, const bitacora_receipt *request,
                        const bitacora_receipt *warrant)
{
    if (request->record.kind != KIND_REQUEST)
        object_to(ctx, request, VERDICT_BAD, REASON_GATE_KIND, kind_name(request->record.kind));
    else if (warrant->record.kind != KIND_WARRANT)
        object_to(ctx, warrant, VERDICT_BAD, REASON_GATE_KIND, kind_name(warrant->record.kind));
    else if (!cites(request, warrant))
        object_to(ctx, request, VERDICT_BAD, REASON_GATE_WARRANT, "warrant");
    else
        ask_cover(ctx, now, request, warrant);
}

bitacora_result bitacora_gate_check_warrant(bitacora_context *ctx, int64_t now,
                                            const bitacora_receipt *request,
                                            const bitacora_receipt *warrant)
{
    struct buf evidence = { 0 };
    if (ctx == NULL || request == NULL || warrant == NULL || now < EARLIEST_MS || now > LATEST_MS)
        return context_misuse(ctx, request == NULL   ? "request"
                                   : warrant == NULL ? "warrant"
                                                     : "now");
    if (!same_policy(request->checkpoint.policy, warrant->checkpoint.policy))
        return context_misuse(ctx, "policy");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    ask_proven(ctx, request);
    ask_proven(ctx, warrant);
    ask_warrant(ctx, now, request, warrant);
    bool done = receipts_hold_together(ctx, request, warrant, &evidence);
    buf_free(&evidence);
    return done ? context_result(ctx) : BITACORA_MEMORY;
}
