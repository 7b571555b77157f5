/* The HTTP server of a witness: which requests it takes, how many connections at once, and for how
 * long it waits for each. Main thread. */
#ifndef CLIENT_WITNESS_WITNESS_HTTP_H
#define CLIENT_WITNESS_WITNESS_HTTP_H

#include "client/witness/witness.h"
#include "proto/net/tls_server.h"

struct witness_http;

/* All texts are borrowed: they must outlive the server. */
struct witness_http_options {
    const char *listen;          /* HOST:PORT; port 0 is any free one */
    struct tls_server_files tls; /* cert NULL: without TLS */
    bool plaintext; /* without TLS, too, where other machines can ask: see proto/net/listening.h */
    int passed;     /* listened on already, in place of `listen`; taken over. 0: none */
};

/* Listens before the witness is there: sets options->passed. Returns 0, or -1 after having said
 * why. */
MUST_USE int witness_http_bind(struct witness_http_options *options);

/* Listens. The witness must outlive the server. Returns NULL after having said why; want of memory
 * is recorded as lost (client/base/lost.h). */
struct witness_http *witness_http_new(struct witness *w,
                                      const struct witness_http_options *options);
/* Closes the connections, too. */
void witness_http_free(struct witness_http *h);

/* Where it listens: "http://HOST:PORT" or "https://…". The server owns the text. */
const char *witness_http_url(const struct witness_http *h);

/* Serves until SIGTERM or SIGINT, then answers what is under way. SIGHUP calls witness_reload() and
 * reads certificate and key again. Returns OUTCOME_PROVEN; or, if it had to end by itself,
 * w->broken (client/witness/witness.h) or OUTCOME_UNDECIDED. */
enum outcome witness_http_run(struct witness_http *h);

#endif
