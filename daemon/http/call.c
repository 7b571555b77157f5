#include "daemon/http/call.h"

#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/http/server_state.h"
#include "daemon/net/connections.h"
#include "daemon/net/transport.h"
#include "proto/sys/clock.h"

/* While answers fill all of reply_bytes, a client that takes no byte of its answer for so long is
 * dropped. */
#define FULL_IDLE_MS 2000
#define IDLE_DROPPED_AT_ONCE 8

/* ---- answers --------------------------------------------------------------------------------- */

/* A body on its way out; libevent lets go of it when the client took it or is gone. */
struct outgoing {
    struct server *server;
    struct buf body;
    struct cached *kept; /* instead of body */
};

void calls_check_stopped(struct server *s)
{
    if (s->stopping && s->exchanges == 0 &&
        (!connections_taking(s->connections) || clock_steady() > s->stop_by))
        event_base_loopbreak(s->base);
}

static void body_taken(const void *data, size_t n, void *ctx)
{
    struct outgoing *o = ctx;
    struct server *s = o->server;
    (void)data;
    s->reply_bytes -= n;
    metric_set(METRIC_REPLY_BYTES, (int64_t)s->reply_bytes);
    buf_free(&o->body);
    cached_release(o->kept);
    free(o);
    calls_check_stopped(s);
}

static struct span body_of(const struct call_reply *a)
{
    return a->kept != NULL ? a->kept_bytes : span_of(a->body.p, a->body.n);
}

/* Takes over the body. */
static void add_body(struct server *s, struct evhttp_request *request, struct call_reply *a)
{
    struct span body = body_of(a);
    struct outgoing *o = malloc(sizeof *o);
    if (o != NULL) {
        *o = (struct outgoing){ .server = s, .body = a->body, .kept = a->kept };
        s->reply_bytes += body.n;
        if (evbuffer_add_reference(evhttp_request_get_output_buffer(request), body.p, body.n,
                                   body_taken, o) == 0) {
            metric_set(METRIC_REPLY_BYTES, (int64_t)s->reply_bytes);
            a->body = (struct buf){ 0 };
            a->kept = NULL;
            return;
        }
        s->reply_bytes -= body.n;
        free(o);
    }
    log_line(LOG_ERROR, "out of memory: an answer goes out without its body");
}

static void add_headers(struct evkeyvalq *out, const struct call_reply *a)
{
    evhttp_add_header(out, "Content-Type", a->type);
    evhttp_add_header(out, "Cache-Control", a->cache);
    evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
    if (a->problem)
        evhttp_add_header(out, "Content-Language", a->language == LANGUAGE_ES ? "es" : "en");
    if (a->allow != NULL)
        evhttp_add_header(out, "Allow", a->allow);
    if (a->status == 401)
        evhttp_add_header(out, "WWW-Authenticate", "Bearer");
    if (a->retry_after > 0 || a->status == 503 || a->status == 504) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%u", a->retry_after > 0 ? a->retry_after : 1);
        evhttp_add_header(out, "Retry-After", seconds);
    }
    if (a->close)
        evhttp_add_header(out, "Connection", "close");
}

/* Sends an answer and takes over its body. */
static void send_reply(struct server *s, struct evhttp_request *request, struct call_reply *a)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(request);
    char length[24];
    if (s->stopping)
        a->close = true;
    add_headers(out, a);
    /* libevent would send a body with HEAD: the length alone is said. */
    snprintf(length, sizeof length, "%zu", body_of(a).n);
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD)
        evhttp_add_header(out, "Content-Length", length);
    else if (body_of(a).n > 0)
        add_body(s, request, a);
    buf_free(&a->body);
    cached_release(a->kept);
    a->kept = NULL;
    metric_answered(a->status);
    connections_wait_for_client(s->connections, request);
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct bufferevent *b =
        connection == NULL ? NULL : evhttp_connection_get_bufferevent(connection);
    evhttp_send_reply(request, a->status, NULL, NULL);
    if (b != NULL)
        transport_write_now(b);
}

void call_answer(struct call *c, struct call_reply *reply)
{
    send_reply(c->server, c->request, reply);
}

void call_refuse_as(struct call *c, const struct refusal *why, const struct call_refusal *how)
{
    struct call_reply a = { .status = 0 };
    problem_reply(&a, why, c->language);
    a.allow = how->allow;
    a.close = how->close;
    a.retry_after = how->retry_after;
    call_answer(c, &a);
}

