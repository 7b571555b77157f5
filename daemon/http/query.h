/* The query of a request, as its parameters. Event loop. */
#ifndef DAEMON_HTTP_QUERY_H
#define DAEMON_HTTP_QUERY_H

#include <event2/keyvalq_struct.h>

#include "proto/base/must_use.h"

/* Parses a query (NULL: there is none) whose parameters are all among `names` (which ends with
 * NULL), none twice, decoding %XX. Returns 0, and *out is to be cleared by evhttp_clear_headers();
 * or -1, also where a value holds a zero byte. */
MUST_USE int query_parse(struct evkeyvalq *out, const char *query, const char *const *names);

#endif
