/* Who asks, and whether he asks too often: limit_address, behind trusted_proxies, too. Event loop
 * only. */
#ifndef DAEMON_NET_ADMISSION_H
#define DAEMON_NET_ADMISSION_H

#include <event2/http.h>

#include "daemon/host/address.h"
#include "daemon/host/config.h"
#include "proto/base/reason.h"

struct admission;

/* NULL when out of memory. */
MUST_USE struct admission *admission_new(void);
/* NULL is harmless. */
void admission_free(struct admission *a);

/* Takes the settings as they are from now on. What was asked before still counts. */
void admission_set(struct admission *a, const struct config *config);

struct admission_request {
    const struct address *peer; /* of the connection */
    const struct evkeyvalq *headers;
    bool watching; /* it asks how the log is: from the log's own machine it has no limit */
};

/* Judges a request that has come whole. Returns 0; or -1 with REASON_REQUEST_FORM (a trusted proxy
 * does not say for whom it asks in the way that it should), or REASON_LIMIT_ADDRESS and *seconds,
 * after which it may come again. */
MUST_USE int admission_judge(struct admission *a, const struct admission_request *r,
                             struct refusal *why, unsigned *seconds);

/* Whether a request that was judged good comes from this machine: from its own address, and not
 * through a trusted proxy for somebody elsewhere. */
bool admission_is_local(struct admission *a, const struct admission_request *r);

/* Writes a line to the log if requests were refused by the limit, once a minute at most. Call it at
 * every tick. */
void admission_tick(struct admission *a);

#endif
