/* All open connections, so that slow clients cannot keep others out. When no more can be accepted,
 * or too much is held of requests that are not whole yet, those connections are cut that have made
 * the daemon wait longest. (libevent only knows how long a connection stood still: one byte every
 * few seconds is enough for it.) Event loop. */
#ifndef DAEMON_NET_CONNECTIONS_H
#define DAEMON_NET_CONNECTIONS_H

#include <event2/http.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/host/address.h"
#include "daemon/net/transport.h"

struct connections;

struct connection_limits {
    size_t connections; /* open at once */
    size_t input_bytes; /* that are read ahead of one connection: more than any request has */
    int timeout_s;      /* without a byte, of a request or of an answer */
};

/* crowded(ctx) is called when a connection was accepted beyond limits->connections: it must stop
 * accepting. The transport must outlive http. NULL when out of memory. */
struct connections *connections_new(struct evhttp *http, struct transport *transport,
                                    const struct connection_limits *limits,
                                    void (*crowded)(void *ctx), void *ctx);
/* Other limits, but for input_bytes, which stays. Connections that are open already keep their
 * timeout until the client's next turn. */
void connections_limit(struct connections *c, const struct connection_limits *limits);
/* To be called after evhttp_free(). NULL is harmless. */
void connections_free(struct connections *c);

/* The request has come whole: from now on the client waits for us. Returns NULL, or a static phrase
 * that says why it is in doubt where the request ends (proto/net/peers.h): then it must be
 * refused and its connection closed. */
const char *connections_wait_for_us(struct connections *all, struct evhttp_request *request);
/* The answer is on its way: from now on we wait for the client to take it, and to ask for more. */
void connections_wait_for_client(struct connections *all, struct evhttp_request *request);

/* Sets *watcher to NULL when the request's connection goes. watcher NULL: nobody watches it any
 * more. */
void connections_watch(struct connections *all, struct evhttp_request *request,
                       struct evhttp_request **watcher);

/* Cuts those that have not done their TLS handshake in time (TLS_HANDSHAKE_MS). At every tick. */
void connections_drop_handshakes(struct connections *all);

/* Whether the sender of a request may submit: see tls_client_fault(). Returns NULL, or a static
 * phrase that says why not. */
const char *connections_client_fault(struct connections *all, struct evhttp_request *request);

/* From where a request's connection comes; an address that is not known if the connection is
 * gone. */
const struct address *connections_address(struct connections *all, struct evhttp_request *request);

/* Whether a client has yet to take some of an answer. */
bool connections_taking(const struct connections *c);

/* Cuts the connection that has made us wait longest, if that is at least `age` milliseconds, among
 * those of which at least `held` bytes of an unfinished request are held. Returns whether there
 * was one. */
bool connections_drop_oldest(struct connections *all, int64_t age, size_t held);

/* Cuts the connection that has taken nothing of its answer for longest, if that is at least `age`
 * milliseconds. Returns whether there was one. */
bool connections_drop_idle(struct connections *c, int64_t age);

/* Whether there are more connections than the limit: nobody else is to be accepted. */
bool connections_crowded(const struct connections *c);

/* How many bytes have come of requests that are not whole yet. */
uint64_t connections_held(const struct connections *c);

#endif
