/* What a witness answers over HTTP: which requests it takes, and the counts of its answers. Main
 * thread. */
#ifndef CLIENT_WITNESS_WITNESS_HTTP_H
#define CLIENT_WITNESS_WITNESS_HTTP_H

#include "client/serving/serving.h"
#include "client/witness/witness.h"

struct witness_http {
    struct witness *witness;
    struct serving *serving;
};

/* Listens. *h and the witness must outlive the server. SIGHUP calls witness_reload(); the server
 * ends with w->broken (client/witness/witness.h). Returns 0, with a server to run and to free; or
 * -1 after having said why. */
MUST_USE int witness_http_open(struct witness_http *h, struct witness *w,
                               const struct serving_options *options);

#endif
