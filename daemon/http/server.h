/* The server's own state, for http.c and http_wait.c; nobody else looks inside. Event loop only, but for what says
 * otherwise. */
#ifndef DAEMON_HTTP_SERVER_H
#define DAEMON_HTTP_SERVER_H

#include <stdatomic.h>

#include "daemon/http/http.h"

#define SERVER_EVENTS 6

/* What one turn of the loop has for a pool. */
struct handover {
    struct pool *pool;
    struct work *first, *last;
    size_t count;
};

struct server {
    struct service *service;
    struct event_base *base;
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    struct evconnlistener *listener; /* owned by http; NULL once it is closed */
    struct connections *connections;
    size_t most_fds, most_connections;
    struct event *event[SERVER_EVENTS];
    struct handover handover[2];
    int wake; /* eventfd of the mailbox */
    char url[320];
    struct exchange *oldest, *newest; /* under way */
    size_t exchanges;
    uint64_t reply_bytes; /* of answers that clients have not taken */
    bool stopping;
    int64_t stop_by; /* when to stop waiting for slow clients */
    int exit_code;
    struct exchange *waiting; /* for witnesses */
    struct work news;         /* a witness's thread while is_news */
    atomic_bool is_news;
    struct work failure;  /* any thread, once */
    struct work sweeping; /* a reader's while is_sweeping */
    atomic_bool is_sweeping;
    int64_t sweep_at;
};

/* http_wait.c: lets those go on whose checkpoint has its quorum, and those end whom nobody hears any more. */
void server_look_at_waits(struct server *s);

#endif