void call_refuse(struct call *c, enum reason reason, const char *subject)
{
    static const struct call_refusal plainly;
    struct refusal why;
    refuse(&why, reason, subject);
    call_refuse_as(c, &why, &plainly);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static const char *method_of(const struct evhttp_request *request)
{
    switch (evhttp_request_get_command(request)) {
    case EVHTTP_REQ_GET:
        return "GET";
    case EVHTTP_REQ_HEAD:
        return "HEAD";
    case EVHTTP_REQ_PUT:
        return "PUT";
    case EVHTTP_REQ_POST:
        return "POST";
    default:
        return "";
    }
}

void call_take_bearer(const struct call *c, struct bearer *b)
{
    const struct evkeyval *h;
    bearer_begin(b, method_of(c->request), evhttp_request_get_uri(c->request));
    TAILQ_FOREACH (h, evhttp_request_get_input_headers(c->request), next)
        if (strcasecmp(h->key, "Authorization") == 0)
            bearer_take(b, h->value);
}

/* ---- exchanges ------------------------------------------------------------------------------- */

bool call_stopping(const struct call *c)
{
    return c->server->stopping;
}

/* Cuts clients that take nothing of their answers, if too much is held for clients. The memory is
 * free only a moment later, so this request is refused all the same. */
static bool make_room_to_read(struct server *s, int64_t held)
{
    int64_t most = s->service->config.reply_bytes;
    if (held < most)
        return true;
    unsigned dropped = 0;
    while (dropped < IDLE_DROPPED_AT_ONCE && connections_drop_idle(s->connections, FULL_IDLE_MS))
        dropped++;
    return false;
}

bool call_may_read(struct call *c, size_t bytes)
{
    struct server *s = c->server;
    int64_t held = (int64_t)s->reply_bytes;
    if (bytes > 0)
        held += metric_get(METRIC_READ_BYTES) + (int64_t)bytes;
    if (s->stopping)
        call_refuse(c, REASON_STOPPING, "");
    else if (metric_get(METRIC_READS) >= s->service->config.reads || !make_room_to_read(s, held))
        call_refuse(c, REASON_BUSY, "");
    else
        return true;
    return false;
}

bool call_may_wait(struct call *c)
{
    const struct server *s = c->server;
    int64_t most = (int64_t)s->most_connections / 4; /* the others are for those who are answered */
    if (most > s->service->config.waits)
        most = s->service->config.waits;
    if (s->stopping)
        call_refuse(c, REASON_STOPPING, "");
    else if (metric_get(METRIC_WAITS) >= most)
        call_refuse(c, REASON_BUSY, "");
    else
        return true;
    return false;
}

void call_defer(struct call *c, struct exchange *e)
{
    struct server *s = c->server;
    e->server = s;
    e->service = c->service;
    e->language = c->language;
    e->request = c->request;
    e->deadline = clock_steady() + s->service->config.deadline * 1000;
    e->older = s->newest;
    e->newer = NULL;
    *(s->newest == NULL ? &s->oldest : &s->newest->newer) = e;
    s->newest = e;
    s->exchanges++;
    metric_set(METRIC_EXCHANGES, (int64_t)s->exchanges);
    connections_watch(s->connections, e->request, &e->request);
}

static void end_exchange(struct exchange *e)
{
    struct server *s = e->server;
    *(e->older == NULL ? &s->oldest : &e->older->newer) = e->newer;
    *(e->newer == NULL ? &s->newest : &e->newer->older) = e->older;
    s->exchanges--;
    metric_set(METRIC_EXCHANGES, (int64_t)s->exchanges);
    buf_free(&e->reply.body);
    e->release(e);
    calls_check_stopped(s);
}

static void answer_exchange(struct exchange *e, struct call_reply *a)
{
    struct evhttp_request *request = e->request;
    if (request == NULL)
        return;
    connections_watch(e->server->connections, request, NULL);
    e->request = NULL;
    send_reply(e->server, request, a);
}

static void arrive(struct work *w)
{
    struct exchange *e = (struct exchange *)(void *)w; /* work is its first member */
    answer_exchange(e, &e->reply);
    end_exchange(e);
}

void exchange_return(struct exchange *e)
{
    exchanges_return(e, e, 1);
}

void exchanges_return(struct exchange *first, struct exchange *last, size_t count)
{
    struct queue *mailbox = first->service->mailbox;
    last->work.next = NULL;
    for (struct work *w = &first->work; w != NULL; w = w->next)
        w->run = arrive;
    queue_push_all(mailbox, &first->work, &last->work, count);
}
/* ---- handing over ---------------------------------------------------------------------------- */

void calls_hand_over(struct server *s)
{
    for (struct handover *h = s->handover; h < s->handover + POOLS; h++) {
        if (h->count > 0)
            pool_push_all(h->pool, h->first, h->last, h->count);
        h->count = 0;
    }
}

void call_push(struct call *c, struct pool *pool, struct work *w)
{
    struct server *s = c->server;
    struct handover *h = s->handover;
    if (pool != c->service->workers)
        h += pool == c->service->readers ? 1 : 2;
    h->pool = pool;
    w->next = NULL;
    if (h->count++ == 0)
        h->first = w;
    else
        h->last->next = w;
    h->last = w;
    event_active(s->event[EVENT_HANDOVER], EV_TIMEOUT, 0); /* behind all that is active by now */
}

void calls_take_mail(struct server *s)
{
    uint64_t n;
    ssize_t got = read(s->wake, &n, sizeof n); /* fails only when nobody wrote */
    (void)got;
    for (struct work *w = queue_take_all(s->service->mailbox), *next; w != NULL; w = next) {
        next = w->next; /* it is gone once it has run */
        w->run(w);
    }
}

/* Exchanges are in order of their deadlines, as all have the same time. */
void calls_give_up_late(struct server *s)
{
    int64_t now = clock_steady();
    for (struct exchange *e = s->oldest; e != NULL && e->deadline <= now; e = e->newer) {
        struct call_reply a = { .status = 0 };
        struct refusal why;
        if (e->request == NULL)
            continue;
        refuse(&why, REASON_DEADLINE, "");
        problem_reply(&a, &why, e->language);
        metric_add(METRIC_DEADLINES, 1);
        answer_exchange(e, &a);
    }
}
