/* Who is connected to our HTTP server, so that slow ones cannot keep others out: a connection
 * that has not sent a whole request, or not taken its answer, in time goes. libevent only knows
 * how long it stood still: one byte every few seconds is enough for it. */
#ifndef CLIENT_WITNESS_CALLERS_H
#define CLIENT_WITNESS_CALLERS_H

#include <event2/http.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct callers;

/* crowded(ctx) is called when somebody was accepted beyond `limit`: it must stop accepting. At
 * most input_most bytes are read ahead of a connection: more than any request has. NULL when out
 * of memory. */
struct callers *callers_new(struct evhttp *http, size_t limit, size_t input_most,
                            void (*crowded)(void *ctx), void *ctx);
/* After the evhttp. NULL is harmless. */
void callers_free(struct callers *c);

/* To be called once for each request, when it has come whole. Returns NULL, or why it is in doubt
 * where it ends (proto/sys/peers.h): then it must be refused and its connection closed. */
const char *callers_doubt(struct callers *c, struct evhttp_request *request);

/* A request has come whole, and is about to be answered. */
void callers_answer(struct callers *c, struct evhttp_request *request);

/* Shuts down the one that keeps us waiting longest, if for at least age milliseconds. Returns
 * whether there was one. */
bool callers_drop_oldest(struct callers *c, int64_t age);

/* Whether there are more than the limit. */
bool callers_crowded(const struct callers *c);

/* Whether somebody has sent part of a request, or not taken all of an answer. */
bool callers_busy(const struct callers *c);

#endif
