/* bitacora verify: receipts, offline; with --log also that the log still extends what they prove. */
#include <inttypes.h>
#include <stdlib.h>

#include "client/cmd.h"
#include "client/prove.h"
#include "client/receipt_check.h"
#include "client/verify_opening.h"

struct verification {
    const struct args *args;
    struct trust trust;
    struct logfiles *files;    /* NULL if offline */
    struct accepted now;       /* the log's checkpoint, if online */
    bool has_now;              /* it is signed by the log … */
    bool now_good;             /* … and has its quorum, and is fresh */
    struct seen_receipt *seen; /* the receipts so far, to be held against each other */
    size_t seen_count;
    struct findings told; /* about that checkpoint */
    json_t *receipts;     /* what is said of each, with --json */
    struct buf evidence;  /* of the first receipt that has any */
};

static enum outcome fetch_now(struct verification *v)
{
    if (v->args->log == NULL)
        return OUTCOME_PROVEN;
    v->files = logfiles_of_url(v->args->log);
    v->has_now = accepted_fetch(&v->now, &v->trust, v->files, &v->told) == VERDICT_GOOD;
    v->now_good = v->has_now && findings_verdict(&v->told) == VERDICT_GOOD;
    findings_print(&v->told, stderr);
    return outcome_of_verdict(findings_verdict(&v->told));
}

/* A log that is now shorter than the receipt's tree may still show another entry in its place. */
static void compare_leaf(struct verification *v, const struct receipt *r,
                         const struct accepted *then, struct findings *f)
{
    const struct checkpoint *cp = &v->now.cp.checkpoint;
    struct proven p;
    struct refusal why;
    struct hash leaf;
    if (r->entry[0].index >= cp->size)
        return;
    hash_leaf(&leaf, r->entry[0].bytes);
    if (prove_entry(&p, v->files, cp->size, &cp->root, r->entry[0].index, &why) == VERDICT_GOOD &&
        !hash_eq(&leaf, &p.leaf)) {
        evidence_of_leaves(&v->evidence, buf_span(&then->note), &r->entry[0],
                           buf_span(&v->now.note), &p.entry);
        refuse_number(&why, REASON_FORK, r->entry[0].index);
        findings_tell(f, VERDICT_BAD, &why);
    }
    proven_free(&p);
}

/* Whether the log still extends the tree that the receipt is from: good only if that was proven. */
static enum verdict compare_with_log(struct verification *v, struct span text, struct findings *f)
{
    struct receipt r;
    struct refusal why;
    struct accepted then = { .note = { 0 } };
    struct findings told = { 0 };
    struct buf evidence = { 0 };
    enum verdict verdict = VERDICT_UNDECIDED;
    if (receipt_parse(&r, text, &why) != 0)
        return verdict; /* receipt_judge has said so */
    buf_add_span(&then.note, r.checkpoint);
    if (accepted_open(&then, &v->trust, &told) == VERDICT_GOOD)
        verdict = prove_extends(&v->trust, &then, &v->now, v->files, f, &evidence);
    if (verdict == VERDICT_UNDECIDED && v->now.cp.checkpoint.size < then.cp.checkpoint.size)
        compare_leaf(v, &r, &then, f);
    if (v->evidence.n == 0)
        buf_add_span(&v->evidence, buf_span(&evidence));
    buf_free(&evidence);
    findings_free(&told);
    accepted_free(&then);
    receipt_free(&r);
    return verdict;
}

static void print(struct verification *v, const struct receipt_check *c, enum verdict verdict)
{
    const struct receipt_report *r = &c->report;
    char index[24] = "-";
    if (r->index != NO_ENTRY)
        snprintf(index, sizeof index, "%" PRIu64, r->index);
    findings_print(&c->findings, stderr);
    if (v->args->json)
        json_array_append_new(v->receipts, receipt_check_json(c, verdict));
    else
        utter(stdout, "%s %s %s %s %s %" PRIu64 "\n", c->path, verdict_name(verdict), index,
              kind_name(r->kind), r->signer[0] != 0 ? r->signer : "-", r->size);
}

