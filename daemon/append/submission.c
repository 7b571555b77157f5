#include "daemon/append/submission.h"

#include "daemon/append/sequencer.h"
#include "daemon/host/metrics.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"

void submitted_refuse(struct submitted *n, const struct refusal *why)
{
    record_free(&n->record);
    n->outcome = OUTCOME_REFUSED;
    n->why = *why;
}

/* ---- before the sequencer -------------------------------------------------------------------- */

/* Form, key, signature. What is the log's own word (genesis and others) is refused from anybody
 * who sends it. */
static int check(struct service *service, struct submitted *n, struct refusal *why)
{
    struct record *r = &n->record;
    if (record_parse(r, n->note, why) != 0)
        return -1;
    if (signers_signer(&service->signers, r, &n->signer, why) != 0)
        return -1;
    metric_add(METRIC_SIGNATURES, 1);
    return kind_is_logs(r->kind) ? refuse_span(why, REASON_ROLE, r->signer) : 0;
}

static void verify(struct work *w)
{
    struct submitted *n = (struct submitted *)(void *)w; /* work is its first member */
    struct submission *s = n->submission;
    struct refusal why;
    if (check(s->exchange.service, n, &why) != 0)
        submitted_refuse(n, &why);
    /* Whoever looked at the last note passes all of them on. */
    if (atomic_fetch_sub(&s->unverified, 1) == 1)
        sequencer_push(s->exchange.service->sequencer, s);
}

void submission_start(struct call *c, struct submission *s)
{
    struct pool *workers = s->exchange.service->workers;
    atomic_init(&s->unverified, s->count);
    if (!s->batch)
        sequencer_expect(s->exchange.service->sequencer);
    for (size_t i = 0; i < s->count; i++) {
        s->note[i].work.run = verify;
        call_push(c, workers, &s->note[i].work);
    }
}

#define SHARES_MOST 16 /* of the answers to a batch, one for each worker */

/* ---- after the sequencer --------------------------------------------------------------------- */

static enum store_result build_receipt(struct buf *out, const struct service *service,
                                       struct submitted *n)
{
    if (n->outcome == OUTCOME_APPENDED)
        return receipt_build_known(out, service, n->index, buf_span(&n->entry),
                                   n->record.under.entry);
    return receipt_build(out, service, span_of(NULL, 0), n->index);
}

/* It is in the log, but what it orders is not done yet: whoever sends it again is told when it
 * is. */
static void withhold(struct submission *s, struct submitted *n)
{
    struct refusal why;
    if (n->outcome == OUTCOME_REFUSED || !erasing_withholds(s->exchange.service, n->index))
        return;
    refuse(&why, REASON_ERASURE_DUE, "");
    submitted_refuse(n, &why);
}

static void answer_one(struct submission *s)
{
    struct submitted *n = &s->note[0];
    struct answer *answer = &s->exchange.answer;
    if (n->outcome != OUTCOME_REFUSED) {
        *answer = (struct answer){ .status = n->outcome == OUTCOME_APPENDED ? 201 : 200,
                                   .type = "text/plain; charset=utf-8",
                                   .cache = CACHE_NEVER };
        if (build_receipt(&answer->body, s->exchange.service, n) == STORE_OK) {
            metric_add(METRIC_RECEIPTS, 1);
            return;
        }
        /* It is in the log; whoever sends it again gets the receipt. */
        refuse(&n->why, REASON_MEMORY, "");
    }
    problem_answer(answer, &n->why, s->exchange.language);
}

static void answer_batch(struct submission *s)
{
    struct answer *answer = &s->exchange.answer;
    struct refusal why;
    *answer =
        (struct answer){ .status = 200, .type = "application/x-ndjson", .cache = CACHE_NEVER };
    for (size_t i = 0; i < s->count; i++) {
        const struct submitted *n = &s->note[i];
        if (n->outcome == OUTCOME_REFUSED)
            problem_line(&answer->body, &n->why, s->exchange.language);
        else
            buf_addf(&answer->body, "{\"index\":%llu}\n", (unsigned long long)n->index);
    }
    if (!answer->body.failed)
        return;
    refuse(&why, REASON_MEMORY, "");
    problem_answer(answer, &why, s->exchange.language);
}

static void answer(struct submission *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->note[i].outcome == OUTCOME_REFUSED)
            metric_refused(s->note[i].why.reason);
        else if (s->note[i].outcome == OUTCOME_SEEN)
            metric_add(METRIC_SEEN, 1);
        withhold(s, &s->note[i]);
    }
    if (s->batch)
        answer_batch(s);
    else
        answer_one(s);
    for (size_t i = 0; i < s->count; i++) {
        record_free(&s->note[i].record);
        buf_free(&s->note[i].entry);
    }
}

/* All of a share go back together: the event loop is woken once. */
static void conclude(struct work *w)
{
    struct submission *first = (struct submission *)(void *)w, *last = first;
    size_t count = 0;
    for (struct submission *s = first; s != NULL; s = s->with) {
        answer(s);
        s->exchange.work.next = s->with == NULL ? NULL : &s->with->exchange.work;
        last = s;
        count++;
    }
    exchanges_return(&first->exchange, &last->exchange, count);
}

void submissions_finish(struct submission *first)
{
    struct pool *workers = first->exchange.service->workers;
    struct submission *share[SHARES_MOST] = { NULL }, *last[SHARES_MOST], *next;
    size_t shares = pool_threads(workers), n = 0;
    if (shares > SHARES_MOST)
        shares = SHARES_MOST;
    for (struct submission *s = first; s != NULL; s = next, n++) {
        next = (struct submission *)(void *)s->exchange.work.next;
        s->with = NULL;
        size_t i = n % shares;
        *(share[i] == NULL ? &share[i] : &last[i]->with) = s;
        last[i] = s;
    }
    if (n < shares)
        shares = n;
    for (size_t i = 0; i < shares; i++) {
        share[i]->exchange.work.run = conclude;
        share[i]->exchange.work.next = i + 1 < shares ? &share[i + 1]->exchange.work : NULL;
    }
    pool_push_all(workers, &share[0]->exchange.work, &share[shares - 1]->exchange.work, shares);
}
