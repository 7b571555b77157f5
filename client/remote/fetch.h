/* HTTP, blocking, over libcurl. What comes back is bytes that nobody has vouched for. */
#ifndef CLIENT_REMOTE_FETCH_H
#define CLIENT_REMOTE_FETCH_H

#include "client/base/say.h"
#include "client/remote/log_reader.h"
#include "proto/base/reason.h"

#define RETRY_AFTER_MOST 86400 /* seconds */

struct fetcher; /* one connection, kept alive; one thread */

/* base is the log's URL, with or without a slash at its end. NULL, recorded as lost
 * (client/base/lost.h), if there is no memory. */
struct fetcher *fetcher_new(const char *base);
void fetcher_free(struct fetcher *f);

struct answer {
    long status;      /* 0: no answer; `why` says why */
    bool acceptable;  /* its type may carry what was asked for (not HTML), and it was unpacked */
    long retry_after; /* seconds, 0 if not said; RETRY_AFTER_MOST is "or longer" */
    enum reason why;  /* where there is none, or it is not acceptable */
    char type[80];    /* content type, "" if none */
    char about[80];   /* what that reason is about, such as a content type; "" if nothing */
};

/* Why this is not what was asked for at `place`: its status is not 200, or it is not acceptable. */
void answer_refusal(const struct answer *a, const char *place, struct refusal *why);

/* From now on asks as that reader, who is copied, but for his key and the names of his files of TLS:
 * a request that is answered 401 is sent again with a token of his, and later ones of its class
 * (path_class_of()) have one from the start; those for blobs do where his enrolment is known from
 * the start. Where the log does not say where the key is enrolled, that is said once. A token goes
 * over TLS, or to an address of this machine (proto/net/listening.h) without a proxy: else nothing
 * is sent, the answer is REASON_NET_PLAINTEXT, and fetch_outcome() remembers it. */
void fetch_as(struct fetcher *f, const struct log_reader *reader);

/* The outcome of a command: OUTCOME_USAGE if a token was not sent as it would have gone in the
 * clear, whatever followed from that; else as given. */
enum outcome fetch_outcome(enum outcome outcome);

/* From now on gives an exchange up after that many seconds; 0: as long as its size may take. */
void fetch_limit(struct fetcher *f, long seconds);

/* From now on nothing more is asked of a server that has let an exchange hang since:
 * REASON_NET_HUNG. Called again, it begins anew. */
void fetch_no_hanging(struct fetcher *f);

/* From now on go_on is asked about once a second while any exchange of the process lasts; false: the
 * exchange is given up. NULL: nobody is asked. */
void fetch_while(bool (*go_on)(void *ctx), void *ctx);

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

#endif
