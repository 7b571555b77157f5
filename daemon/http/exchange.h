/* One HTTP request on its way through the daemon. The event loop makes it and ends it; in between
 * it is the property of one thread after another. */
#ifndef DAEMON_HTTP_EXCHANGE_H
#define DAEMON_HTTP_EXCHANGE_H

#include "daemon/host/queue.h"
#include "daemon/http/problem.h"
#include "daemon/state/service.h"

struct server;

struct exchange {
    struct work work;
    struct service *service;
    enum language language;
    struct answer answer;                /* what to say, once it is back at the event loop */
    void (*release)(struct exchange *e); /* frees it and all it owns; event loop */
    /* The event loop's own: */
    struct server *server;
    struct evhttp_request *request; /* NULL once it was answered, or its connection is gone */
    int64_t deadline;
    struct exchange *older, *newer; /* of all that are under way */
    uint64_t awaits;                /* a witnessed checkpoint that holds this entry */
    struct exchange *next_waiting;
};

/* Back to the event loop, with its answer. Any thread; the exchange is then no more the caller's.
 */
void exchange_return(struct exchange *e);

/* The same of several that are linked by work.next, first to last, at once. */
void exchanges_return(struct exchange *first, struct exchange *last, size_t count);

#endif
