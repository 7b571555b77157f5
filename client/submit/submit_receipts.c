#include "client/submit/submit_receipts.h"

#include "client/base/lost.h"
#include "proto/record/entry.h"

/* The note in the receipt must be the one that was sent. Fills *why unless VERDICT_GOOD. */
static enum verdict carries_note(struct span text, const struct sent *sent, struct refusal *why)
{
    struct receipt receipt;
    struct entry e;
    bool same = false;
    if (receipt_parse(&receipt, text, why) == 0) {
        same = entry_parse(&e, receipt.entry[0].bytes, why) == 0 &&
               span_eq(e.note, buf_span(&sent->note));
        receipt_free(&receipt);
    } else if (why->reason == REASON_MEMORY) {
        return VERDICT_UNDECIDED;
    }
    if (!same)
        refuse(why, REASON_OTHER_RECORD, sent->id);
    return same ? VERDICT_GOOD : VERDICT_BAD;
}

/* Judges a receipt and keeps it, unless it is bad. The verdict is that of *f. */
static enum outcome judge_receipt(struct submit_receipts *r, const struct sent *sent,
                                  struct receipt_report *report, struct findings *f)
{
    struct refusal why;
    struct span text = buf_span(log_client_body(r->client));
    receipt_judge_served(report, r->trust->policy, text, trust_pin(r->trust), findings_add, f);
    if (findings_verdict(f) != VERDICT_BAD) {
        enum verdict same = carries_note(text, sent, &why);
        if (same != VERDICT_GOOD)
            findings_tell(f, same, &why);
    }
    if (findings_verdict(f) == VERDICT_BAD)
        return OUTCOME_PROVEN;
    if (report->cp.quorum && !trust_fresh(r->trust, &report->cp, &why))
        findings_tell(f, VERDICT_UNDECIDED, &why);
    enum outcome outcome =
        receipt_folder_take(&r->folder, text, report, r->report->lines ? sent->line : 0, f);
    return outcome_worse(outcome, sealing_stands(r->sealing, report->index, &report->leaf));
}

/* ---- waiting for witnesses ------------------------------------------------------------------- */

/* What is in the log but not witnessed yet is asked for again once the rest was sent. */
static bool is_to_wait_for(const struct submit_receipts *r, const struct receipt_report *report,
                           const struct findings *f)
{
    return !r->no_wait && findings_verdict(f) == VERDICT_UNDECIDED && report->size > 0 &&
           !report->quorum;
}

/* Returns false, recorded as lost, if there is no memory. */
static bool remember_sent(struct submit_receipts *r, const struct sent *sent, uint64_t index)
{
    struct buf note = { 0 };
    buf_add_span(&note, buf_span(&sent->note));
    kept_text(&note);
    if (note.failed) {
        buf_free(&note);
        return false;
    }
    struct sent *pending = &r->pending[r->pendings++];
    *pending = *sent;
    pending->index = index;
    pending->note = note;
    return true;
}

static enum outcome take_receipt(struct submit_receipts *r, const struct sent *sent, bool may_wait)
{
    struct findings f = { 0 };
    struct receipt_report report;
    enum outcome outcome = judge_receipt(r, sent, &report, &f);
    if (may_wait && is_to_wait_for(r, &report, &f) && remember_sent(r, sent, report.index)) {
        policy_refuse_quorum(r->trust->policy, &report.cp, &r->short_of);
    } else {
        submit_report_receipt(r->report, sent, &report, &f);
        outcome = outcome_worse(outcome, outcome_of_verdict(findings_verdict(&f)));
    }
    findings_free(&f);
    return outcome;
}

static enum outcome report_unwitnessed(const struct submit_receipts *r, const struct sent *sent,
                                       const struct complaint *complaint)
{
    return submit_report_unwitnessed(r->report, sent, r->short_of.subject, r->trust->url,
                                     complaint);
}

/* Waits for the last of them: whatever it is witnessed with, the others are, too. Returns
 * whether it is. */
static bool await_last(struct submit_receipts *r, int64_t *left, struct complaint *complaint)
{
    struct answer answer;
    uint64_t last = 0;
    for (size_t i = 0; i < r->pendings; i++)
        last = r->pending[i].index > last ? r->pending[i].index : last;
    log_client_await(r->client, last, left, &answer);
    if (answer.status == 200 && answer.acceptable)
        return true;
    log_client_complaint(r->client, &answer, complaint);
    return false;
}

/* Asks for the witnessed receipt of a record. Only what is waited in vain is taken from *left. */
static enum outcome take_witnessed(struct submit_receipts *r, const struct sent *sent,
                                   int64_t *left, struct complaint *complaint)
{
    struct answer answer;
    int64_t before = *left;
    log_client_await(r->client, sent->index, left, &answer);
    if (answer.status != 200 || !answer.acceptable) {
        log_client_complaint(r->client, &answer, complaint);
        return report_unwitnessed(r, sent, complaint);
    }
    enum outcome outcome = take_receipt(r, sent, false);
    if (outcome == OUTCOME_PROVEN)
        *left = before;
    return outcome;
}

enum outcome submit_receipts_settle(struct submit_receipts *r)
{
    enum outcome outcome = OUTCOME_PROVEN;
    int64_t left = SERVICE_AWAIT_MS;
    struct complaint complaint;
    complain(&complaint, &r->short_of);
    bool witnessed = r->pendings > 0 && await_last(r, &left, &complaint);
    for (size_t i = 0; i < r->pendings; i++) {
        struct sent *sent = &r->pending[i];
        outcome = outcome_worse(outcome, witnessed && left > 0
                                             ? take_witnessed(r, sent, &left, &complaint)
                                             : report_unwitnessed(r, sent, &complaint));
        buf_free(&sent->note);
    }
    r->pendings = 0;
    return outcome;
}

enum outcome submit_receipts_take(struct submit_receipts *r, const struct sent *sent)
{
    enum outcome outcome = take_receipt(r, sent, true);
    return r->pendings < PENDING_MAX ? outcome : outcome_worse(outcome, submit_receipts_settle(r));
}

void submit_receipts_free(struct submit_receipts *r)
{
    for (size_t i = 0; i < r->pendings; i++)
        buf_free(&r->pending[i].note);
    r->pendings = 0;
}
