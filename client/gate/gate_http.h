/* What a gate answers over HTTP, and what it keeps waiting: presentations until the log shows what
 * they rest on, and all decisions until they are in the journal, many with one sync. Main thread. */
#ifndef CLIENT_GATE_GATE_HTTP_H
#define CLIENT_GATE_GATE_HTTP_H

#include "client/gate/gate.h"
#include "client/serving/serving.h"

struct gate_http;

/* All texts are borrowed: they must outlive it. */
struct gate_http_options {
    struct gate_options gate; /* but for moved and ctx */
    struct serving_options serving;
    const char *trusted_proxy; /* addresses with commas between, which say who asks; NULL: none */
};

/* Opens the gate, and listens. Returns NULL after having said why, with *outcome set. */
struct gate_http *gate_http_open(const struct gate_http_options *options, enum outcome *outcome);
void gate_http_close(struct gate_http *h);

const char *gate_http_url(const struct gate_http *h);

/* Starts the gate's threads, and serves until SIGTERM or SIGINT; see serving_run(). */
enum outcome gate_http_run(struct gate_http *h);

#endif