static void remember(struct verification *v, const char *path, const struct receipt_report *r)
{
    v->seen = must(realloc(v->seen, (v->seen_count + 1) * sizeof *v->seen));
    v->seen[v->seen_count++] = (struct seen_receipt){ .path = path,
                                                      .log = r->cp.log,
                                                      .index = r->index,
                                                      .size = r->size,
                                                      .leaf = r->leaf,
                                                      .root = r->root };
}

static enum outcome compare_receipts(struct verification *v)
{
    enum outcome outcome =
        receipts_compare(v->seen, v->seen_count, &v->told, &v->evidence, NULL, NULL);
    if (outcome != OUTCOME_PROVEN)
        findings_print(&v->told, stderr);
    return outcome;
}

static enum outcome verify_file(struct verification *v, const char *path)
{
    struct receipt_check c;
    enum verdict log_verdict = v->args->log == NULL ? VERDICT_GOOD : VERDICT_UNDECIDED;
    receipt_check(&c, &v->trust, path);
    if (findings_verdict(&c.findings) != VERDICT_BAD && v->has_now && c.was_read)
        log_verdict = compare_with_log(v, buf_span(&c.text), &c.findings);
    enum verdict verdict = findings_verdict(&c.findings);
    if (verdict == VERDICT_GOOD)
        verdict = v->args->log != NULL && !v->now_good ? VERDICT_UNDECIDED : log_verdict;
    if (verdict != VERDICT_BAD && c.report.size > 0)
        remember(v, path, &c.report);
    print(v, &c, verdict);
    receipt_check_free(&c);
    return outcome_of_verdict(verdict);
}

static void report_json(const struct verification *v, enum outcome outcome)
{
    if (!v->args->json)
        return;
    enum verdict verdict = outcome == OUTCOME_PROVEN ? VERDICT_GOOD
                           : outcome == OUTCOME_BAD  ? VERDICT_BAD
                                                     : VERDICT_UNDECIDED;
    say_json(json_pack("{s:b,s:s,s:O,s:o}", "ok", verdict == VERDICT_GOOD, "verdict",
                       verdict_name(verdict), "receipts", v->receipts, "findings",
                       findings_json(&v->told)));
}

static void say_scope(const struct verification *v)
{
    say(TR(
        "good says: signed by this key, enrolled for this role by this registrar, in the log "
        "under this checkpoint; not that it was unrevoked, complete or timely: for that, replay",
        "«good» dice: firmado por esta clave, dada de alta para este papel por este registrador, "
        "en la bitácora bajo este checkpoint; no que no estuviera revocada, ni completo, ni a "
        "tiempo: para eso, replay"));
    if (!v->trust.has_pin)
        say(TR("the genesis it rests on is taken on the operator's word: pin it with --genesis",
               "el génesis en que se apoya es el que dice quien opera: fíjelo con --genesis"));
    trust_say_limits(&v->trust);
}

enum outcome cmd_verify(const struct args *a)
{
    struct verification v = { .args = a };
    if (a->opening != NULL)
        return verify_opening(a);
    if (!args_operands(a, 1, SIZE_MAX, TR("one or more receipts", "uno o más recibos")))
        return OUTCOME_USAGE;
    enum outcome outcome = trust_open(&v.trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    v.receipts = must(json_array());
    outcome = fetch_now(&v);
    for (size_t i = 0; i < a->operands; i++)
        outcome = outcome_worse(outcome, verify_file(&v, a->operand[i]));
    outcome = outcome_worse(outcome, compare_receipts(&v));
    report_json(&v, outcome);
    say_scope(&v);
    outcome = outcome_worse(outcome, trust_write_evidence(&v.trust, &v.evidence));
    json_decref(v.receipts);
    free(v.seen);
    findings_free(&v.told);
    accepted_free(&v.now);
    buf_free(&v.evidence);
    logfiles_free(v.files);
    trust_close(&v.trust);
    return outcome;
}
