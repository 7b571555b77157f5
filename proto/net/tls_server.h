/* TLS of an HTTP server: version 1.3 and no other, by OpenSSL in libevent's bufferevents. Event
 * loop only. */
#ifndef PROTO_NET_TLS_SERVER_H
#define PROTO_NET_TLS_SERVER_H

#include <event2/bufferevent.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/net/tls_files.h"

#define TLS_HANDSHAKE_MS 10000 /* that a client may take for its handshake */

struct tls_server_files {
    const char *cert, *key; /* PEM: the chain, and its private key */
    const char *client_ca; /* PEM: authorities of clients' certificates, and revocation lists; NULL:
                             * no client is asked for one */
};

struct tls_server;

/* Reads the files. NULL with *why. tls_server_free(NULL) is harmless. */
MUST_USE struct tls_server *tls_server_new(const struct tls_server_files *files,
                                           struct tls_trouble *why);
void tls_server_free(struct tls_server *s);

/* Takes over what another one read, for the connections that come from now on; those that are open
 * go on. Frees the other. */
void tls_server_take(struct tls_server *s, struct tls_server *fresh);

/* Reads the files again, and takes that over. Returns 0; or -1 with *why, and all is as it was. */
MUST_USE int tls_server_reload(struct tls_server *s, const struct tls_server_files *files,
                               struct tls_trouble *why);

/* When the server's certificate expires, in seconds since 1970. */
int64_t tls_server_expires(const struct tls_server *s);

/* ---- one connection -------------------------------------------------------------------------- */

/* A bufferevent that is given its socket later, and then speaks TLS as the server. Freeing it
 * closes the socket. NULL when out of memory. */
struct bufferevent *tls_accept(struct tls_server *s, struct event_base *base);

/* Sets up its socket, once it is there. Of a connection that speaks no TLS: does nothing. */
void tls_adopt(struct bufferevent *b);

/* Does it speak TLS? */
bool tls_is_on(struct bufferevent *b);

/* Has the handshake ended well? Of a connection that speaks no TLS: true. */
bool tls_is_shaken(struct bufferevent *b);

/* How many bytes went to the socket. Of a connection that speaks no TLS: 0. */
uint64_t tls_written(struct bufferevent *b);

/* Call it before the bufferevent is freed: tells the other side that this is the end, without
 * waiting for it, or notes that its handshake failed. */
void tls_leave(struct tls_server *s, struct bufferevent *b);

/* Has the client a certificate that leads to the server's client_ca now? Returns NULL if so, or if
 * there is no client_ca; else why not, a static phrase. What was found of a connection is kept in
 * *kept, which is all zero at first, and asked again after a minute and after a reload. */
struct tls_client_verdict {
    uint64_t generation; /* of the files; 0: not asked yet */
    int64_t until;       /* steady milliseconds */
    const char *fault;
};
const char *tls_client_fault(const struct tls_server *s, struct bufferevent *b,
                             struct tls_client_verdict *kept);

/* The SHA-256 of the client's certificate, as it was sent (DER). Returns false if there is none.
 * Whether it is a good one is not asked. */
bool tls_client_digest(struct bufferevent *b, uint8_t out[static 32]);

/* ---- handshakes that failed ------------------------------------------------------------------ */

struct tls_failures {
    uint64_t count; /* since they were last told of */
    char last[200]; /* the last one: from where, and why */
};

/* Whether there is something to tell of: at most once a minute. Connections that ended without a
 * byte, as those of monitors, are no failures. */
bool tls_failures_news(struct tls_server *s, struct tls_failures *out);

/* All since the start. */
uint64_t tls_failures_total(const struct tls_server *s);

#endif
