/* By what a gate knows who asks: his certificate, else his address; or what a proxy that is trusted
 * for it says. Event loop only. */
#ifndef CLIENT_GATE_GATE_BEARER_H
#define CLIENT_GATE_GATE_BEARER_H

#include <event2/http.h>

#include "client/serving/serving.h"
#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/base/reason.h"

/* Whether a list of addresses in numbers, with commas between, can be one. NULL can. */
bool gate_proxies_allowed(const char *list);

/* Returns 0; or -1 with REASON_GATE_BEARER: it is a trusted proxy, and does not say who asks; or
 * REASON_GATE_PROXY: it is none, and says so. */
MUST_USE int gate_bearer(struct hash *out, struct serving *serving, struct evhttp_request *request,
                         const char *proxies, struct refusal *why);

#endif
