/* What a handler of HTTP requests works with: answer at once, refuse, or defer to another thread.
 *
 * Admission happens on the event loop, before anything is queued; beyond a limit the answer is 503
 * (REASON_BUSY, problem.c) at once. How many notes and bytes of notes: http_submit.c, admitted().
 * How many reads, and bytes of answers that clients have not taken: call_may_read(). How many wait
 * for witnesses: call_may_wait(). What was admitted is not refused for lack of a place in a queue;
 * but a reader refuses to build an answer while too much is held for clients (reading.c,
 * http_blobs.c). Room for blobs is asked for where they are put (store/pending.h).
 *
 * Everything here runs on the event loop, which waits for nothing but sockets: a handler must not
 * touch the disk, and must not take a lock that is held while somebody waits for the disk. */
#ifndef DAEMON_HTTP_CALL_H
#define DAEMON_HTTP_CALL_H

#include <event2/http.h>

#include "daemon/access/bearer.h"
#include "daemon/http/exchange.h"

/* A request for which a route was found. It lives on the stack of the event loop; `rest` and
 * `query` point into the request. */
struct call {
    struct server *server;
    struct service *service;
    struct evhttp_request *request;
    enum language language;
    struct span rest;  /* of the path, behind the route's */
    const char *query; /* as it was sent, or NULL */
};

/* Sends an answer now. Takes over reply->body and reply->kept, and empties both. */
void call_answer(struct call *c, struct call_reply *reply);

/* Sends a problem (proto/base/reason.h) now. subject is copied; "" for none. */
void call_refuse(struct call *c, enum reason reason, const char *subject);

/* What goes with a refusal besides. All zero: nothing. */
struct call_refusal {
    const char *allow;    /* an Allow header; static */
    bool close;           /* the end of the connection */
    unsigned retry_after; /* seconds; 0: as usual for the status */
};

/* The same, for *why, with what *how says. */
void call_refuse_as(struct call *c, const struct refusal *why, const struct call_refusal *how);

/* Takes what may be a token from the request's headers. *b is all zero. */
void call_take_bearer(const struct call *c, struct bearer *b);

/* Puts the request under way as an exchange, whose `release` must be set. From now on the event
 * loop answers it when it comes back (exchange_return), or with 504 at its deadline, and releases
 * it when it comes back. */
void call_defer(struct call *c, struct exchange *e);

/* Gives a pool, which is one of the service's two, some work at the end of this turn of the loop,
 * together with all other work of the same turn: so its threads are woken once. */
void call_push(struct call *c, struct pool *pool, struct work *w);

/* Like call_defer(), but the exchange goes to the readers only once a checkpoint that holds the
 * entry at index has its quorum of witnesses. (http_wait.c) */
void call_await(struct call *c, struct exchange *e, uint64_t index);

/* Has the event loop wait in the same way for e->awaits, of an exchange that was deferred. On the
 * thread that has it. (http_wait.c) */
void exchange_await(struct exchange *e);

/* Whether the server is stopping: what is under way is answered, nothing new is begun. */
bool call_stopping(const struct call *c);

/* Whether one more request may wait for witnesses. If not, it was refused. */
bool call_may_wait(struct call *c);

/* Whether one more request may go to the readers, with so many bytes of a body that it holds:
 * there are fewer than `reads`, and what is held for clients is within reply_bytes. If not, it
 * was refused. */
bool call_may_read(struct call *c, size_t bytes);

#endif
