#include "proto/net/peers.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ASTRAY_MOST (16 * 1024) /* bytes of a chunk's line that cannot be one */

struct peers {
    struct peers_policy policy;
    struct peer *first, *last;
    struct peer **by_fd; /* fds of them */
    size_t fds;
    size_t count, coming; /* in the list; accepted, and not there yet */
    uint64_t held;
};

/* ---- the list -------------------------------------------------------------------------------- */

static void put_last(struct peers *all, struct peer *p)
{
    p->before = all->last;
    p->behind = NULL;
    *(all->last == NULL ? &all->first : &all->last->behind) = p;
    all->last = p;
}

static void take_out(struct peers *all, struct peer *p)
{
    *(p->before == NULL ? &all->first : &p->before->behind) = p->behind;
    *(p->behind == NULL ? &all->last : &p->behind->before) = p->before;
}

struct peer *peers_first(const struct peers *all)
{
    return all->first;
}

struct peer *peer_next(const struct peer *peer)
{
    return peer->behind;
}

void peer_move_to_end(struct peer *peer)
{
    take_out(peer->all, peer);
    put_last(peer->all, peer);
}

/* Makes room for a descriptor in the table. Returns 0, or -1 when out of memory. */
static int make_place(struct peers *all, size_t fd)
{
    if (fd < all->fds)
        return 0;
    size_t fds = 2 * fd + 64;
    struct peer **longer = realloc(all->by_fd, fds * sizeof *longer);
    if (longer == NULL)
        return -1;
    memset(longer + all->fds, 0, (fds - all->fds) * sizeof *longer);
    all->by_fd = longer;
    all->fds = fds;
    return 0;
}

static void forget(struct peer *p)
{
    struct peers *all = p->all;
    if (all->policy.gone != NULL)
        all->policy.gone(p);
    peer_forget_held(p);
    take_out(all, p);
    all->by_fd[p->fd] = NULL;
    all->count--;
    free(p);
}

/* ---- what comes and goes --------------------------------------------------------------------- */

/* Feeds the last n bytes of the buffer. */
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

/* What is in its buffer is forgotten, and the connection ended. */
static void end_astray(evutil_socket_t fd, short what, void *ctx)
{
    struct bufferevent *b = ctx;
    (void)fd;
    (void)what;
    evbuffer_drain(bufferevent_get_input(b), SIZE_MAX);
    if (bufferevent_getfd(b) >= 0)
        shutdown(bufferevent_getfd(b), SHUT_RDWR);
    bufferevent_decref(b);
}

/* A chunk's first line may be as long as a body, and libevent looks for its end from its beginning
 * each time that some of it comes: megabytes would take seconds. It is refused by now. It ends once
 * libevent is done with what has come; what is in the kernel yet comes here again. */
static void end_if_astray(struct peer *p, struct evbuffer *in)
{
    static const struct timeval at_once;
    if (!http_framing_astray(&p->framing) || evbuffer_get_length(in) < ASTRAY_MOST)
        return;
    bufferevent_incref(p->bufferevent);
    if (event_base_once(bufferevent_get_base(p->bufferevent), -1, EV_TIMEOUT, end_astray,
                        p->bufferevent, &at_once) != 0)
        bufferevent_decref(p->bufferevent);
}

static void received(struct evbuffer *in, const struct evbuffer_cb_info *info, void *ctx)
{
    struct peer *p = ctx;
    p->held += info->n_added;
    p->all->held += info->n_added;
    feed_framing(&p->framing, in, info->n_added);
    if (info->n_added > 0)
        end_if_astray(p, in);
}

static void connection_gone(struct evhttp_connection *connection, void *ctx)
{
    struct peer *p = ctx;
    (void)connection;
    evbuffer_remove_cb(bufferevent_get_input(p->bufferevent), received, p);
    forget(p);
}

/* By now evhttp has made its connection of the bufferevent; it is the argument of the
 * bufferevent's callbacks. */
