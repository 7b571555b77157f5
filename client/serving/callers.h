/* Which connections of a command's HTTP server are dropped, so that slow clients do not keep
 * others out. libevent drops a connection only when no byte comes for some time, and one byte every
 * few seconds satisfies it. This measures the time until a whole request has come and its answer
 * was taken. Event loop only. */
#ifndef CLIENT_SERVING_CALLERS_H
#define CLIENT_SERVING_CALLERS_H

#include <event2/http.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/net/tls_server.h"

struct callers;

struct callers_options {
    struct tls_server *tls;     /* what connections speak; NULL: no TLS. Must outlive http */
    size_t limit;               /* how many may be open at once */
    size_t input_most;          /* bytes read ahead of one: more than any request has */
    void (*crowded)(void *ctx); /* one more than the limit was accepted: it must stop accepting */
    void *ctx;
};

/* Follows the connections that http accepts. NULL when out of memory. */
struct callers *callers_new(struct evhttp *http, const struct callers_options *options);
/* Call it after evhttp_free(). NULL is harmless. */
void callers_free(struct callers *c);

/* Call it once for each request, when it has come whole. Returns NULL, or why it is in doubt where
 * the request ends (proto/net/peers.h): then refuse it and close the connection. */
const char *callers_doubt(struct callers *all, struct evhttp_request *request);

/* For a request that is answered later: *watcher, which is that request, becomes NULL when its
 * connection goes. callers_answer() ends that; or callers_watch() with NULL. */
void callers_watch(struct callers *all, struct evhttp_request *request,
                   struct evhttp_request **watcher);

/* Call it before a request is answered: the client's time begins anew, for taking the answer and
 * sending the next request. */
void callers_answer(struct callers *all, struct evhttp_request *request);

/* Shuts down the connection whose time began first, if that was at least age milliseconds ago.
 * Returns whether there was one. */
bool callers_drop_oldest(struct callers *all, int64_t age);

/* Shuts down those that have not done their TLS handshake in time (TLS_HANDSHAKE_MS). */
void callers_drop_handshakes(struct callers *all);

/* Are more connections open than the limit? */
bool callers_crowded(const struct callers *c);

/* Has any client sent part of a request, or not yet taken all of an answer? */
bool callers_busy(const struct callers *c);

#endif
