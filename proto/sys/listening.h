/* What every HTTP server of this house does the same way: the limits of evhttp, the socket to
 * listen on, and the pause while nobody else can be accepted. Event loop only. */
#ifndef PROTO_SYS_LISTENING_H
#define PROTO_SYS_LISTENING_H

#include <event2/http.h>

#include "proto/base/must_use.h"
#include "proto/base/span.h"

/* One at a time in a process: libevent does not say which server an accept that failed was of. All
 * zero until it is opened. */
struct listening {
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    struct evconnlistener *listener; /* owned by http; NULL once it is closed */
    bool paused;                     /* somebody may be waiting outside */
    uint64_t pauses;                 /* how often it was paused */
    char url[320];                   /* where it listens: "http://HOST:PORT" with the real port */
};

/* Sets how long the header lines and the body of a request may be, in bytes, and after how many
 * seconds without a byte a connection ends. Lets every method through, so that the server can
 * answer 405 itself. Sets no Content-Type by itself. */
void listening_limit(struct evhttp *http, size_t headers, size_t body, int seconds);

/* Whether it is HOST:PORT, of a host that there is. It may wait for the network where HOST is a
 * name. */
bool listening_is_address(const char *where);

enum listening_result {
    LISTENING_OPEN,
    LISTENING_NO_ADDRESS, /* `where` is not HOST:PORT, or there is no such host */
    LISTENING_FAILED,     /* errno */
};

/* Listens on HOST:PORT, where HOST may be [an IPv6 address] and PORT may be 0 for any free one,
 * with that many connections waiting in the kernel. http accepts them. *l must stay where it is
 * until it is closed or http is freed. */
MUST_USE enum listening_result listening_open(struct listening *l, struct event_base *base,
                                              struct evhttp *http, const char *where, int backlog);

/* Stops accepting until listening_resume(). It happens by itself when an accept fails, for want of
 * a descriptor: else the loop would spin on that connection. Harmless when it is closed. */
void listening_pause(struct listening *l);

/* Call it at every tick. Accepts again, unless it is crowded. */
void listening_resume(struct listening *l, bool crowded);

/* Closes the socket; open connections stay. */
void listening_close(struct listening *l);

/* The path of a request as it was sent: nothing is decoded, as no path of ours needs it. A view
 * into the request. */
struct span request_path(struct evhttp_request *request);

#endif
