#include <sodium.h>

#include "client/gate/gate_question.h"
#include "client/remote/escape.h"
#include "proto/judge/presentation.h"
#include "proto/sys/clock.h"

#define PRESENTED_AGE_MS 300000
#define PRESENTED_SKEW_MS 60000

void gate_answer_wipe(struct gate_answer *a)
{
    buf_wipe(&a->ticket);
    buf_wipe(&a->subject);
    buf_free(&a->categories);
}

static void answer_refusal(struct gate_answer *out, int status, const struct refusal *why)
{
    out->status = status;
    out->why = *why;
}

static void answer_reason(struct gate_answer *out, int status, enum reason reason,
                          const char *subject)
{
    out->status = status;
    refuse(&out->why, reason, subject);
}

/* What is bad is refused for good; what is not known now may be known later. */
static void answer_question(struct gate_answer *out, const struct gate_question *q, bool may_wait)
{
    answer_refusal(out, q->verdict == VERDICT_BAD ? 403 : 503, &q->why);
    out->waits = q->verdict != VERDICT_BAD && may_wait;
}

static void write_down(const struct gate_question *q, const char *what,
                       const struct gate_asker *asker, uint64_t entry, bool subject,
                       struct gate_answer *out)
{
    const struct gate_row row = { .at = q->now,
                                  .what = what,
                                  .status = out->status,
                                  .code = out->status < 300 ? "" : reason_code(out->why.reason),
                                  .entry = entry,
                                  .response = q->booked.response,
                                  .bearer = asker->bearer,
                                  .subject = subject };
    if (out->waits)
        return;
    gate_journal_add(q->gate->journal, &row);
    out->journaled = true;
}

/* ---- presentations --------------------------------------------------------------------------- */

static bool is_signed(const struct gate_question *q, const struct presentation *p,
                      struct gate_answer *out)
{
    const struct presentation_expected expected = { .origin = q->gate->origin,
                                                    .holder = q->view.holder,
                                                    .request = p->request,
                                                    .key = q->key,
                                                    .now = q->now,
                                                    .max_age = PRESENTED_AGE_MS,
                                                    .skew = PRESENTED_SKEW_MS };
    if (presentation_judge(p, &expected, &out->why) == 0)
        return true;
    out->status = 403;
    return false;
}

/* A presentation is taken from whoever showed it first: one that was read on its way is of no use
 * to anybody else. */
static bool is_his(const struct gate_question *q, const struct presentation *p,
                   const struct gate_asker *asker, struct gate_answer *out)
{
    struct hash text;
    hash_bytes(&text, p->text);
    switch (gate_journal_claim(q->gate->journal, &text, &asker->bearer, p->request.entry, q->now)) {
    case CLAIM_FIRST:
    case CLAIM_SAME:
        return true;
    case CLAIM_OTHER:
        answer_reason(out, 403, REASON_PRESENTATION_GIVEN, "");
        return false;
    case CLAIM_FULL:
        break;
    }
    answer_reason(out, 503, REASON_BUSY, "");
    return false;
}

/* The response that the ticket rests on must stand in the log, by this key. */
static bool rests_on_response(const struct gate_question *q, const struct presentation *p,
                              const struct gate_asker *asker, struct gate_answer *out)
{
    char detail[GATE_DETAIL] = "";
    struct gate_appended_job job = { .request = p->request, .received = asker->since };
    if (q->booked.response != NO_ENTRY) {
        gate_appender_forget(q->gate->appender, p->request.entry);
        if (q->booked.response_signer == q->view.own_number)
            return true;
        out->status = 403;
        refuse_number(&out->why, REASON_GATE_RESPONSE_OTHER, q->booked.response);
        return false;
    }
    job.under.entry = q->view.own->entry;
    memcpy(job.under.hash, q->view.own->leaf.b, HASH_BYTES);
    memcpy(job.holder, q->view.holder, sizeof job.holder);
    enum gate_appended state = gate_appender_ask(q->gate->appender, &job, detail);
    if (state == APPENDED_NOT)
        answer_reason(out, 503, REASON_BUSY, "");
    else
        answer_reason(out, 503, REASON_GATE_RESPONSE,
                      state == APPENDED_FAILED ? detail : "not shown by a proven checkpoint");
    out->waits = !asker->last && (state == APPENDING || state == APPENDED);
    return false;
}

