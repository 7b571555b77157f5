#include "daemon/net/connections.h"

#include <stdlib.h>

#include "proto/net/peers.h"
#include "proto/sys/clock.h"

struct connection {
    struct peer peer;
    struct evhttp_request **watcher; /* set to NULL when the connection goes; or NULL */
    int64_t since;                   /* when the client's turn began; INT64_MAX: it is ours */
    bool shaking;                    /* its TLS handshake is under way */
    bool answered;                   /* an answer is on its way to it */
    uint64_t progress;               /* of that answer, when looked at last */
    int64_t taking;                  /* when it last took some, or the answer began */
    struct tls_client_verdict client;
    struct address address;
};

struct connections {
    struct peers *peers;
    struct transport *transport;
    void (*crowded)(void *ctx);
    void *crowded_ctx;
    size_t shaking; /* how many are */
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

/* peer_ctx() is what peers_new() was given. */
static struct connections *all_of(const struct connection *c)
{
    return peer_ctx(&c->peer);
}

static struct bufferevent *make(struct event_base *base, void *ctx)
{
    struct connections *all = ctx;
    return transport_new(all->transport, base);
}

static void came(struct peer *p)
{
    struct connection *c = of_peer(p);
    transport_adopt(p->bufferevent, &c->address);
    c->since = clock_steady();
    c->shaking = transport_is_tls(all_of(c)->transport);
    all_of(c)->shaking += c->shaking;
}

static void gone(struct peer *p)
{
    struct connection *c = of_peer(p);
    if (c->watcher != NULL)
        *c->watcher = NULL;
    all_of(c)->shaking -= c->shaking;
    transport_leave(all_of(c)->transport, p->bufferevent);
}

static void too_many(void *ctx)
{
    struct connections *all = ctx;
    all->crowded(all->crowded_ctx);
}

struct connections *connections_new(struct evhttp *http, struct transport *transport,
                                    const struct connection_limits *limits,
                                    void (*when_crowded)(void *ctx), void *ctx)
{
    struct connections *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    const struct peers_policy policy = { .size = sizeof(struct connection),
                                         .limit = limits->connections,
                                         .input = limits->input_bytes,
                                         .make = make,
                                         .came = came,
                                         .gone = gone,
                                         .crowded = too_many,
                                         .ctx = c };
    c->transport = transport;
    c->crowded = when_crowded;
    c->crowded_ctx = ctx;
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
    c->answered = false;
    c->since = clock_steady();
    set_timeouts(ctx, c, true);
}

void connections_wait_for_client(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    if (c == NULL)
        return;
    c->since = c->taking = clock_steady();
    c->answered = true;
    c->progress = UINT64_MAX;
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
    c->answered = false;
    peer_forget_held(&c->peer);
    transport_cut(c->peer.bufferevent);
}

void connections_drop_handshakes(struct connections *all)
{
    int64_t before = clock_steady() - TLS_HANDSHAKE_MS;
    if (all->shaking == 0)
        return;
    for (struct connection *c = first_of(all); c != NULL; c = after(c)) {
        if (!c->shaking)
            continue;
        bool late = c->since <= before;
        if (!late && !tls_is_shaken(c->peer.bufferevent))
            continue;
        c->shaking = false;
        all->shaking--;
        if (late && !tls_is_shaken(c->peer.bufferevent))
            drop(c);
    }
}

const char *connections_client_fault(struct connections *all, struct evhttp_request *request)
{
    struct connection *c = connection_of(all, request);
    return c == NULL ? "its connection is gone"
                     : transport_client_fault(all->transport, c->peer.bufferevent, &c->client);
}

const struct address *connections_address(struct connections *all, struct evhttp_request *request)
{
    static const struct address nowhere;
    struct connection *c = connection_of(all, request);
    return c == NULL ? &nowhere : &c->address;
}

/* Notes for each connection whether the client has taken bytes since the last look. */
static void look_at_taking(const struct connections *all, int64_t now)
{
    for (struct connection *c = first_of(all); c != NULL; c = after(c)) {
        if (!c->answered)
            continue;
        uint64_t progress = transport_progress(c->peer.bufferevent);
        if (progress != c->progress)
            c->taking = now;
        c->progress = progress;
    }
}

bool connections_taking(const struct connections *all)
{
    struct connection *c = first_of(all);
    while (c != NULL && !c->answered)
        c = after(c);
    return c != NULL;
}

bool connections_drop_idle(struct connections *all, int64_t age)
{
    struct connection *idlest = NULL;
    int64_t now = clock_steady();
    look_at_taking(all, now);
    for (struct connection *c = first_of(all); c != NULL; c = after(c))
        if (c->answered && now - c->taking >= age && (idlest == NULL || c->taking < idlest->taking))
            idlest = c;
    if (idlest != NULL)
        drop(idlest);
    return idlest != NULL;
}

/* Since when a client makes us wait. While it takes an answer, that is since its last bytes. */
static int64_t waiting_since(const struct connection *c)
{
    return c->answered ? c->taking : c->since;
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
