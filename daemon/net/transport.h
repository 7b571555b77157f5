/* How bytes of a connection get to the socket and from it. This file, with libevent's socket
 * bufferevents below it, is all that a TLS transport replaces; the rest of the server sees only the
 * plain bytes in a bufferevent's buffers.
 *
 * What TLS must replace, function by function:
 * - transport_new: a bufferevent that encrypts (bufferevent_openssl_socket_new or the like).
 * - transport_adopt: the socket below is set up the same way.
 * - transport_write_now: the only place that writes to a socket past the bufferevent, so over TLS
 *   it would send plaintext. Over TLS it does nothing: the bufferevent writes at the next turn.
 * - transport_cut: stays as it is. No close_notify is sent, as the client is not waited for.
 *
 * What TLS needs beside this file: settings for certificate and key, read before the first
 * connection, as
 * transport_new() is given nothing but the event base; "https" in listening.url
 * (proto/sys/listening.h); and the library in the Makefile.
 *
 * Event loop. */
#ifndef DAEMON_NET_TRANSPORT_H
#define DAEMON_NET_TRANSPORT_H

#include <event2/bufferevent.h>
#include <event2/event.h>

/* A bufferevent for a connection that evhttp is about to accept; evhttp gives it the socket and
 * frees it. NULL when out of memory. */
struct bufferevent *transport_new(struct event_base *base);

/* Sets up the socket, once it is there: the kernel takes little ahead of a client, so that it is
 * seen what a slow one takes. */
void transport_adopt(struct bufferevent *b);

/* Writes what the socket takes at once of the bytes in the output buffer, which is nearly always
 * all of them. Otherwise libevent would first ask the kernel to be told that it may write, and
 * then not to be told any more. What is left goes that way. The bufferevent's callbacks run later,
 * not inside this call. */
void transport_write_now(struct bufferevent *b);

/* Ends a connection in both directions. evhttp sees the end at the next turn, and frees it. */
void transport_cut(struct bufferevent *b);

#endif
