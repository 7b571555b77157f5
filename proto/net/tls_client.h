/* TLS of whoever asks by libcurl: version 1.2 or newer, and the server's certificate is always
 * verified. Any thread. */
#ifndef PROTO_NET_TLS_CLIENT_H
#define PROTO_NET_TLS_CLIENT_H

#include <curl/curl.h>

#include "proto/base/reason.h"
#include "proto/net/tls_files.h"

/* Whether the files that are named can be used. Returns 0, or -1 with *why. What SSL_CERT_FILE
 * names is not looked at. */
MUST_USE int tls_client_check(const struct tls_client_files *files, struct tls_trouble *why);

/* Sets the options of a handle. A file of authorities that is named is read for each connection. */
void tls_client_set(CURL *curl, const struct tls_client_files *files);

/* What a server showed when a connection began: the certificate that was refused, or else its own.
 * Texts are ASCII, and cut where they are too long. */
struct tls_seen {
    bool there;
    char subject[160], issuer[160]; /* as RFC 2253 writes names */
    char from[24], until[24];       /* "2026-01-31T10:00Z" */
    char names[160];                /* "host.example, 127.0.0.1": for whom it is; "" if not said */
    char fault[96];                 /* OpenSSL's word for what is wrong; "" if nothing was */
};

/* From now on what servers show to that handle is written to *seen, which outlives it or the next
 * call; after tls_client_set(), again after each curl_easy_reset(). Whether a certificate is taken
 * stays as it is. */
void tls_client_watch(CURL *curl, struct tls_seen *seen);

/* Appends what was seen, and against which authorities, in the reader's language. */
void tls_seen_words(struct buf *out, const struct tls_seen *seen,
                    const struct tls_client_files *files);

/* Which reason the failure of a transfer is, if it is one of TLS: REASON_NET_TLS, REASON_NET_CERT_…
 * or REASON_NET_OTHER. */
enum reason tls_client_reason(CURL *curl, CURLcode code);

#endif
