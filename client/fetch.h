/* HTTP, blocking, over libcurl. What comes back is bytes that nobody has vouched for. */
#ifndef CLIENT_FETCH_H
#define CLIENT_FETCH_H

#include "proto/buf.h"

struct fetcher; /* one connection, kept alive; one thread */

/* base is the log's URL, with or without a slash at its end. Dies of memory, never NULL. */
struct fetcher *fetcher_new(const char *base);
void fetcher_free(struct fetcher *f);

struct answer {
    long status;       /* 0: no answer; `error` says why */
    bool acceptable;   /* the content type may carry what was asked for; false for HTML */
    long retry_after;  /* seconds, 0 if not said */
    const char *error; /* valid until the next call */
    char type[80];     /* content type, "" if none */
};

/* From now on sends a bearer token with every request; NULL: none. */
void fetch_token(struct fetcher *f, const char *token);

/* From now on gives an exchange up after that many seconds; 0: as long as its size may take. */
void fetch_limit(struct fetcher *f, long seconds);

/* GET base/path; appends the body, at most max + 1 bytes of it. */
void fetch_get(struct fetcher *f, const char *path, size_t max, struct buf *body,
               struct answer *out);

/* POST bytes as text/plain. */
void fetch_post(struct fetcher *f, const char *path, struct span bytes, size_t max,
                struct buf *body, struct answer *out);

/* PUT bytes as application/octet-stream. */
void fetch_put(struct fetcher *f, const char *path, struct span bytes, size_t max, struct buf *body,
               struct answer *out);

/* Appends text, percent-encoded for a query. */
void fetch_escape(struct buf *out, const char *text);

#endif
