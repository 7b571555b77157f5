/* A receiver to which JSON objects are posted, each in a request of its own, and again until it
 * answers 2xx. One thread. */
#ifndef CLIENT_MONITOR_WEBHOOK_H
#define CLIENT_MONITOR_WEBHOOK_H

#include <stdbool.h>

#include "client/base/say.h"
#include "proto/base/must_use.h"
#include "proto/base/span.h"
#include "proto/net/tls_files.h"

/* Texts are borrowed, and must outlive the webhook. */
struct webhook_options {
    const char *url;        /* http or https */
    const char *token_file; /* its first line is sent as `Authorization: Bearer …`; NULL: none */
    struct tls_client_files tls;
    bool (*go_on)(void *ctx); /* asked about once a second; false: the request is given up */
    void *ctx;
};

struct webhook;

/* Looks at the URL, and whether the token can be read. A token goes over TLS, or to an address of
 * this machine. Returns OUTCOME_PROVEN; or OUTCOME_USAGE after having said why, or
 * OUTCOME_UNDECIDED without memory (lost): then *out is NULL. */
MUST_USE enum outcome webhook_open(struct webhook **out, const struct webhook_options *options);
void webhook_close(struct webhook *w); /* NULL is harmless */

/* Posts one object. Takes up to 30 seconds. Returns whether the receiver has taken it. If not, it
 * is not to be tried again before webhook_next(), and the reason is said, once until it is another
 * one. */
bool webhook_post(struct webhook *w, struct span object);

/* The steady time, in milliseconds, from which on the next try may be made. After failures that is
 * later each time, up to five minutes; or as the receiver asked for, up to an hour. */
int64_t webhook_next(const struct webhook *w);

/* From now on the next try may be made at once. */
void webhook_hurry(struct webhook *w);

#endif
