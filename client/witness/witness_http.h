/* The witness as an HTTP server: which requests it takes, from how many at once, for how long. */
#ifndef CLIENT_WITNESS_WITNESS_HTTP_H
#define CLIENT_WITNESS_WITNESS_HTTP_H

#include "client/witness/witness.h"

struct witness_http;

/* Listens on HOST:PORT, port 0 for a free one. NULL after having said why. */
struct witness_http *witness_http_new(struct witness *w, const char *listen);
void witness_http_free(struct witness_http *h);

/* "http://HOST:PORT", with the port that it has. */
const char *witness_http_url(const struct witness_http *h);

/* Serves until SIGTERM or SIGINT, and then answers what is under way; SIGHUP reloads. Returns
 * OUTCOME_PROVEN, or OUTCOME_UNDECIDED if it had to end by itself. */
enum outcome witness_http_run(struct witness_http *h);

#endif
