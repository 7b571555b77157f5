#include "daemon/http/connections.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>

#include "daemon/http/transport.h"
#include "proto/base/http_framing.h"
#include "proto/sys/clock.h"

struct connection {
    struct connections *all;
    struct bufferevent *bufferevent; /* NULL: this descriptor is no connection */
    struct evhttp_request **watcher; /* set to NULL when the connection goes; or NULL */
    int64_t since;                   /* when the client's turn began; INT64_MAX: it is ours */
    size_t held;
    uint64_t routed; /* requests that libevent saw */
    struct http_framing framing;
    size_t left;    /* bytes of an answer that it has not taken, when looked at last; 0: none */
    int64_t taking; /* when it last took some, or the answer began */
};

struct connections {
    struct event_base *base;
    uint64_t held;
    size_t count, coming; /* in by_fd; accepted, and not there yet */
    size_t limit, input_most;
    int timeout_s;
    void (*crowded)(void *ctx);
    void *ctx;
    size_t most;
    struct connection by_fd[];
};

static void forget_held(struct connection *c)
{
    c->all->held -= c->held;
    c->held = 0;
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
    struct connection *c = ctx;
    c->held += info->n_added;
    c->all->held += info->n_added;
    feed_framing(&c->framing, in, info->n_added);
}

static void gone(struct evhttp_connection *connection, void *ctx)
{
    struct connection *c = ctx;
    (void)connection;
    evbuffer_remove_cb(bufferevent_get_input(c->bufferevent), received, c);
    if (c->watcher != NULL)
        *c->watcher = NULL;
    forget_held(c);
    c->watcher = NULL;
    c->bufferevent = NULL;
    c->all->count--;
}

/* By now evhttp has made its connection of it, which is the argument of its callbacks. */
static void adopt(struct connections *all, struct bufferevent *b)
{
    void *connection = NULL;
    evutil_socket_t fd = bufferevent_getfd(b);
    bufferevent_getcb(b, NULL, NULL, NULL, &connection);
    if (connection == NULL || fd < 0 || (size_t)fd >= all->most)
        return;
    struct connection *c = &all->by_fd[fd];
    transport_adopt(b);
    all->count += c->bufferevent == NULL; /* else its end was not told: it is counted already */
    *c = (struct connection){ .all = all, .bufferevent = b, .since = clock_steady() };
    evbuffer_add_cb(bufferevent_get_input(b), received, c);
    bufferevent_setwatermark(b, EV_READ, 0, all->input_most);
    evhttp_connection_set_closecb(connection, gone, c);
}

struct adoption {
    struct connections *all;
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
    struct connections *all = ctx;
    struct bufferevent *b = transport_new(base);
    struct adoption *a = b == NULL ? NULL : malloc(sizeof *a);
    if (a == NULL)
        return b;
    *a = (struct adoption){ .all = all, .bufferevent = b };
    bufferevent_incref(b);
    if (event_base_once(base, -1, EV_TIMEOUT, adopt_later, a, &at_once) == 0) {
        all->coming++;
        if (connections_crowded(all))
            all->crowded(all->ctx);
        return b;
    }
    bufferevent_decref(b);
    free(a);
    return b;
}

struct connections *connections_new(struct event_base *base, struct evhttp *http,
                                    const struct connection_limits *limits,
                                    void (*crowded)(void *ctx), void *ctx)
{
    size_t most = limits->most;
    struct connections *c = calloc(1, sizeof *c + most * sizeof *c->by_fd);
    if (c == NULL)
        return NULL;
    c->base = base;
    c->most = most;
    c->limit = limits->connections;
    c->input_most = limits->input_bytes;
    c->timeout_s = limits->timeout_s;
    c->crowded = crowded;
    c->ctx = ctx;
    evhttp_set_bevcb(http, accepted, c);
    return c;
}

void connections_free(struct connections *c)
{
    free(c);
}

