/* All connections that are open, so that slow ones cannot keep others out: when no more can be
 * accepted, or too much is held of requests that are not whole yet, those go that have kept us
 * waiting longest. libevent only knows how long a connection stood still: one byte every few
 * seconds is enough for it. Event loop only. */
#ifndef DAEMON_HTTP_CONNECTIONS_H
#define DAEMON_HTTP_CONNECTIONS_H

#include <event2/http.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connections;

struct connection_limits {
    size_t most;        /* one more than the highest file descriptor there can be */
    size_t connections; /* open at once */
    size_t input_bytes; /* that are read ahead of one connection: more than any request has */
    int timeout_s;      /* without a byte, of a request or of an answer */
};

/* crowded(ctx) is called when a connection was accepted beyond limits->connections: it must stop
 * accepting. NULL when out of memory. */
struct connections *connections_new(struct event_base *base, struct evhttp *http,
                                    const struct connection_limits *limits,
                                    void (*crowded)(void *ctx), void *ctx);
/* After the evhttp. NULL is harmless. */
void connections_free(struct connections *c);

/* The request has come whole: it is for us now to do something. Returns NULL, or why it is in doubt
 * where it ends (proto/base/http_framing.h): then it must be refused and its connection closed. */
const char *connections_wait_for_us(struct connections *c, struct evhttp_request *request);
/* The answer is on its way: it is for the client to take it, and to ask for more. */
void connections_wait_for_client(struct connections *c, struct evhttp_request *request);

/* Sets *watcher to NULL when the request's connection goes. watcher NULL: nobody watches it any
 * more. */
void connections_watch(struct connections *c, struct evhttp_request *request,
                       struct evhttp_request **watcher);

/* Shuts down the one that keeps us waiting longest, if for at least age milliseconds and with more
 * than `held` bytes of a request. Returns whether there was one. */
bool connections_drop_oldest(struct connections *c, int64_t age, size_t held);

/* Shuts down the one that has taken nothing of its answer for longest, if for at least age
 * milliseconds. Returns whether there was one. */
bool connections_drop_idle(struct connections *c, int64_t age);

/* Whether there are more than the limit: nobody else is to be accepted. */
bool connections_crowded(const struct connections *c);

/* Bytes that came of requests which are not whole yet. */
uint64_t connections_held(const struct connections *c);

#endif