static void give_ticket(const struct gate_question *q, const struct presentation *p,
                        const struct gate_asker *asker, struct gate_answer *out)
{
    const struct gate *g = q->gate;
    int64_t term = gate_question_term(q);
    struct gate_ticket t = { .request = p->request,
                             .response = q->booked.response,
                             .from = q->now,
                             .until = q->now + GATE_TICKET_MS,
                             .has_subject = p->has_opening };
    if (term < t.until)
        t.until = term;
    memcpy(t.bearer, asker->bearer.b, HASH_BYTES);
    if (p->has_opening)
        t.subject = p->opening;
    gate_ticket_seal(&out->ticket, &t, g->ticket_key, g->origin, q->view.holder);
    gate_ticket_wipe(&t);
    out->status = 201;
    if (out->ticket.failed)
        answer_reason(out, 503, REASON_MEMORY, "");
}

/* Of a presentation that the request's key signed. */
static void decide_ticket(struct gate_question *q, const struct presentation *p,
                          const struct gate_asker *asker, struct gate_answer *out)
{
    if (presentation_subject(p, q->record->object, &out->why) != 0)
        out->status = 403;
    else if (gate_question_ask(q) != 0)
        answer_question(out, q, !asker->last);
    else if (is_his(q, p, asker, out) && rests_on_response(q, p, asker, out))
        give_ticket(q, p, asker, out);
    write_down(q, "ticket", asker, p->request.entry, p->has_opening, out);
}

static void present_parsed(struct gate *g, const struct presentation *p,
                           const struct gate_asker *asker, struct gate_answer *out)
{
    struct gate_question q;
    if (gate_question_open(&q, g, &p->request, clock_wall()) != 0)
        answer_question(out, &q, !asker->last);
    else if (is_signed(&q, p, out))
        decide_ticket(&q, p, asker, out);
    gate_question_close(&q);
}

static int status_of_form(enum reason reason)
{
    return reason == REASON_MEMORY ? 503 : reason == REASON_OPENING_OTHER ? 403 : 400;
}

void gate_present(struct gate *g, struct span text, const struct gate_asker *asker,
                  struct gate_answer *out)
{
    struct presentation p;
    *out = (struct gate_answer){ .entry = NO_ENTRY };
    if (presentation_parse(&p, text, &out->why) != 0)
        out->status = status_of_form(out->why.reason);
    else
        present_parsed(g, &p, asker, out);
    presentation_wipe(&p);
}

/* ---- tickets --------------------------------------------------------------------------------- */

/* The person whose data may go out: as it was opened; or that it is not known here. */
static void name_subject(const struct gate_question *q, const struct gate_ticket *t,
                         struct buf *out)
{
    if (t->has_subject) {
        buf_addf(out, "%s:", t->subject.type);
        query_escape(out, t->subject.value);
    } else {
        bool any = value_size(value_member(q->record->object, "subjects")) > 0;
        buf_adds(out, any ? "sealed" : "none");
    }
}

static void let_in(const struct gate_question *q, const struct gate_ticket *t,
                   struct gate_answer *out)
{
    out->status = 204;
    out->entry = t->request.entry;
    gate_question_categories(q, &out->categories);
    name_subject(q, t, &out->subject);
    out->period = gate_question_period(q);
    if (out->categories.failed || out->subject.failed)
        answer_reason(out, 503, REASON_MEMORY, "");
}

static void decide_data(struct gate_question *q, const struct gate_ticket *t,
                        const struct gate_asker *asker, struct gate_answer *out)
{
    if (gate_ticket_judge(t, q->now, asker->bearer.b, &out->why) != 0)
        out->status = 403;
    else if (gate_question_ask(q) != 0)
        answer_question(out, q, false);
    else if (q->booked.response == NO_ENTRY || q->booked.response_signer != q->view.own_number)
        answer_reason(out, 503, REASON_GATE_RESPONSE, "");
    else
        let_in(q, t, out);
    write_down(q, "data", asker, t->request.entry, t->has_subject, out);
}

void gate_decide(struct gate *g, struct span ticket, const struct gate_asker *asker,
                 struct gate_answer *out)
{
    struct gate_ticket t = { .response = NO_ENTRY };
    struct gate_view view;
    struct gate_question q;
    *out = (struct gate_answer){ .entry = NO_ENTRY };
    gate_mirror_look(g->mirror, &view);
    gate_mirror_leave(g->mirror);
    if (view.holder[0] == 0)
        answer_reason(out, 503, REASON_GATE_STARTING, "");
    else if (gate_ticket_open(&t, ticket, g->ticket_key, g->origin, view.holder, &out->why) != 0)
        out->status = 403;
    else {
        if (gate_question_open(&q, g, &t.request, clock_wall()) != 0)
            answer_question(out, &q, false);
        else
            decide_data(&q, &t, asker, out);
        gate_question_close(&q);
    }
    gate_ticket_wipe(&t);
}
