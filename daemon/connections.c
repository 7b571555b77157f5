#include "daemon/connections.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "daemon/clock.h"
#include "daemon/exchange.h"

struct connection {
    struct connections *all;
    struct bufferevent *bufferevent; /* NULL: this descriptor is no connection */
    struct exchange *exchange;
    int64_t since; /* when the client's turn began; INT64_MAX: it is ours */
    size_t held;
};

struct connections {
    struct event_base *base;
    uint64_t held;
    size_t count, coming; /* in by_fd; accepted, and not there yet */
    size_t limit;
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

static void received(struct evbuffer *in, const struct evbuffer_cb_info *info, void *ctx)
{
    struct connection *c = ctx;
    (void)in;
    c->held += info->n_added;
    c->all->held += info->n_added;
}

static void gone(struct evhttp_connection *connection, void *ctx)
{
    struct connection *c = ctx;
    (void)connection;
    evbuffer_remove_cb(bufferevent_get_input(c->bufferevent), received, c);
    if (c->exchange != NULL)
        c->exchange->request = NULL;
    forget_held(c);
    c->exchange = NULL;
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
    all->count += c->bufferevent == NULL; /* else its end was not told: it is counted already */
    *c = (struct connection){ .all = all, .bufferevent = b, .since = clock_steady() };
    evbuffer_add_cb(bufferevent_get_input(b), received, c);
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
    struct bufferevent *b = bufferevent_socket_new(base, -1, 0);
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

struct connections *connections_new(struct event_base *base, struct evhttp *http, size_t most,
                                    size_t limit, void (*crowded)(void *ctx), void *ctx)
{
    struct connections *c = calloc(1, sizeof *c + most * sizeof *c->by_fd);
    if (c == NULL)
        return NULL;
    c->base = base;
    c->most = most;
    c->limit = limit;
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

void connections_wait_for_us(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    if (c == NULL)
        return;
    forget_held(c);
    c->since = INT64_MAX;
}

void connections_wait_for_client(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    if (c != NULL)
        c->since = clock_steady();
}

void connections_watch(struct connections *all, struct evhttp_request *request, struct exchange *e)
{
    struct connection *c = connection_of(all, request);
    if (c != NULL)
        c->exchange = e;
}

bool connections_drop_oldest(struct connections *all, int64_t age, size_t held)
{
    size_t oldest = all->most;
    int64_t before = clock_steady() - age;
    for (size_t i = 0; i < all->most; i++) {
        const struct connection *c = &all->by_fd[i];
        if (c->bufferevent != NULL && c->since <= before && c->held >= held &&
            (oldest == all->most || c->since < all->by_fd[oldest].since))
            oldest = i;
    }
    if (oldest == all->most)
        return false;
    struct connection *c = &all->by_fd[oldest];
    c->since = INT64_MAX; /* evhttp sees its end, and gone() is called */
    forget_held(c);
    shutdown((int)oldest, SHUT_RDWR);
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