static struct connection *connection_of(struct connections *all, struct evhttp_request *request)
{
    struct evhttp_connection *e = evhttp_request_get_connection(request);
    struct bufferevent *b = e == NULL ? NULL : evhttp_connection_get_bufferevent(e);
    evutil_socket_t fd = b == NULL ? -1 : bufferevent_getfd(b);
    if (fd < 0 || (size_t)fd >= all->most || all->by_fd[fd].bufferevent != b)
        return NULL;
    return &all->by_fd[fd];
}

/* libevent's time to read also runs while an answer is written: it has none then, and the time to
 * write begins anew with each byte that is taken. */
static void set_timeouts(const struct connection *c, bool reading)
{
    const struct timeval t = { .tv_sec = c->all->timeout_s };
    bufferevent_set_timeouts(c->bufferevent, reading ? &t : NULL, &t);
}

const char *connections_wait_for_us(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    if (c == NULL)
        return "where it ends is in doubt";
    forget_held(c);
    c->since = INT64_MAX;
    set_timeouts(c, false);
    if (++c->routed <= c->framing.complete)
        return NULL;
    return c->framing.cause != NULL ? c->framing.cause : "where it ends is in doubt";
}

static void answered(struct evhttp_request *request, void *ctx)
{
    struct connection *c = connection_of(ctx, request);
    if (c == NULL)
        return;
    c->left = 0;
    c->since = clock_steady();
    set_timeouts(c, true);
}

void connections_wait_for_client(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    if (c == NULL)
        return;
    c->since = c->taking = clock_steady();
    c->left = SIZE_MAX;
    evhttp_request_set_on_complete_cb(request, answered, all);
}

void connections_watch(struct connections *all, struct evhttp_request *request,
                       struct evhttp_request **watcher)
{
    struct connection *c = connection_of(all, request);
    if (c != NULL)
        c->watcher = watcher;
}

static void drop(struct connection *c)
{
    c->since = INT64_MAX; /* evhttp sees its end, and gone() is called */
    c->left = 0;
    forget_held(c);
    transport_cut(c->bufferevent);
}

/* What each has taken since it was looked at last. */
static void look_at_taking(struct connections *all, int64_t now)
{
    for (size_t i = 0; i < all->most; i++) {
        struct connection *c = &all->by_fd[i];
        if (c->bufferevent == NULL || c->left == 0)
            continue;
        size_t left = evbuffer_get_length(bufferevent_get_output(c->bufferevent));
        if (left < c->left)
            c->taking = now;
        c->left = left;
    }
}

bool connections_drop_idle(struct connections *all, int64_t age)
{
    struct connection *idlest = NULL;
    int64_t now = clock_steady();
    look_at_taking(all, now);
    for (size_t i = 0; i < all->most; i++) {
        struct connection *c = &all->by_fd[i];
        if (c->bufferevent != NULL && c->left > 0 && now - c->taking >= age &&
            (idlest == NULL || c->taking < idlest->taking))
            idlest = c;
    }
    if (idlest != NULL)
        drop(idlest);
    return idlest != NULL;
}

/* Since when a client lets us wait: it counts when it last took some of its answer. */
static int64_t waiting_since(const struct connection *c)
{
    return c->left > 0 ? c->taking : c->since;
}

bool connections_drop_oldest(struct connections *all, int64_t age, size_t held)
{
    size_t oldest = all->most;
    int64_t now = clock_steady(), before = now - age;
    look_at_taking(all, now);
    for (size_t i = 0; i < all->most; i++) {
        const struct connection *c = &all->by_fd[i];
        if (c->bufferevent != NULL && waiting_since(c) <= before && c->held >= held &&
            (oldest == all->most || waiting_since(c) < waiting_since(&all->by_fd[oldest])))
            oldest = i;
    }
    if (oldest == all->most)
        return false;
    drop(&all->by_fd[oldest]);
    return true;
}

bool connections_crowded(const struct connections *c)
{
    return c->count + c->coming > c->limit;
}

uint64_t connections_held(const struct connections *c)
{
    return c->held;
}
