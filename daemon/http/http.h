/* The HTTP server: one event loop on the main thread, which never waits for anything but sockets.
 *
 * Admission happens here, before anything is queued: so many notes and bytes of notes, so many
 * reads, so many bytes of answers that clients have not taken. Beyond that the answer is 503 at
 * once; what was admitted is never refused for lack of a place. */
#ifndef DAEMON_HTTP_HTTP_H
#define DAEMON_HTTP_HTTP_H

#include <event2/event.h>
#include <event2/http.h>

#include "daemon/http/exchange.h"

/* Listens on config.listen. Returns NULL after saying why. */
struct server *server_new(struct service *service);

/* Where it listens: "http://HOST:PORT". */
const char *server_url(const struct server *s);

/* Serves until SIGTERM, SIGINT or server_fail(); answers what is under way. Returns an exit code.
 */
int server_run(struct server *s);

/* Makes server_run() end with EXIT_DAMAGE; ctx is the server. Any thread. */
void server_fail(void *ctx);

/* After all other threads have ended. NULL is harmless. */
void server_free(struct server *s);

/* ---- for the handlers; event loop only ------------------------------------------------------- */

/* A request that a route was found for. */
struct call {
    struct server *server;
    struct service *service;
    struct evhttp_request *request;
    enum language language;
    struct span rest;  /* of the path, behind the route's */
    const char *query; /* as it was sent, or NULL */
};

/* Answers at once; takes over answer->body. */
void call_answer(struct call *c, struct answer *answer);

/* Answers with a problem. */
void call_refuse(struct call *c, enum reason reason, const char *subject);

/* Makes the request an exchange that is under way; its release must be set. */
void call_defer(struct call *c, struct exchange *e);

/* Gives a pool something to do: at the end of this turn of the loop, together with all that comes in the same turn,
 * so that its threads are woken once. */
void call_push(struct call *c, struct pool *pool, struct work *w);

/* The same as call_defer(), but it is pushed to the readers only once a checkpoint that holds the entry at index has its quorum. */
void call_await(struct call *c, struct exchange *e, uint64_t index);

/* What a feed tells: some checkpoint has its quorum now; ctx is the server. Any thread. */
void server_witnessed(void *ctx);

bool server_stopping(const struct server *s);

/* True if one more may wait for witnesses; else it was refused. */
bool call_may_wait(struct call *c);

/* Whether one more request may be given to the readers, with so many bytes of its body: there are no
 * more than `reads`, and what is held for clients is within reply_bytes. If not, it was answered. */
bool call_may_read(struct call *c, size_t bytes);

/* http_submit.c */
void handle_records(struct call *c);
/* http_read.c */
void handle_checkpoint(struct call *c);
void handle_tile(struct call *c);
void handle_receipt(struct call *c);
void handle_find(struct call *c);
/* http_blobs.c */
void handle_blob(struct call *c);
/* http_ops.c */
void handle_page(struct call *c);
void handle_health(struct call *c);
void handle_metrics(struct call *c);

#endif
