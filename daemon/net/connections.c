#include "daemon/net/connections.h"

#include <event2/buffer.h>
#include <stdlib.h>

#include "daemon/net/transport.h"
#include "proto/sys/clock.h"
#include "proto/sys/peers.h"

struct connection {
    struct peer peer;
    struct evhttp_request **watcher; /* set to NULL when the connection goes; or NULL */
    int64_t since;                   /* when the client's turn began; INT64_MAX: it is ours */
    size_t left;    /* bytes of an answer that it has not taken, when looked at last; 0: none */
    int64_t taking; /* when it last took some, or the answer began */
};

struct connections {
    struct peers *peers;
    int timeout_s;
};

static struct connection *of_peer(struct peer *p)
{
    return (struct connection *)(void *)p; /* it is the first member */
}

static struct connection *first_of(const struct connections *all)
{
    return of_peer(peers_first(all->peers));
}

static struct connection *after(const struct connection *c)
{
    return of_peer(peer_next(&c->peer));
}

static struct connection *connection_of(struct connections *all, struct evhttp_request *request)
{
    return of_peer(peer_of(all->peers, request));
}

static void came(struct peer *p)
{
    transport_adopt(p->bufferevent);
    of_peer(p)->since = clock_steady();
}

static void gone(struct peer *p)
{
    struct connection *c = of_peer(p);
    if (c->watcher != NULL)
        *c->watcher = NULL;
}

struct connections *connections_new(struct evhttp *http, const struct connection_limits *limits,
                                    void (*crowded)(void *ctx), void *ctx)
{
    const struct peers_policy policy = { .size = sizeof(struct connection),
                                         .limit = limits->connections,
                                         .input = limits->input_bytes,
                                         .make = transport_new,
                                         .came = came,
                                         .gone = gone,
                                         .crowded = crowded,
                                         .ctx = ctx };
    struct connections *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->timeout_s = limits->timeout_s;
    c->peers = peers_new(http, &policy);
    if (c->peers != NULL)
        return c;
    free(c);
    return NULL;
}

void connections_limit(struct connections *c, const struct connection_limits *limits)
{
    c->timeout_s = limits->timeout_s;
    peers_limit(c->peers, limits->connections);
}

void connections_free(struct connections *c)
{
    if (c != NULL)
        peers_free(c->peers);
    free(c);
}

/* libevent's time to read also runs while an answer is written: it has none then, and the time to
 * write begins anew with each byte that is taken. */
static void set_timeouts(const struct connections *all, const struct connection *c, bool reading)
{
    const struct timeval t = { .tv_sec = all->timeout_s };
    bufferevent_set_timeouts(c->peer.bufferevent, reading ? &t : NULL, &t);
}

const char *connections_wait_for_us(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    if (c == NULL)
        return peer_doubt(NULL);
    peer_forget_held(&c->peer);
    c->since = INT64_MAX;
    set_timeouts(all, c, false);
    return peer_doubt(&c->peer);
}

static void answered(struct evhttp_request *request, void *ctx)
{
    struct connection *c = connection_of(ctx, request);
    if (c == NULL)
        return;
    c->left = 0;
    c->since = clock_steady();
    set_timeouts(ctx, c, true);
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
    peer_forget_held(&c->peer);
    transport_cut(c->peer.bufferevent);
}

/* Notes for each connection whether the client has taken bytes since the last look. */
static void look_at_taking(const struct connections *all, int64_t now)
{
    for (struct connection *c = first_of(all); c != NULL; c = after(c)) {
        if (c->left == 0)
            continue;
        size_t left = evbuffer_get_length(bufferevent_get_output(c->peer.bufferevent));
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
    for (struct connection *c = first_of(all); c != NULL; c = after(c))
        if (c->left > 0 && now - c->taking >= age && (idlest == NULL || c->taking < idlest->taking))
            idlest = c;
    if (idlest != NULL)
        drop(idlest);
    return idlest != NULL;
}

/* Since when a client makes us wait. While it takes an answer, that is since its last bytes. */
static int64_t waiting_since(const struct connection *c)
{
    return c->left > 0 ? c->taking : c->since;
}

bool connections_drop_oldest(struct connections *all, int64_t age, size_t held)
{
    struct connection *oldest = NULL;
    int64_t now = clock_steady(), before = now - age;
    look_at_taking(all, now);
    for (struct connection *c = first_of(all); c != NULL; c = after(c))
        if (waiting_since(c) <= before && c->peer.held >= held &&
            (oldest == NULL || waiting_since(c) < waiting_since(oldest)))
            oldest = c;
    if (oldest != NULL)
        drop(oldest);
    return oldest != NULL;
}

bool connections_crowded(const struct connections *c)
{
    return peers_crowded(c->peers);
}

uint64_t connections_held(const struct connections *c)
{
    return peers_held(c->peers);
}