static void adopt(struct peers *all, struct bufferevent *b)
{
    void *connection = NULL;
    int fd = bufferevent_getfd(b);
    bufferevent_getcb(b, NULL, NULL, NULL, &connection);
    if (connection == NULL || fd < 0 || make_place(all, (size_t)fd) != 0)
        return;
    if (all->by_fd[fd] != NULL) /* nobody told of its end */
        forget(all->by_fd[fd]);
    struct peer *p = calloc(1, all->policy.size);
    if (p == NULL)
        return;
    *p = (struct peer){ .all = all, .bufferevent = b, .fd = fd };
    put_last(all, p);
    all->by_fd[fd] = p;
    all->count++;
    evbuffer_add_cb(bufferevent_get_input(b), received, p);
    /* Otherwise libevent would read on and on while an answer is not taken. */
    bufferevent_setwatermark(b, EV_READ, 0, all->policy.input);
    evhttp_connection_set_closecb(connection, connection_gone, p);
    all->policy.came(p);
}

struct adoption {
    struct peers *all;
    struct bufferevent *bufferevent;
    bool unwanted; /* it stands in for what could not be made */
};

static void adopt_later(evutil_socket_t fd, short what, void *ctx)
{
    struct adoption *a = ctx;
    (void)fd;
    (void)what;
    a->all->coming--;
    if (!a->unwanted)
        adopt(a->all, a->bufferevent);
    else if (bufferevent_getfd(a->bufferevent) >= 0)
        shutdown(bufferevent_getfd(a->bufferevent), SHUT_RDWR);
    bufferevent_decref(a->bufferevent);
    free(a);
}

/* evhttp asks for a bufferevent before it gives it the socket, and tells nobody afterwards: the
 * rest happens in the same turn of the loop, before anything is read. Without a bufferevent evhttp
 * would make a plain one of its own, and a client that came for TLS be answered without: so that
 * one is made here and cut. What is not adopted for want of memory is served nothing, as it is in
 * doubt where its requests end. */
static struct bufferevent *accepted(struct event_base *base, void *ctx)
{
    static const struct timeval at_once;
    struct peers *all = ctx;
    struct bufferevent *made = all->policy.make(base, all->policy.ctx);
    struct bufferevent *b = made != NULL ? made : bufferevent_socket_new(base, -1, 0);
    struct adoption *a = b == NULL ? NULL : malloc(sizeof *a);
    if (a == NULL)
        return b;
    *a = (struct adoption){ .all = all, .bufferevent = b, .unwanted = made == NULL };
    bufferevent_incref(b);
    if (event_base_once(base, -1, EV_TIMEOUT, adopt_later, a, &at_once) == 0) {
        all->coming++;
        if (peers_crowded(all))
            all->policy.crowded(all->policy.ctx);
        return b;
    }
    bufferevent_decref(b);
    free(a);
    return b;
}

struct peers *peers_new(struct evhttp *http, const struct peers_policy *policy)
{
    struct peers *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    all->policy = *policy;
    evhttp_set_bevcb(http, accepted, all);
    return all;
}

void peers_free(struct peers *all)
{
    if (all == NULL)
        return;
    for (struct peer *p = all->first, *behind; p != NULL; p = behind) {
        behind = p->behind;
        free(p);
    }
    free(all->by_fd);
    free(all);
}

/* ---- questions ------------------------------------------------------------------------------- */

void peers_limit(struct peers *all, size_t limit)
{
    all->policy.limit = limit;
}

bool peers_crowded(const struct peers *all)
{
    return all->count + all->coming > all->policy.limit;
}

bool peers_coming(const struct peers *all)
{
    return all->coming > 0;
}

uint64_t peers_held(const struct peers *all)
{
    return all->held;
}

void *peer_ctx(const struct peer *peer)
{
    return peer->all->policy.ctx;
}

struct peer *peer_of(struct peers *all, struct evhttp_request *request)
{
    struct evhttp_connection *e = evhttp_request_get_connection(request);
    struct bufferevent *b = e == NULL ? NULL : evhttp_connection_get_bufferevent(e);
    int fd = b == NULL ? -1 : bufferevent_getfd(b);
    struct peer *p = fd < 0 || (size_t)fd >= all->fds ? NULL : all->by_fd[fd];
    return p != NULL && p->bufferevent == b ? p : NULL;
}

const char *peer_doubt(struct peer *peer)
{
    if (peer != NULL && ++peer->routed <= peer->framing.complete)
        return NULL;
    return peer != NULL && peer->framing.cause != NULL ? peer->framing.cause
                                                       : "where it ends is in doubt";
}

void peer_forget_held(struct peer *peer)
{
    peer->all->held -= peer->held;
    peer->held = 0;
}
