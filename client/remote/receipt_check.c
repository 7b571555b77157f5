#include "client/remote/receipt_check.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/answer/answer.h"
#include "proto/base/when.h"
#include "proto/judge/presentation.h"
#include "proto/sys/files.h"
#include "proto/verify/contradiction.h"
#include "proto/verify/disclosure.h"

static bool is_presentation(struct span text)
{
    struct presentation p;
    struct refusal why;
    bool parsed = presentation_parse(&p, text, &why) == 0;
    if (!parsed)
        lost_to_memory(&why);
    presentation_wipe(&p);
    return parsed;
}

static enum receipt_form form_of(struct span text)
{
    static const char begin[] = "c2sp.org/tlog-proof@";
    struct disclosure d;
    struct refusal why;
    if (text.n >= sizeof begin - 1 && memcmp(text.p, begin, sizeof begin - 1) == 0)
        return FORM_RECEIPT;
    if (answer_is(text))
        return FORM_ANSWER;
    if (disclosure_parse(&d, text, &why) != 0) {
        lost_to_memory(&why);
        return is_presentation(text) ? FORM_PRESENTATION : FORM_OTHER;
    }
    disclosure_free(&d);
    return FORM_OPENING;
}

static void judge_text(struct receipt_check *out, const struct trust *t)
{
    struct refusal why;
    out->was_read = true;
    out->form = form_of(buf_span(&out->text));
    receipt_judge(&out->report, t->policy, buf_span(&out->text), trust_pin(t), findings_add,
                  &out->findings);
    if (out->report.quorum && !trust_fresh(t, &out->report.cp, &why))
        findings_tell(&out->findings, VERDICT_UNDECIDED, &why);
    out->entry_stands = out->report.entry_stands;
}

void receipt_check(struct receipt_check *out, const struct trust *t, const char *path)
{
    struct refusal why;
    *out = (struct receipt_check){ .path = path, .report = { .index = NO_ENTRY } };
    enum file read = file_read(&out->text, path, RECEIPT_MAX);
    if (read == FILE_OK) {
        judge_text(out, t);
        return;
    }
    refuse(&why, read == FILE_MISSING ? REASON_MISSING : REASON_UNREADABLE, path);
    findings_tell(&out->findings, VERDICT_UNDECIDED, &why);
}

void receipt_check_text(struct receipt_check *out, const struct trust *t, const char *name,
                        struct buf *text)
{
    *out = (struct receipt_check){ .path = name, .report = { .index = NO_ENTRY }, .text = *text };
    *text = (struct buf){ 0 };
    judge_text(out, t);
}

void receipt_check_free(struct receipt_check *c)
{
    findings_free(&c->findings);
    buf_free(&c->text);
}

/* null: the policy asks for none. */
static json_t *quorum_json(const struct trust *t, const struct receipt_report *r)
{
    return policy_trusts_log_alone(t->policy) ? json_null() : json_boolean(r->quorum);
}

json_t *receipt_check_json(const struct receipt_check *c, const struct trust *t,
                           enum verdict verdict)
{
    const struct receipt_report *r = &c->report;
    char file[600], when[WHEN_TEXT + 1] = "";
    printable_copy(file, sizeof file, span_str(c->path));
    if (r->kind != KIND_NONE)
        when_format(when, r->accepted);
    return json_made(json_pack("{s:s,s:s,s:o,s:o,s:s,s:s,s:I,s:s,s:o,s:o}", "file", file, "verdict",
                               verdict_name(verdict), "index", json_of_index(r->index), "hash",
                               r->index == NO_ENTRY ? json_null() : json_of_hash(&r->leaf), "kind",
                               kind_name(r->kind), "signer", r->signer[0] != 0 ? r->signer : "-",
                               "size", (json_int_t)r->size, "accepted", when, "quorum",
                               quorum_json(t, r), "findings", findings_json(&c->findings)));
}

/* ---- held against each other ----------------------------------------------------------------- */

void receipt_open_proven(struct receipt *out, struct span text, const struct receipt_report *r)
{
    struct refusal why;
    if (receipt_parse(out, text, &why) != 0) { /* it was parsed before */
        lost(ENOMEM);
        *out = (struct receipt){ .entries = 0 };
        return;
    }
    if (r->verdict == VERDICT_BAD)
        receipt_keep_proven(out, &r->cp.checkpoint);
}

struct disagreement_teller {
    const struct seen_receipt *seen;
    struct findings *told;
    struct buf *evidence;
    disagree_fn *each;
    void *ctx;
    enum outcome outcome;
};

static void take_contradiction(void *ctx, const struct contradiction *x)
{
    struct disagreement_teller *c = ctx;
    const struct seen_receipt *a = &c->seen[x->a], *b = &c->seen[x->b];
    struct finding f = {
        .verdict = x->verdict, .why = x->why, .entry = x->entry, .related = NO_ENTRY
    };
    char both[90];
    if (c->evidence->n == 0)
        contradiction_evidence(c->evidence, x);
    if (x->a == x->b && a->report != NULL && a->report->verdict == VERDICT_BAD)
        return;                           /* its own link: told of when it was judged */
    if (x->kind < CONTRADICTION_CLOCKS) { /* the others say themselves what it is */
        snprintf(both, sizeof both, "%.40s, %.40s", a->path, b->path);
        refuse(&f.why, x->why.reason, both);
    }
    findings_add(c->told, &f);
    c->outcome = outcome_worse(c->outcome, outcome_of_verdict(x->verdict));
    if (c->each != NULL)
        c->each(c->ctx, a->number, b->number, &f);
}

enum outcome receipts_compare(const struct trust *t, const struct seen_receipt *seen, size_t count,
                              struct findings *told, struct buf *evidence, disagree_fn *each,
                              void *ctx)
{
    struct disagreement_teller c = { seen, told, evidence, each, ctx, OUTCOME_PROVEN };
    struct shown_tree *said = kept(calloc(count + 1, sizeof *said));
    struct receipt *parsed = kept(calloc(count + 1, sizeof *parsed));
    bool room = said != NULL && parsed != NULL;
    for (size_t i = 0; room && i < count; i++) {
        const struct receipt_report *r = seen[i].report;
        if (r == NULL) {
            said[i] = (struct shown_tree){ .cp = seen[i].cp, .note = seen[i].text };
            continue;
        }
        receipt_open_proven(&parsed[i], seen[i].text, r);
        said[i] =
            (struct shown_tree){ &r->cp,  parsed[i].checkpoint, parsed[i].entry, parsed[i].entries,
                                 r->skew, receipt_kind(r) };
    }
    if (room && !lost_any() &&
        contradictions_find(t->policy, said, count, take_contradiction, &c) != 0)
        lost(ENOMEM);
    for (size_t i = 0; room && i < count; i++)
        receipt_free(&parsed[i]);
    free(parsed);
    free(said);
    return lost_any() ? outcome_worse(c.outcome, OUTCOME_UNDECIDED) : c.outcome;
}
