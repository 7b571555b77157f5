/* Requests that wait for a checkpoint with its quorum of witnesses. They cost no thread; whoever has waited too
 * long is answered by the deadline that every exchange has. */
#include "daemon/host/metrics.h"
#include "daemon/http/server.h"
#include "daemon/witnesses/feed.h"

void call_await(struct call *c, struct exchange *e, uint64_t index)
{
    call_defer(c, e);
    e->awaits = index;
    e->next_waiting = c->server->waiting;
    c->server->waiting = e;
}

static void turn_away(struct exchange *e)
{
    struct refusal why;
    refuse(&why, REASON_STOPPING, "");
    problem_answer(&e->answer, &why, e->language);
    exchange_return(e);
}

void server_look_at_waits(struct server *s)
{
    uint64_t size = s->waiting == NULL ? 0 : feed_witnessed(s->service->feed, NULL);
    for (struct exchange **at = &s->waiting; *at != NULL;) {
        struct exchange *e = *at;
        if (e->request != NULL && !s->stopping && e->awaits >= size) {
            at = &e->next_waiting;
            continue;
        }
        *at = e->next_waiting;
        if (e->request == NULL || s->stopping)
            turn_away(e); /* nobody hears it any more, or soon */
        else
            pool_push(s->service->readers, &e->work);
    }
}

static void look(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, news));
    atomic_store(&s->is_news, false);
    server_look_at_waits(s);
}

void server_witnessed(void *ctx)
{
    struct server *s = ctx;
    if (atomic_exchange(&s->is_news, true))
        return;
    s->news.run = look;
    queue_push(s->service->mailbox, &s->news);
}
