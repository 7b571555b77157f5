/* Answers to HTTP requests, and those that say no: RFC 9457 problem details. */
#ifndef DAEMON_HTTP_PROBLEM_H
#define DAEMON_HTTP_PROBLEM_H

#include "daemon/state/cache.h"
#include "proto/base/reason.h"

/* What goes back for a request. Built by whichever thread has the request, sent by the event
 * loop. */
struct call_reply {
    int status;
    const char *type;       /* media type; static */
    const char *cache;      /* Cache-Control; static */
    const char *allow;      /* for 405, else NULL; static */
    enum language language; /* of problems */
    unsigned retry_after;   /* seconds after which to ask again; 0: as usual for the status */
    bool problem;           /* its language is said, too */
    bool close;             /* the connection cannot be used any more */
    struct buf body;        /* owned */
    struct cached *kept;    /* one use of it is owned; if not NULL, the body is kept_bytes */
    struct span kept_bytes; /* into kept */
};

#define CACHE_NEVER "no-store"
#define CACHE_CHECK "no-cache"
#define CACHE_PRIVATE "private, no-store"
#define CACHE_FOREVER "public, max-age=31536000, immutable"

/* Frees out->body, and makes *out the problem that says why in that language. Its body stays empty
 * when out of memory. Any thread. */
void problem_reply(struct call_reply *out, const struct refusal *why, enum language language);

/* Appends the JSON line of a note that was refused in a batch. Any thread. */
void problem_line(struct buf *out, const struct refusal *why, enum language language);

#endif
