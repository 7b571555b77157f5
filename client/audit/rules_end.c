/* What has a deadline, when the log ends: nothing can come any more that was accepted before
 * `now`. */
#include "client/audit/law_mx.h"
#include "client/audit/rules.h"

struct deadline {
    int64_t by;  /* may be met then */
    int64_t met; /* acceptance of what meets it, or NO_TIME */
    enum cause missing, late, awaited;
};

static void ask_deadline(struct rule_answer *a, const struct deadline *d, int64_t now)
{
    if (d->met != NO_TIME && d->met <= d->by)
        return;
    if (now <= d->by)
        answer_worsen(a, RESULT_NOT_EVALUABLE, d->awaited, 0, d->by);
    else
        answer_worsen(a, RESULT_FINDING, d->met == NO_TIME ? d->missing : d->late, 0, d->by);
}

static void ask_judicial_notice(struct answers *as, const struct request *r, int64_t now)
{
    struct rule_answer a = answer_pass(R03, r->entry, r->entry);
    bool told = r->notice != NO_ENTRY;
    int64_t f = r->delivery != NO_ENTRY ? r->fulfilled : told ? r->notice_fulfilled : NO_TIME;
    struct deadline d = { law_judge_told_by(f), told ? r->notice_earliest : NO_TIME,
                          CAUSE_NOTICE_MISSING, CAUSE_NOTICE_LATE, CAUSE_NOTICE_AWAITED };
    if (!r->emergency)
        return;
    answer_relate(&a, r->delivery);
    answer_relate(&a, r->notice);
    if (f == NO_TIME)
        answer_worsen(&a, RESULT_NOT_EVALUABLE, CAUSE_NOT_FULFILLED, 0, NO_TIME);
    else
        ask_deadline(&a, &d, now);
    answers_give(as, &a);
}

static void ask_ratification(struct answers *as, const struct request *r, int64_t now)
{
    struct rule_answer a = answer_pass(R04, r->entry, r->entry);
    bool ruled = r->first_ratification != NO_ENTRY;
    struct deadline d = { r->notice_accepted + r->hours,
                          ruled ? r->first_ratification_accepted : NO_TIME,
                          CAUSE_RATIFICATION_MISSING, CAUSE_RATIFICATION_LATE,
                          CAUSE_RATIFICATION_AWAITED };
    if (r->notice == NO_ENTRY)
        return;
    answer_relate(&a, r->notice);
    answer_relate(&a, r->first_ratification);
    ask_deadline(&a, &d, now);
    answers_give(as, &a);
}

static void ask_answer(struct answers *as, const struct request *r, int64_t now)
{
    struct rule_answer a = answer_pass(R17, r->entry, r->entry);
    struct deadline d = { r->answer_by, r->answer != NO_ENTRY ? r->answer_accepted : NO_TIME,
                          CAUSE_ANSWER_MISSING, CAUSE_ANSWER_LATE, CAUSE_ANSWER_AWAITED };
    if (!r->retained)
        return;
    answer_relate(&a, r->answer);
    ask_deadline(&a, &d, now);
    answers_give(as, &a);
}

static void ask_person_told(struct answers *as, const struct request *r, int64_t now)
{
    struct rule_answer a = answer_pass(R18, r->entry, r->entry);
    bool put_off = r->deferred_until > now || r->notify_after > now;
    struct deadline d = { request_notice_due(r), r->told != NO_ENTRY ? r->told_accepted : NO_TIME,
                          CAUSE_PERSON_NOT_TOLD, CAUSE_PERSON_TOLD_LATE,
                          put_off ? CAUSE_PERSON_DEFERRED : CAUSE_PERSON_AWAITED };
    if (r->delivery == NO_ENTRY)
        return;
    answer_relate(&a, r->delivery);
    answer_relate(&a, r->deferral);
    answer_relate(&a, r->told);
    ask_deadline(&a, &d, now);
    answers_give(as, &a);
}

static void ask_live(struct answers *as, const struct casebook *cb, const struct warrant *w)
{
    struct rule_answer a = answer_pass(R09, w->entry, NO_ENTRY);
    if (!w->live)
        return;
    answer_relate(&a, w->extension);
    if (!law_matter_is_security(casebook_text(cb, w->matter))) {
        if (w->end > law_live_until(w->window.from))
            answer_worsen(&a, RESULT_FINDING, CAUSE_LIVE_TOO_LONG, 0, w->end);
    } else if (w->window.until > law_security_granted_until(w->window.from)) {
        answer_worsen(&a, RESULT_FINDING, CAUSE_LIVE_OVER_180_DAYS, 0, w->window.until);
    } else if (w->extensions > LAW_SECURITY_EXTENSIONS) {
        answer_worsen(&a, RESULT_FINDING, CAUSE_LIVE_EXTENDED_AGAIN, 0, w->end);
    } else if (w->end > law_security_until(w->window.from)) {
        answer_worsen(&a, RESULT_FINDING, CAUSE_LIVE_EXTENDED_LONG, 0, w->end);
    }
    answers_give(as, &a);
}

void rules_at_end(struct answers *as, struct casebook *cb, int64_t now)
{
    for (uint64_t i = 0; i < cb->requests.n; i++) {
        const struct request *r = shelf_at(&cb->requests, i);
        ask_judicial_notice(as, r, now);
        ask_ratification(as, r, now);
        ask_answer(as, r, now);
        ask_person_told(as, r, now);
    }
    for (uint64_t i = 0; i < cb->warrants.n; i++)
        ask_live(as, cb, shelf_at(&cb->warrants, i));
    for (uint64_t i = 0; i < cb->rows.n; i++) {
        const struct row *row = shelf_at(&cb->rows, i);
        struct rule_answer a = answer_pass(R22, i, row->kind == KIND_REQUEST ? i : NO_ENTRY);
        if (row->signer != NO_SIGNER && !row->distrusted)
            answers_give(as, &a);
    }
}
