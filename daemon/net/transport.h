/* How bytes of a connection get to the socket and from it: as they are, or over TLS. The rest of
 * the server sees only the plain bytes in a bufferevent's buffers. What TLS is made of stands in
 * proto/net/tls_server.h. Event loop. */
#ifndef DAEMON_NET_TRANSPORT_H
#define DAEMON_NET_TRANSPORT_H

#include <event2/bufferevent.h>
#include <event2/event.h>

#include "daemon/host/address.h"
#include "daemon/host/config.h"
#include "proto/net/listening.h"
#include "proto/net/tls_server.h"

struct transport;

/* As the settings tls_cert, tls_key and tls_client_ca say: over TLS if they name a certificate.
 * It reads files: any thread that may wait for the disk. NULL after it objected.
 * transport_close(NULL) is harmless. */
MUST_USE struct transport *transport_open(const struct config *config, objections *to);
void transport_close(struct transport *t);

/* Takes up what transport_open() read anew, in any thread, for the connections that come from now
 * on, and closes `fresh`. Whether TLS is spoken at all stays as it is. Returns 0; or -1 after it
 * objected to that, and all is as it was. */
MUST_USE int transport_take(struct transport *t, struct transport *fresh, objections *to);

/* Says in the metrics, and in the log if it is over, until when the certificate is good. */
void transport_note_expiry(const struct transport *t);

/* What proto/net/listening.h needs to listen as the settings say, without a passed socket. It points
 * into *config. */
struct listening_options transport_listening(const struct config *config);

/* Objects to a place where the daemon cannot listen, or must not. LISTENING_FAILED: errno says why.
 * LISTENING_OPEN: nothing. */
void transport_object_listening(enum listening_result result, const char *where, objections *to);

bool transport_is_tls(const struct transport *t);

/* Writes a line to the log if handshakes failed, once a minute at most, and keeps the metrics of
 * TLS. Call it at every tick. */
void transport_tick(struct transport *t);

/* A bufferevent for a connection that evhttp is about to accept; evhttp gives it the socket and
 * frees it. NULL when out of memory. */
struct bufferevent *transport_new(struct transport *t, struct event_base *base);

/* Sets up the socket, once it is there: the kernel takes little ahead of a client, so that it is
 * seen what a slow one takes. Sets *from to where it comes from. */
void transport_adopt(struct bufferevent *b, struct address *from);

/* Before the bufferevent is freed. */
void transport_leave(struct transport *t, struct bufferevent *b);

/* Writes what the socket takes at once of the bytes in the output buffer, which is nearly always
 * all of them. Otherwise libevent would first ask the kernel to be told that it may write, and
 * then not to be told any more. What is left goes that way. The bufferevent's callbacks run later,
 * not inside this call. Over TLS it does nothing, as it writes past what encrypts: all goes the
 * other way. */
void transport_write_now(struct bufferevent *b);

/* A number that changes whenever the client takes bytes of the answer that is being written. */
uint64_t transport_progress(struct bufferevent *b);

/* Whether a client may submit: see tls_client_fault(). Returns NULL, or a static phrase. */
const char *transport_client_fault(const struct transport *t, struct bufferevent *b,
                                   struct tls_client_verdict *kept);

/* Ends a connection in both directions. evhttp sees the end at the next turn, and frees it. */
void transport_cut(struct bufferevent *b);

#endif
