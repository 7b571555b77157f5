/* Requests that wait for a checkpoint with its quorum of witnesses. They cost no thread; whoever
 * has waited too long is answered by the deadline that every exchange has. */
#include "daemon/http/http_wait.h"

#include "daemon/http/call.h"
#include "daemon/http/server_state.h"
#include "daemon/witnesses/feed.h"

void call_await(struct call *c, struct exchange *e, uint64_t index)
{
    call_defer(c, e);
    e->awaits = index;
    e->next_waiting = c->server->waiting;
    c->server->waiting = e;
}

static void await_here(struct work *w)
{
    struct exchange *e = (struct exchange *)(void *)w; /* work is its first member */
    e->work.run = e->resume;
    e->next_waiting = e->server->waiting;
    e->server->waiting = e;
    waits_look(e->server); /* it may have come meanwhile */
}

void exchange_await(struct exchange *e)
{
    e->resume = e->work.run;
    e->work.run = await_here;
    queue_push(e->service->mailbox, &e->work);
}

static void end_wait(struct exchange *e)
{
    struct refusal why;
    refuse(&why, REASON_STOPPING, "");
    problem_reply(&e->reply, &why, e->language);
    exchange_return(e);
}

void waits_look(struct server *s)
{
    uint64_t size = s->waiting == NULL ? 0 : feed_quorum_size(s->service, NULL);
    for (struct exchange **at = &s->waiting; *at != NULL;) {
        struct exchange *e = *at;
        if (e->request != NULL && !s->stopping && e->awaits >= size) {
            at = &e->next_waiting;
            continue;
        }
        *at = e->next_waiting;
        if (e->request == NULL || s->stopping)
            end_wait(e); /* nobody hears it any more, or soon */
        else
            pool_push(s->service->readers, &e->work);
    }
}

static void hear(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, news));
    atomic_store(&s->is_news, false);
    waits_look(s);
}

void waits_witnessed(void *ctx)
{
    struct server *s = ctx;
    if (atomic_exchange(&s->is_news, true))
        return;
    s->news.run = hear;
    queue_push(s->service->mailbox, &s->news);
}
