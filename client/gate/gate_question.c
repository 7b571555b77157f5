#include "client/gate/gate_question.h"

#include "proto/record/member.h"

static int refuse_question(struct gate_question *q, enum verdict verdict, enum reason reason,
                           uint64_t entry)
{
    q->verdict = verdict;
    if (entry == NO_ENTRY)
        return refuse(&q->why, reason, "");
    return refuse_number(&q->why, reason, entry);
}

/* A gate whose own key is not in force gives nothing. */
static bool is_holder(const struct gate_question *q)
{
    const struct enrolment *own = q->view.own;
    return own != NULL && own->role == ROLE_HOLDER && own->revoked == NO_ENTRY &&
           own->from <= q->now && q->now < own->until;
}

/* What is found in the book is not known any more where the mirror was not proven for too long: that
 * is asked by gate_ask(). Without any book nothing is found. */
int gate_question_open(struct gate_question *q, struct gate *g, const struct entry_ref *request,
                       int64_t now)
{
    *q = (struct gate_question){ .gate = g, .now = now };
    gate_mirror_look(g->mirror, &q->view);
    if (q->view.book == NULL)
        return refuse_question(q, VERDICT_UNDECIDED, REASON_GATE_STARTING, NO_ENTRY);
    if (!is_holder(q))
        return refuse_question(q, VERDICT_UNDECIDED, REASON_GATE_KEY, NO_ENTRY);
    q->found = gate_book_find(q->view.book, request, q->view.registry, &q->booked);
    if (q->found == GATE_NOT_YET)
        return refuse_question(q, VERDICT_UNDECIDED, REASON_GATE_NOT_YET, request->entry);
    if (q->found == GATE_NO_ENTRY)
        return refuse_question(q, VERDICT_BAD, REASON_GATE_NO_ENTRY, request->entry);
    q->booked.standing.known = q->view.known;
    q->key = &registry_get(q->view.registry, q->booked.signer)->key;
    q->record = gate_files_request(g->files, q->view.size, request);
    if (q->record == NULL)
        return refuse_question(q, VERDICT_UNDECIDED, REASON_GATE_NOT_YET, request->entry);
    q->ruleset = gate_files_ruleset(g->files, q->view.registry, q->booked.accepted, request->entry);
    return 0;
}

void gate_question_close(struct gate_question *q)
{
    gate_mirror_leave(q->gate->mirror);
}

/* A finding_fn. */
static void take_finding(void *ctx, const struct finding *f)
{
    struct gate_question *q = ctx;
    if (q->verdict == VERDICT_GOOD || (q->verdict != VERDICT_BAD && f->verdict == VERDICT_BAD)) {
        q->verdict = f->verdict;
        q->why = f->why;
    }
}

int gate_question_ask(struct gate_question *q)
{
    const struct gate_rules rules = { .holder = q->view.holder,
                                      .known_age = q->gate->options.stale_ms,
                                      .require_warrant = q->gate->options.require_warrant };
    const struct gate_request request = { .object = q->record->object,
                                          .entry = NO_ENTRY,
                                          .accepted = q->booked.accepted };
    q->verdict = VERDICT_GOOD;
    q->verdict =
        gate_ask(&rules, &request, &q->booked.standing, q->ruleset, q->now, take_finding, q);
    return q->verdict == VERDICT_GOOD ? 0 : -1;
}

void gate_question_categories(const struct gate_question *q, struct buf *out)
{
    value_foreach (value_member(q->record->object, "categories"), category) {
        if (!gate_gives(&q->booked.standing, q->ruleset, value_text(category)))
            continue;
        if (out->n > 0)
            buf_adds(out, ",");
        buf_adds(out, value_text(category));
    }
}

struct gate_period gate_question_period(const struct gate_question *q)
{
    return gate_period(q->record->object, q->booked.standing.warrant);
}

int64_t gate_question_term(const struct gate_question *q)
{
    int64_t term;
    return record_time(q->record, "term", &term) ? term : INT64_MAX;
}
