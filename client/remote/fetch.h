/* HTTP, blocking, over libcurl. What comes back is bytes that nobody has vouched for. */
#ifndef CLIENT_REMOTE_FETCH_H
#define CLIENT_REMOTE_FETCH_H

#include "proto/base/reason.h"

struct fetcher; /* one connection, kept alive; one thread */

/* base is the log's URL, with or without a slash at its end. NULL, recorded as lost
 * (client/base/lost.h), if there is no memory. */
struct fetcher *fetcher_new(const char *base);
void fetcher_free(struct fetcher *f);

struct answer {
    long status;      /* 0: no answer; `why` says why */
    bool acceptable;  /* its type may carry what was asked for (not HTML), and it was unpacked */
    long retry_after; /* seconds, 0 if not said */
    enum reason why;  /* where there is none, or it is not acceptable */
    char type[80];    /* content type, "" if none */
    char about[80];   /* what that reason is about, such as a content type; "" if nothing */
};

/* Why this is not what was asked for at `place`: its status is not 200, or it is not acceptable. */
void answer_refusal(const struct answer *a, const char *place, struct refusal *why);

/* From now on sends a bearer token, which is copied, with every request; NULL: none. Without memory
 * none is sent, and that is recorded as lost. */
void fetch_token(struct fetcher *f, const char *token);

/* From now on gives an exchange up after that many seconds; 0: as long as its size may take. */
void fetch_limit(struct fetcher *f, long seconds);

/* From now on nothing more is asked of a server that has let an exchange hang since:
 * REASON_NET_HUNG. Called again, it begins anew. */
void fetch_no_hanging(struct fetcher *f);

/* GET base/path; appends the body, unpacked, at most max + 1 bytes of it. No redirection is
 * followed. Fills *out, which owns nothing; so do the next two. */
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
