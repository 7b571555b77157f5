#include "client/warrant/quick_case.h"

#include "client/base/lost.h"

static void get_carried(void *ctx, uint64_t i, struct given_entry *out)
{
    const struct answer_facts *f = ctx;
    const struct answer_carried *c = shelf_at(&f->carried, i);
    *out = (struct given_entry){ c->index, &c->leaf, span_of(shelf_at(&f->text, c->at), c->n) };
}

/* What stands behind the last entry that the answer is about is there only to prove it. */
static uint64_t carried_below(const struct answer_facts *f, uint64_t end)
{
    uint64_t n = f->carried.n;
    while (n > 0 && ((const struct answer_carried *)shelf_at(&f->carried, n - 1))->index >= end)
        n--;
    return n;
}

static void take_findings(struct quick_case *q, struct replaying *r)
{
    for (size_t i = 0; i < q->check.findings.kept; i++)
        findings_add(&r->findings, &q->check.findings.list[i]);
    if (r->evidence.n == 0)
        buf_add_span(&r->evidence, buf_span(&q->check.evidence));
}

bool quick_case_take(struct quick_case *q, struct replaying *r, struct warrant_case *c, bool tail)
{
    struct answer_wanted wanted = { .dir = r->options.dir, .tail = tail, .out = -1 };
    struct answer_facts *f = &q->check.facts;
    answer_check_open(&q->check, &r->trust);
    f->carry = true;
    if (!answer_wanted_ask(&wanted, INDEX_KEY_WARRANT, c->ref))
        return false;
    q->unserved = answer_get(&q->check, &wanted) == ANSWER_UNSERVED;
    take_findings(q, r);
    if (q->check.verdict != VERDICT_GOOD || lost_any())
        return false;
    answer_facts_order_carried(f);
    uint64_t n = carried_below(f, f->end);
    if (replaying_carried(r, buf_span(&f->accepted.note), n, get_carried, f, audit_look,
                          c->audit) != OUTCOME_PROVEN)
        return false;
    c->audit->now = f->date;
    c->quick = f;
    return findings_verdict(&r->findings) == VERDICT_GOOD && !r->pin_differs;
}

void quick_case_close(struct quick_case *q)
{
    answer_check_close(&q->check);
}
