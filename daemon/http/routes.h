/* Which handler answers which path. The one place that knows all handlers. */
#ifndef DAEMON_HTTP_ROUTES_H
#define DAEMON_HTTP_ROUTES_H

#include <event2/http.h>

/* evhttp's callback for every request; ctx is the server. Finds the handler by path and method and
 * calls it; refuses the rest. Event loop. */
void routes_dispatch(struct evhttp_request *request, void *ctx);

#endif
