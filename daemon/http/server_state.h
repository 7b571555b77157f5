/* The server's state, shared by server.c, call.c, routes.c and http_wait.c; nobody else looks
 * inside. Only the event loop touches it, except where it says otherwise. */
#ifndef DAEMON_HTTP_SERVER_STATE_H
#define DAEMON_HTTP_SERVER_STATE_H

#include <event2/event.h>
#include <event2/http.h>
#include <stdatomic.h>

#include "daemon/http/exchange.h"
#include "proto/net/listening.h"

enum server_event {
    EVENT_TERM,     /* SIGTERM */
    EVENT_INT,      /* SIGINT */
    EVENT_HUP,      /* SIGHUP */
    EVENT_MAIL,     /* another thread put something into the mailbox */
    EVENT_TICK,     /* ten times a second */
    EVENT_HANDOVER, /* the end of a turn in which call_push() was called */
    SERVER_EVENTS
};

#define POOLS 3 /* the workers, the readers, the answerer */

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
    struct listening listening;
    struct transport *transport;
    struct connections *connections;
    struct admission *admission;
    size_t most_connections;
    struct event *event[SERVER_EVENTS];
    struct handover handover[POOLS];
    int wake;                         /* eventfd of the mailbox */
    struct exchange *oldest, *newest; /* under way, in order of their deadlines */
    size_t exchanges;
    uint64_t reply_bytes; /* of answers that clients have not taken */
    bool stopping;
    unsigned shown;  /* checkpoints that somebody shows and that are being judged */
    int64_t stop_by; /* when to stop waiting for slow clients */
    int exit_code;
    struct exchange *waiting; /* for witnesses */
    struct work news;         /* belongs to a witness's thread while is_news is true */
    atomic_bool is_news;
    struct work failure; /* belongs to the event loop once is_failure is true */
    atomic_bool is_failure;
    struct work sweeping; /* belongs to a reader while is_sweeping is true */
    atomic_bool is_sweeping;
    int64_t sweep_at;
    struct work measuring; /* belongs to the chores' thread while is_measuring is true */
    atomic_bool is_measuring;
    int64_t measure_at;
    uint64_t turns;             /* of the sequencer, at the last tick that saw it get on */
    int64_t got_on;             /* when that was: steady milliseconds */
    void (*hung_up)(void *ctx); /* what SIGHUP does, with its ctx */
    void *hung_up_ctx;
};

/* ---- call.c, for server.c -------------------------------------------------------------------- */

/* Ends the loop if the server is stopping and nothing is left to answer or to be taken. */
void calls_check_stopped(struct server *s);

/* Answers 504 to each exchange whose deadline is over. */
void calls_give_up_late(struct server *s);

/* Gives the pools what call_push() collected in this turn. */
void calls_hand_over(struct server *s);

/* Runs what other threads put into the mailbox. */
void calls_take_mail(struct server *s);

#endif
