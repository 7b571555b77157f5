#include "daemon/http/replies.h"

#include "daemon/host/metrics.h"
#include "daemon/http/post.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"

#define SHARES_MOST 16 /* of the answers to a batch, one for each worker */

/* ---- one answer, on a worker ----------------------------------------------------------------- */

static enum store_result build_receipt(struct buf *out, const struct service *service,
                                       struct submitted *n)
{
    if (n->outcome == OUTCOME_APPENDED)
        return receipt_build_known(out, service, n->index, buf_span(&n->entry),
                                   n->record.under.entry);
    return receipt_build(out, service, span_of(NULL, 0), n->index);
}

/* The note is in the log, but what it orders is not done yet: whoever sends it again later is told
 * when it is. */
static void withhold_receipt(const struct service *service, struct submitted *n)
{
    struct refusal why;
    if (n->outcome == OUTCOME_REFUSED || !erasing_withholds(service, n->index))
        return;
    refuse(&why, REASON_ERASURE_DUE, "");
    submitted_refuse(n, &why);
}

static void answer_one(struct post *p)
{
    struct submitted *n = &p->note[0];
    struct call_reply *reply = &p->exchange.reply;
    if (n->outcome != OUTCOME_REFUSED) {
        *reply = (struct call_reply){ .status = n->outcome == OUTCOME_APPENDED ? 201 : 200,
                                      .type = "text/plain; charset=utf-8",
                                      .cache = CACHE_NEVER };
        if (build_receipt(&reply->body, p->exchange.service, n) == STORE_OK) {
            metric_add(METRIC_RECEIPTS, 1);
            return;
        }
        /* It is in the log; whoever sends it again gets the receipt. */
        refuse(&n->why, REASON_MEMORY, "");
    }
    problem_reply(reply, &n->why, p->exchange.language);
}

/* A batch is too much as a whole: whoever sent it sends it again. */
static void answer_limited(struct post *p)
{
    const struct submitted *n = p->note;
    while (n->outcome != OUTCOME_REFUSED || n->why.reason != REASON_LIMIT_SIGNER)
        n++;
    problem_reply(&p->exchange.reply, &n->why, p->exchange.language);
    p->exchange.reply.retry_after = p->retry_after;
}

static void answer_batch(struct post *p)
{
    struct call_reply *reply = &p->exchange.reply;
    struct refusal why;
    *reply =
        (struct call_reply){ .status = 200, .type = "application/x-ndjson", .cache = CACHE_NEVER };
    for (size_t i = 0; i < p->submission.count; i++) {
        const struct submitted *n = &p->note[i];
        if (n->outcome == OUTCOME_REFUSED)
            problem_line(&reply->body, &n->why, p->exchange.language);
        else
            buf_addf(&reply->body, "{\"index\":%llu}\n", (unsigned long long)n->index);
    }
    if (!reply->body.failed)
        return;
    refuse(&why, REASON_MEMORY, "");
    problem_reply(reply, &why, p->exchange.language);
}

static void answer_post(struct post *p)
{
    for (size_t i = 0; i < p->submission.count; i++) {
        struct submitted *n = &p->note[i];
        if (n->outcome == OUTCOME_REFUSED)
            metric_refused(n->why.reason);
        else if (n->outcome == OUTCOME_SEEN)
            metric_add(METRIC_SEEN, 1);
        withhold_receipt(p->exchange.service, n);
    }
    if (p->retry_after > 0)
        answer_limited(p);
    else if (p->submission.batch)
        answer_batch(p);
    else
        answer_one(p);
    for (size_t i = 0; i < p->submission.count; i++) {
        record_free(&p->note[i].record);
        buf_free(&p->note[i].entry);
    }
}

/* All of a share go back together: the event loop is woken once. */
static void answer_share(struct work *w)
{
    struct post *first = (struct post *)(void *)w, *last = first; /* work is its first member */
    size_t count = 0;
    for (struct post *p = first; p != NULL; p = p->with) {
        answer_post(p);
        p->exchange.work.next = p->with == NULL ? NULL : &p->with->exchange.work;
        last = p;
        count++;
    }
    exchanges_return(&first->exchange, &last->exchange, count);
}

/* ---- sharing out, on the sequencer's thread -------------------------------------------------- */

void replies_finish(void *ctx, struct submission *first)
{
    struct pool *workers = post_of(first)->exchange.service->workers;
    struct post *share[SHARES_MOST] = { NULL }, *last[SHARES_MOST] = { NULL };
    size_t shares = pool_threads(workers), n = 0, used = 0;
    (void)ctx;
    if (shares > SHARES_MOST)
        shares = SHARES_MOST;
    for (struct submission *s = first; s != NULL; s = submission_of(s->work.next), n++) {
        struct post *p = post_of(s);
        size_t i = n % shares;
        p->with = NULL;
        *(share[i] == NULL ? &share[i] : &last[i]->with) = p;
        last[i] = p;
    }
    struct work *head = NULL, *end = NULL;
    for (; used < shares && share[used] != NULL; used++) {
        struct work *w = &share[used]->exchange.work;
        w->run = answer_share;
        w->next = NULL;
        *(end == NULL ? &head : &end->next) = w;
        end = w;
    }
    if (end != NULL)
        pool_push_all(workers, head, end, used);
}
