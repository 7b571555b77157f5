#include "client/verify/receipt_show.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/lost.h"

const struct vkey *receipt_show_log(const struct receipt_show *v, const struct shown_receipt *x)
{
    return &policy_log(v->trust.policy, x->check.report.cp.signer)->key;
}

bool receipt_show_asks_witnesses(const struct receipt_show *v)
{
    return !policy_trusts_log_alone(v->trust.policy);
}

/* ---- taking apart ---------------------------------------------------------------------------- */

static void close_facts(struct shown_receipt *x)
{
    for (size_t i = 0; x->link != NULL && i < x->receipt.entries; i++)
        record_free(&x->link[i].record);
    free(x->link);
    receipt_free(&x->receipt);
    x->link = NULL;
    x->facts = false;
}

/* All of it was parsed before, when the receipt was judged: only memory can be lacking. */
static void open_facts(struct shown_receipt *x)
{
    struct refusal why;
    x->facts = x->verdict != VERDICT_BAD && x->check.entry_stands;
    if (!x->facts)
        return;
    bool good = receipt_parse(&x->receipt, buf_span(&x->check.text), &why) == 0;
    if (good)
        x->link = calloc(x->receipt.entries, sizeof *x->link);
    for (size_t i = 0; x->link != NULL && good && i < x->receipt.entries; i++)
        good = entry_parse(&x->link[i].entry, x->receipt.entry[i].bytes, &why) == 0 &&
               record_parse(&x->link[i].record, x->link[i].entry.note, &why) == 0;
    if (good && x->link != NULL)
        return;
    lost(ENOMEM);
    close_facts(x);
}

/* ---- judging --------------------------------------------------------------------------------- */

static struct span origin_of(const struct shown_receipt *x)
{
    return x->check.report.cp.checkpoint.origin;
}

/* Two good receipts that contradict each other convict the log: none of it is shown. Where only
 * clocks disagree, neither of the two is good. */
static void contradicted(void *ctx, size_t a, size_t b, const struct finding *f)
{
    struct receipt_show *v = ctx;
    for (size_t i = 0; i < v->count; i++) {
        struct shown_receipt *x = &v->list[i];
        bool meant = f->verdict == VERDICT_BAD ? span_eq(origin_of(x), origin_of(&v->list[a]))
                                               : i == a || i == b;
        if (x->verdict == VERDICT_BAD || x->check.report.size == 0 || !meant)
            continue;
        x->verdict = f->verdict;
        findings_tell(&x->check.findings, f->verdict, &f->why);
    }
}

/* Reads and judges each by itself; lists those that can be held against others. Returns how many
 * these are. */
static size_t judge_each(struct receipt_show *v, char *const *path, size_t count,
                         struct seen_receipt *seen)
{
    size_t n = 0;
    for (v->count = 0; v->count < count; v->count++) {
        struct shown_receipt *x = &v->list[v->count];
        receipt_check(&x->check, &v->trust, path[v->count]);
        x->verdict = findings_verdict(&x->check.findings);
        if (x->check.report.size > 0)
            seen[n++] = (struct seen_receipt){ x->check.path, buf_span(&x->check.text),
                                               &x->check.report, v->count, NULL };
    }
    return n;
}

enum outcome receipt_show_judge(struct receipt_show *v, char *const *path, size_t count)
{
    struct findings told = { 0 };
    struct buf evidence = { 0 };
    enum outcome outcome = OUTCOME_PROVEN;
    struct seen_receipt *seen = kept(calloc(count, sizeof *seen));
    v->list = kept(calloc(count, sizeof *v->list));
    if (seen != NULL && v->list != NULL) {
        size_t n = judge_each(v, path, count, seen);
        outcome = receipts_compare(&v->trust, seen, n, &told, &evidence, contradicted, v);
    }
    for (size_t i = 0; v->list != NULL && i < v->count; i++) {
        outcome = outcome_worse(outcome, outcome_of_verdict(v->list[i].verdict));
        open_facts(&v->list[i]);
    }
    outcome = outcome_worse(outcome, trust_write_evidence(&v->trust, &evidence));
    free(seen);
    findings_free(&told);
    buf_free(&evidence);
    return lost_outcome(outcome);
}

enum outcome receipt_show_judge_text(struct receipt_show *v, const char *name, struct buf *text)
{
    v->list = kept(calloc(1, sizeof *v->list));
    if (v->list == NULL) {
        buf_free(text);
        return OUTCOME_UNDECIDED;
    }
    v->count = 1;
    receipt_check_text(&v->list[0].check, &v->trust, name, text);
    v->list[0].verdict = findings_verdict(&v->list[0].check.findings);
    open_facts(&v->list[0]);
    return lost_outcome(outcome_of_verdict(v->list[0].verdict));
}

void receipt_show_close(struct receipt_show *v)
{
    for (size_t i = 0; i < v->count; i++) {
        if (v->list[i].facts)
            close_facts(&v->list[i]);
        receipt_check_free(&v->list[i].check);
    }
    free(v->list);
    v->list = NULL;
    v->count = 0;
}
