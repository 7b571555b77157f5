/* Who is connected to an HTTP server. libevent knows the connections but does not tell of them, and
 * forgives requests whose end is in doubt. This follows each connection from its first byte: it
 * counts connections and what came from them, and reads where each request ends by RFC 9112
 * (proto/base/http_framing.h). Whom to drop, and when, is the program's policy. Event loop only. */
#ifndef PROTO_NET_PEERS_H
#define PROTO_NET_PEERS_H

#include <event2/bufferevent.h>
#include <event2/http.h>

#include "proto/base/http_framing.h"
#include "proto/base/must_use.h"

struct peers;

/* One connection: the first member of the program's own struct. */
struct peer {
    struct bufferevent *bufferevent;
    size_t held; /* bytes that came since peer_forget_held(); read only */
    /* Of peers.c: */
    struct peers *all;
    struct peer *before, *behind;
    int fd;
    uint64_t routed; /* requests that libevent saw */
    struct http_framing framing;
};

struct peers_policy {
    size_t size;  /* bytes of the program's struct for one connection; made all zero but for peer */
    size_t limit; /* connections open at once */
    size_t input; /* bytes read ahead of one connection: more than any request has */
    /* Makes the bufferevent of a connection that evhttp is about to accept; evhttp gives it the
     * socket and frees it. Returns NULL when out of memory: then the connection is cut. */
    struct bufferevent *(*make)(struct event_base *base, void *ctx);
    void (*came)(struct peer *peer); /* it is there, with its socket */
    void (*gone)(
        struct peer *peer);     /* it is about to be freed, and its bufferevent may be; or NULL */
    void (*crowded)(void *ctx); /* one beyond `limit` was accepted: stop accepting */
    void *ctx;
};

/* Follows the connections that http will accept. The policy is copied. NULL when out of memory. */
MUST_USE struct peers *peers_new(struct evhttp *http, const struct peers_policy *policy);
/* Call it after evhttp_free(). NULL is harmless. */
void peers_free(struct peers *all);

/* Another limit. Connections beyond it stay. */
void peers_limit(struct peers *all, size_t limit);

/* Are there more than the limit? Those count that are accepted and not there yet. */
bool peers_crowded(const struct peers *all);

/* Is somebody accepted, and not there yet? */
bool peers_coming(const struct peers *all);

/* The sum of `held` over all peers. */
uint64_t peers_held(const struct peers *all);

/* The first of all peers, and the next one; NULL at the end. They are in the order in which they
 * came, or were moved to the end. */
struct peer *peers_first(const struct peers *all);
struct peer *peer_next(const struct peer *peer);
void peer_move_to_end(struct peer *peer);

/* What the policy has as ctx. */
void *peer_ctx(const struct peer *peer);

/* Who sent the request. NULL if its connection is gone, or could not be followed for want of
 * memory. */
struct peer *peer_of(struct peers *all, struct evhttp_request *request);

/* Call it once for each request, when it has come whole. Returns NULL, or why it is in doubt where
 * the request ends: then refuse it and close the connection. peer may be NULL: it is in doubt. */
const char *peer_doubt(struct peer *peer);

/* Lets `held` begin at zero again. */
void peer_forget_held(struct peer *peer);

#endif
