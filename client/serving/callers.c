#include "client/serving/callers.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "proto/net/peers.h"
#include "proto/sys/clock.h"

/* The list of peers is a queue: whoever has waited longest is first. */
struct caller {
    struct peer peer;
    int64_t since;                   /* accepted, or last asked */
    struct evhttp_request **watcher; /* set to NULL when it goes; or NULL */
    bool answering;
    bool dropped;
};

struct callers {
    struct peers *peers;
    struct callers_options options;
};

static struct caller *of_peer(struct peer *p)
{
    return (struct caller *)(void *)p; /* it is the first member */
}

static struct caller *after(const struct caller *c)
{
    return of_peer(peer_next(&c->peer));
}

static struct bufferevent *make(struct event_base *base, void *ctx)
{
    const struct callers *all = ctx;
    struct tls_server *tls = all->options.tls;
    return tls != NULL ? tls_accept(tls, base) : bufferevent_socket_new(base, -1, 0);
}

static void came(struct peer *p)
{
    tls_adopt(p->bufferevent);
    of_peer(p)->since = clock_steady();
}

static void gone(struct peer *p)
{
    const struct callers *all = peer_ctx(p);
    if (of_peer(p)->watcher != NULL)
        *of_peer(p)->watcher = NULL;
    if (all->options.tls != NULL)
        tls_leave(all->options.tls, p->bufferevent);
}

static void too_many(void *ctx)
{
    const struct callers *all = ctx;
    all->options.crowded(all->options.ctx);
}

struct callers *callers_new(struct evhttp *http, const struct callers_options *options)
{
    struct callers *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    const struct peers_policy policy = { .size = sizeof(struct caller),
                                         .limit = options->limit,
                                         .input = options->input_most,
                                         .make = make,
                                         .came = came,
                                         .gone = gone,
                                         .crowded = too_many,
                                         .ctx = c };
    c->options = *options;
    c->peers = peers_new(http, &policy);
    if (c->peers != NULL)
        return c;
    free(c);
    return NULL;
}

void callers_free(struct callers *c)
{
    if (c != NULL)
        peers_free(c->peers);
    free(c);
}

static struct caller *caller_of(struct callers *all, struct evhttp_request *request)
{
    return of_peer(peer_of(all->peers, request));
}

static void answered(struct evhttp_request *request, void *ctx)
{
    struct caller *c = caller_of(ctx, request);
    if (c != NULL)
        c->answering = false;
}

const char *callers_doubt(struct callers *all, struct evhttp_request *request)
{
    return peer_doubt(peer_of(all->peers, request));
}

void callers_watch(struct callers *all, struct evhttp_request *request,
                   struct evhttp_request **watcher)
{
    struct caller *c = caller_of(all, request);
    if (c != NULL)
        c->watcher = watcher;
}

void callers_answer(struct callers *all, struct evhttp_request *request)
{
    struct caller *c = caller_of(all, request);
    if (c == NULL)
        return;
    c->since = clock_steady();
    c->answering = true;
    c->watcher = NULL;
    peer_forget_held(&c->peer);
    peer_move_to_end(&c->peer);
    evhttp_request_set_on_complete_cb(request, answered, all);
}

static void drop(struct caller *c)
{
    c->dropped = true; /* evhttp sees its end, and frees it */
    shutdown(bufferevent_getfd(c->peer.bufferevent), SHUT_RDWR);
}

bool callers_drop_oldest(struct callers *all, int64_t age)
{
    int64_t before = clock_steady() - age;
    for (struct caller *c = of_peer(peers_first(all->peers)); c != NULL; c = after(c)) {
        if (c->dropped)
            continue;
        if (c->since > before)
            return false;
        drop(c);
        return true;
    }
    return false;
}

void callers_drop_handshakes(struct callers *all)
{
    int64_t before = clock_steady() - TLS_HANDSHAKE_MS;
    for (struct caller *c = of_peer(peers_first(all->peers)); c != NULL; c = after(c))
        if (!c->dropped && c->since <= before && !tls_is_shaken(c->peer.bufferevent))
            drop(c);
}

bool callers_crowded(const struct callers *c)
{
    return peers_crowded(c->peers);
}

bool callers_busy(const struct callers *all)
{
    for (const struct caller *c = of_peer(peers_first(all->peers)); c != NULL; c = after(c))
        if (!c->dropped && (c->peer.held > 0 || c->answering))
            return true;
    return peers_coming(all->peers);
}
