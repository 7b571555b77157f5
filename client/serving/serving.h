/* The HTTP server of a command that others ask: listening, TLS, how many connections at once and
 * for how long it waits for each, signals, and an end that answers what is under way. What it is
 * asked and answers is the command's. Main thread. */
#ifndef CLIENT_SERVING_SERVING_H
#define CLIENT_SERVING_SERVING_H

#include <event2/http.h>

#include "client/base/say.h"
#include "proto/base/buf.h"
#include "proto/base/must_use.h"
#include "proto/net/tls_server.h"

struct serving;

/* All texts are borrowed: they must outlive the server. */
struct serving_options {
    const char *listen;          /* HOST:PORT; port 0 is any free one */
    struct tls_server_files tls; /* cert NULL: without TLS */
    bool plaintext; /* without TLS, too, where other machines can ask: see proto/net/listening.h */
    int passed;     /* listened on already, in place of `listen`; taken over. 0: none */
};

/* What it serves. Each is called from the event loop, with ctx. */
struct serving_calls {
    size_t body_most; /* bytes of a request's body: more is 413, and not told of */
    /* Answers a request, by serving_reply(), at once or later. `doubt` is NULL, or why it is in
     * doubt where the request ends: then it must be refused, and the connection closed. */
    void (*answer)(void *ctx, struct evhttp_request *request, const char *doubt);
    void (*reload)(void *ctx); /* SIGHUP came; certificate and key are read again after it */
    /* Asked after each answer and at each tick: with anything but OUTCOME_PROVEN it ends. */
    enum outcome (*broken)(void *ctx);
    void (*tick)(void *ctx); /* ten times a second; may be NULL */
    bool (*busy)(void *ctx); /* whether requests wait for an answer; NULL: none ever does */
    void *ctx;
};

/* Listens before the rest is there: sets options->passed. Returns 0, or -1 after having said
 * why. */
MUST_USE int serving_bind(struct serving_options *options);

/* Listens. Copies options and calls. Returns NULL after having said why; want of memory is recorded
 * as lost (client/base/lost.h). */
struct serving *serving_new(const struct serving_options *options,
                            const struct serving_calls *calls);
/* Closes the connections, too. NULL is harmless. */
void serving_free(struct serving *s);

/* Where it listens: "http://HOST:PORT" or "https://…". The server owns the text. */
const char *serving_url(const struct serving *s);

/* For events of the command's own, which are freed before the server. */
struct event_base *serving_base(const struct serving *s);

/* Serves until SIGTERM or SIGINT, then answers what is under way. Returns OUTCOME_PROVEN; or, if it
 * had to end by itself, what calls.broken said, or OUTCOME_UNDECIDED. */
enum outcome serving_run(struct serving *s);

/* Whether it is ending: what is under way is answered, nothing new is begun. */
bool serving_stopping(const struct serving *s);

/* ---- answers --------------------------------------------------------------------------------- */

struct serving_header {
    const char *name, *value;
};

struct serving_reply {
    int status;
    const char *type;     /* of the body; NULL: there is none */
    struct buf body;      /* taken over. If it failed, 503 without a body goes out in its place */
    const char *cache;    /* Cache-Control */
    const char *allow;    /* NULL: no such header; the next two likewise */
    const char *language; /* Content-Language */
    const struct serving_header *more; /* the last one's name is NULL */
    unsigned retry_after;              /* seconds; 0: no such header */
    bool close;                        /* the connection ends with it */
};
void serving_reply(struct serving *s, struct evhttp_request *request, struct serving_reply *r);

/* The SHA-256 of the certificate that the client has shown, if it leads to the authorities of
 * options.tls.client_ca now. Returns false where there is none, or it does not. */
bool serving_certificate(struct serving *s, struct evhttp_request *request, uint8_t out[static 32]);

/* For a request that is answered later: *watcher, which is that request, becomes NULL when its
 * connection goes; then nobody is to be answered. Until serving_reply() or serving_forget(). */
void serving_watch(struct serving *s, struct evhttp_request **watcher);
void serving_forget(struct serving *s, struct evhttp_request **watcher);

/* The bytes of a request's body, into the request; *failed is set when out of memory. */
struct span serving_body(struct evhttp_request *request, bool *failed);

/* The value of a header that stands there once; NULL otherwise. *times is how often it stands
 * there. */
const char *serving_header_of(struct evhttp_request *request, const char *name, unsigned *times);

#endif
