/* What every HTTP server of this house does the same way: the limits of evhttp, the socket to
 * listen on, and the pause while nobody else can be accepted. Event loop only. */
#ifndef PROTO_NET_LISTENING_H
#define PROTO_NET_LISTENING_H

#include <event2/http.h>
#include <sys/socket.h>

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
    char url[320]; /* where it listens: "http://HOST:PORT" or "https:…", with the real port */
};

/* Sets how long the header lines and the body of a request may be, in bytes, and after how many
 * seconds without a byte a connection ends. Lets every method through, so that the server can
 * answer 405 itself. Sets no Content-Type by itself. */
void listening_limit(struct evhttp *http, size_t headers, size_t body, int seconds);

enum listening_result {
    LISTENING_OPEN,
    LISTENING_NO_ADDRESS, /* `where` is not HOST:PORT, or there is no such host */
    LISTENING_PLAINTEXT,  /* others than this machine could ask there, and not over TLS; l->url says
                           * where */
    LISTENING_FAILED,     /* errno */
};

struct listening_options {
    const char *where; /* HOST:PORT; HOST may be [an IPv6 address], and PORT 0 for any free one */
    int backlog;       /* connections that may wait in the kernel */
    bool tls;          /* what http accepts speaks TLS */
    bool plaintext;    /* without TLS, too, on any address; else only where all addresses of HOST
                        * are this machine's own (loopback_address()) */
    int passed; /* a socket that is listened on already, in place of `where`: it is taken over, and
                 * closed in any case. The rule of `plaintext` is for its real address. 0: none */
};

/* What listening_open() would return, as far as that is known without listening: the address is
 * taken for a moment. That somebody has it is no obstacle: it may be the server that is asked
 * about. */
MUST_USE enum listening_result listening_check(const struct listening_options *options);

/* Listens on `where` now. listening_open() takes the socket as `passed` later, when the process may
 * not listen there any more. Returns LISTENING_OPEN with *fd, above 2 and the caller's to close; or
 * another result, with *fd undefined. */
MUST_USE enum listening_result listening_bind(int *fd, const struct listening_options *options);

/* Listens, and has http accept. *l must stay where it is until it is closed or http is freed. */
MUST_USE enum listening_result listening_open(struct listening *l, struct event_base *base,
                                              struct evhttp *http,
                                              const struct listening_options *options);

/* Stops accepting until listening_resume(). It happens by itself when an accept fails, for want of
 * a descriptor: else the loop would spin on that connection. Harmless when it is closed. */
void listening_pause(struct listening *l);

/* Call it at every tick. Accepts again, unless it is crowded. */
void listening_resume(struct listening *l, bool crowded);

/* Closes the socket; open connections stay. */
void listening_close(struct listening *l);

/* ---- a loop that is deaf --------------------------------------------------------------------- */

/* Takes what libevent logs. Where the kernel refuses to watch a descriptor, libevent logs that and
 * goes on without: it never hears of that signal, listener, thread or client again. */
void loop_said(const char *message);

/* Whether that has happened in this process. The loop's timers still come; whoever has the loop
 * looks here at each tick, and ends the process, so that it can be started again. */
bool loop_is_deaf(void);

/* ---- addresses that no packet leaves this machine for ------------------------------------------ */

/* Whether it is in 127.0.0.0/8, ::1, or the former as IPv6 (::ffff:127.0.0.0/104). Any thread. */
bool loopback_address(const struct sockaddr *a);

/* The same of an address in numbers, without brackets, such as "127.0.0.1" or "::1". A name is
 * none. */
bool loopback_text(const char *address);

/* ---- requests ---------------------------------------------------------------------------------- */

/* The path of a request as it was sent: nothing is decoded, as no path of ours needs it. A view
 * into the request. */
struct span request_path(struct evhttp_request *request);

#endif
