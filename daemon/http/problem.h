/* Answers to HTTP requests, and those that say no: RFC 9457 problem details. */
#ifndef DAEMON_HTTP_PROBLEM_H
#define DAEMON_HTTP_PROBLEM_H

#include "daemon/state/cache.h"
#include "proto/base/reason.h"

/* What goes back for a request. Built on any thread, sent by the event loop. */
struct http_reply {
    int status;
    const char *type;       /* media type; static */
    const char *cache;      /* Cache-Control; static */
    const char *allow;      /* for 405, else NULL; static */
    enum language language; /* of problems */
    bool problem;
    bool close; /* the connection cannot be used any more */
    struct buf body;
    struct cached *kept; /* where it is not NULL, the body is these bytes of it instead */
    struct span kept_bytes;
};

#define CACHE_NEVER "no-store"
#define CACHE_CHECK "no-cache"
#define CACHE_FOREVER "public, max-age=31536000, immutable"

/* Makes *out the problem; its body stays empty only when out of memory. */
void problem_reply(struct http_reply *out, const struct refusal *why, enum language language);

/* Appends the JSON line of a note refused in a batch. */
void problem_line(struct buf *out, const struct refusal *why, enum language language);

#endif
