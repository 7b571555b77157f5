/* One HTTP request that is not answered at once. The event loop makes it and ends it. In between
 * exactly one thread has it at a time: whoever passes it on does not touch it any more. */
#ifndef DAEMON_HTTP_EXCHANGE_H
#define DAEMON_HTTP_EXCHANGE_H

#include "daemon/host/queue.h"
#include "daemon/http/problem.h"
#include "daemon/state/service.h"

struct server;

/* The first member of the struct that a handler allocates for its request. */
struct exchange {
    struct work work; /* how it travels: to a pool, and back to the event loop */
    struct service *service;
    enum language language;
    struct call_reply reply;             /* the answer, filled in by the thread that has it */
    void (*release)(struct exchange *e); /* frees it and all it owns but reply; event loop */
    /* Only the event loop writes these, and but for deadline only it reads them: */
    struct server *server;
    struct evhttp_request *request; /* NULL once it was answered, or its connection is gone */
    int64_t deadline; /* steady milliseconds; then the answer is 504. Does not change */
    struct exchange *older, *newer; /* in the list of all that are under way */
    uint64_t awaits;                /* a witnessed checkpoint that holds this entry */
    void (*resume)(struct work *w); /* what a reader does once it waits no more */
    struct exchange *next_waiting;
};

/* Passes an exchange back to the event loop, which sends its reply and releases it. Any thread. */
void exchange_return(struct exchange *e);

/* The same for `count` exchanges that are linked by work.next, first to last: the loop is woken
 * once. Any thread. */
void exchanges_return(struct exchange *first, struct exchange *last, size_t count);

#endif
