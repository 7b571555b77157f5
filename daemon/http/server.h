/* The HTTP server: one event loop on the main thread, which never waits for anything but sockets.
 * It listens, hands each request to its handler (routes.h), and sends what handlers and other
 * threads answer (call.h). */
#ifndef DAEMON_HTTP_SERVER_H
#define DAEMON_HTTP_SERVER_H

#include "daemon/host/objection.h"
#include "daemon/state/service.h"

struct server;
struct transport;

/* Makes the loop and service->mailbox, and listens on config.listen. Nothing is served before
 * server_run(). NULL: the log says why. Main thread. */
struct server *server_new(struct service *service);

/* Where it listens, as "http://HOST:PORT" or "https://…"; the server's. Main thread. */
const char *server_url(const struct server *s);

/* Serves until SIGTERM, SIGINT or server_fail(), then answers what is under way. Returns EXIT_FINE
 * or EXIT_DAMAGE. Main thread. */
int server_run(struct server *s);

/* What SIGHUP does, from now on; before server_run(). Main thread. */
void server_on_hangup(struct server *s, void (*hung_up)(void *ctx), void *ctx);

/* Takes up the settings of connections, which have changed: how many, how long. Event loop. */
void server_take_limits(struct server *s);

/* Takes up certificate and key, which were read anew, and frees `fresh`. Returns 0; or -1 after it
 * objected. Event loop. */
MUST_USE int server_take_transport(struct server *s, struct transport *fresh, objections *to);

/* Makes server_run() end with EXIT_DAMAGE; ctx is the server. Any thread, as often as it likes. */
void server_fail(void *ctx);

/* Frees it and service->mailbox. All threads that may return an exchange must have ended. NULL is
 * harmless. Main thread. */
void server_free(struct server *s);

#endif
