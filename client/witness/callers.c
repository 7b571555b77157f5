#include "client/witness/callers.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include "proto/base/http_framing.h"

struct caller {
    TAILQ_ENTRY(caller) next;
    struct callers *all;
    struct bufferevent *bufferevent;
    int64_t since;   /* accepted, or last asked */
    size_t held;     /* bytes that came since */
    uint64_t routed; /* requests that libevent saw */
    struct http_framing framing;
    bool answering;
    bool dropped;
};

TAILQ_HEAD(queue, caller);

struct callers {
    struct queue queue; /* whoever has waited longest first */
    struct event_base *base;
    size_t count, coming; /* in the queue; accepted, and not there yet */
    size_t limit, input_most;
    void (*crowded)(void *ctx);
    void *ctx;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The last n bytes of what came. */
static void feed_framing(struct http_framing *framing, struct evbuffer *in, size_t n)
{
    struct evbuffer_ptr at;
    struct evbuffer_iovec part[16];
    while (n > 0 && evbuffer_ptr_set(in, &at, evbuffer_get_length(in) - n, EVBUFFER_PTR_SET) == 0) {
        int parts = evbuffer_peek(in, (ev_ssize_t)n, &at, part, 16);
        for (int i = 0; i < parts && i < 16 && n > 0; i++) {
            size_t take = part[i].iov_len < n ? part[i].iov_len : n;
            http_framing_feed(framing, span_of(part[i].iov_base, take));
            n -= take;
        }
    }
}

static void received(struct evbuffer *in, const struct evbuffer_cb_info *info, void *ctx)
{
    struct caller *c = ctx;
    c->held += info->n_added;
    feed_framing(&c->framing, in, info->n_added);
}

static void gone(struct evhttp_connection *connection, void *ctx)
{
    struct caller *c = ctx;
    (void)connection;
    evbuffer_remove_cb(bufferevent_get_input(c->bufferevent), received, c);
    TAILQ_REMOVE(&c->all->queue, c, next);
    c->all->count--;
    free(c);
}

/* By now evhttp has made its connection of it, which is the argument of its callbacks. */
static void adopt(struct callers *all, struct bufferevent *b)
{
    void *connection = NULL;
    struct caller *c;
    bufferevent_getcb(b, NULL, NULL, NULL, &connection);
    if (connection == NULL || bufferevent_getfd(b) < 0 || (c = calloc(1, sizeof *c)) == NULL)
        return;
    *c = (struct caller){ .all = all, .bufferevent = b, .since = now_ms() };
    TAILQ_INSERT_TAIL(&all->queue, c, next);
    all->count++;
    evbuffer_add_cb(bufferevent_get_input(b), received, c);
    /* Else libevent would read on and on while an answer is not taken. */
    bufferevent_setwatermark(b, EV_READ, 0, all->input_most);
    evhttp_connection_set_closecb(connection, gone, c);
}

struct adoption {
    struct callers *all;
    struct bufferevent *bufferevent;
};

static void adopt_later(evutil_socket_t fd, short what, void *ctx)
{
    struct adoption *a = ctx;
    (void)fd;
    (void)what;
    a->all->coming--;
    adopt(a->all, a->bufferevent);
    bufferevent_decref(a->bufferevent);
    free(a);
}

static struct bufferevent *accepted(struct event_base *base, void *ctx)
{
    static const struct timeval at_once;
    struct callers *all = ctx;
    struct bufferevent *b = bufferevent_socket_new(base, -1, 0);
    struct adoption *a = b == NULL ? NULL : malloc(sizeof *a);
    if (a == NULL)
        return b;
    *a = (struct adoption){ .all = all, .bufferevent = b };
    bufferevent_incref(b);
    if (event_base_once(base, -1, EV_TIMEOUT, adopt_later, a, &at_once) == 0) {
        all->coming++;
        if (callers_crowded(all))
            all->crowded(all->ctx);
        return b;
    }
    bufferevent_decref(b);
    free(a);
    return b;
}

struct callers *callers_new(struct event_base *base, struct evhttp *http, size_t limit,
                            size_t input_most, void (*crowded)(void *ctx), void *ctx)
{
    struct callers *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct callers){
        .base = base, .limit = limit, .input_most = input_most, .crowded = crowded, .ctx = ctx
    };
    TAILQ_INIT(&c->queue);
    evhttp_set_bevcb(http, accepted, c);
    return c;
}

void callers_free(struct callers *c)
{
    free(c);
}

static struct caller *caller_of(struct callers *all, struct evhttp_request *request)
{
    struct evhttp_connection *e = evhttp_request_get_connection(request);
    struct bufferevent *b = e == NULL ? NULL : evhttp_connection_get_bufferevent(e);
    struct caller *c;
    TAILQ_FOREACH (c, &all->queue, next)
        if (c->bufferevent == b)
            return c;
    return NULL;
}

static void answered(struct evhttp_request *request, void *ctx)
{
    struct caller *c = caller_of(ctx, request);
    if (c != NULL)
        c->answering = false;
}

const char *callers_doubt(struct callers *all, struct evhttp_request *request)
{
    struct caller *c = caller_of(all, request);
    if (c != NULL && ++c->routed <= c->framing.complete)
        return NULL;
    return c != NULL && c->framing.cause != NULL ? c->framing.cause : "where it ends is in doubt";
}

void callers_answer(struct callers *all, struct evhttp_request *request)
{
    struct caller *c = caller_of(all, request);
    if (c == NULL)
        return;
    c->since = now_ms();
    c->held = 0;
    c->answering = true;
    TAILQ_REMOVE(&all->queue, c, next);
    TAILQ_INSERT_TAIL(&all->queue, c, next);
    evhttp_request_set_on_complete_cb(request, answered, all);
}

bool callers_drop_oldest(struct callers *all, int64_t age)
{
    struct caller *c;
    int64_t before = now_ms() - age;
    TAILQ_FOREACH (c, &all->queue, next) {
        if (c->dropped)
            continue;
        if (c->since > before)
            return false;
        c->dropped = true; /* evhttp sees its end, and gone() is called */
        shutdown(bufferevent_getfd(c->bufferevent), SHUT_RDWR);
        return true;
    }
    return false;
}

bool callers_crowded(const struct callers *c)
{
    return c->count + c->coming > c->limit;
}

bool callers_busy(const struct callers *all)
{
    const struct caller *c;
    TAILQ_FOREACH (c, &all->queue, next)
        if (!c->dropped && (c->held > 0 || c->answering))
            return true;
    return all->coming > 0;
}
