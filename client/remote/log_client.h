/* A log's service, asked over HTTP: with patience where it is busy, and believed in nothing.
 * What it says of entries is taken only with a receipt that proves it. */
#ifndef CLIENT_REMOTE_LOG_CLIENT_H
#define CLIENT_REMOTE_LOG_CLIENT_H

#include "client/remote/fetch.h"
#include "client/remote/findings.h"
#include "client/remote/trust.h"
#include "proto/record/record.h"

struct log_client; /* one thread */

/* For the log of a policy at trust->url, which must be known; trust must outlive it. NULL, recorded
 * as lost (client/base/lost.h), if there is no memory. log_client_free(NULL) is harmless. */
struct log_client *log_client_new(const struct trust *trust);
void log_client_free(struct log_client *s);

/* One exchange, repeated with the same bytes until there is an answer, for at most a minute. The
 * body, at most max bytes and one more, is in log_client_body() until the next call. */
void log_client_get(struct log_client *s, const char *path, size_t max, struct answer *out);
void log_client_post(struct log_client *s, const char *path, struct span bytes, size_t max,
                     struct answer *out);
const struct buf *log_client_body(const struct log_client *s);

/* Whether the last question had its time in vain. */
bool log_client_gave_up(const struct log_client *s);

/* What an answer that is not what was hoped for says: the last segment of a problem's type,
 * "unreachable" or "HTTP NNN", and a sentence. */
struct complaint {
    char code[64];
    char detail[600];
};
void log_client_complaint(const struct log_client *s, const struct answer *answer,
                          struct complaint *out);

/* The same of a refusal of our own. */
void complaint_fill(struct complaint *out, const struct refusal *why);

/* Fills it in, and returns -1, so that a check may end with `return
 * complain(…)`. */
/* Says it, and with --json it is what kept the command from its result. Returns
 * OUTCOME_UNDECIDED. */
enum outcome complaint_say(const struct complaint *c);

static inline int complain(struct complaint *out, const struct refusal *why)
{
    complaint_fill(out, why);
    return -1;
}

/* Fills it in for want of memory. Returns -1. */
int complain_memory(struct complaint *out);

/* Asks for the receipt of an entry against a checkpoint with its quorum, as log_client_get() does,
 * but for at most *left milliseconds, one second at least. Takes what that took from *left. */
#define SERVICE_AWAIT_MS 60000
void log_client_await(struct log_client *s, uint64_t index, int64_t *left, struct answer *out);

/* An entry that was shown to stand in the log. */
struct shown {
    uint64_t index;
    bool good; /* the receipt's verdict; else it is undecided: there is no quorum */
    struct hash leaf;
    int64_t accepted;
    struct buf bytes; /* owned; record points into it */
    struct record record;
};
void shown_free(struct shown *e);

enum show {
    SHOW_PROVEN,
    SHOW_ABSENT,      /* the service says that there is no such entry */
    SHOW_BAD,         /* what it sent proves nothing; its findings were printed */
    SHOW_FAILED,      /* no answer; log_client_complaint() of *answer */
    SHOW_UNWITNESSED, /* proven but for its quorum: another history may say otherwise */
};

/* Asks for the receipt of an entry and verifies it, but for its quorum (out->good): for what
 * nothing secret rests on. *out needs shown_free() after SHOW_PROVEN only. */
enum show log_client_entry(struct log_client *s, uint64_t index, struct shown *out,
                           struct answer *answer);

/* The same, proven only by a receipt whose verdict is good, quorum included. All that is waited
 * in vain for witnesses, of all entries together, is SERVICE_AWAIT_MS. */
enum show log_client_good_entry(struct log_client *s, uint64_t index, struct shown *out,
                                struct answer *answer);

/* From now on a receipt of a log of another origin is no answer: a policy may name several. */
void log_client_expect_origin(struct log_client *s, struct span origin);

/* From now on log_client_entry() waits for the quorum, too, where that still may be waited for. */
void log_client_want_quorum(struct log_client *s);

/* Calls visit for each entry that the service lists for a query such as "signer=NAME": hints, in
 * ascending order, at most SERVICE_HINTS_MAX. Stops when visit returns false. Returns false,
 * with the answer, if a page could not be had or there are more hints than that: then nothing
 * may rest on there being no others. */
#define SERVICE_HINTS_MAX 256
bool log_client_find(struct log_client *s, const char *query,
                     bool (*visit)(void *ctx, uint64_t index), void *ctx, struct answer *answer);

/* ---- blobs ----------------------------------------------------------------------------------- */

/* From now on shows tokens signed by that key, which acts under that entry; key must outlive s. */
void log_client_identify(struct log_client *s, const struct skey *key,
                         const struct entry_ref *under);

/* Puts a blob under its SHA-256. Returns true if it is there now. */
bool log_client_put_blob(struct log_client *s, struct span blob, struct answer *answer);

enum blob {
    BLOB_THERE,   /* in log_client_body(), and its SHA-256 is right */
    BLOB_ERASED,  /* the service says so: 410 */
    BLOB_ABSENT,  /* 404, or bytes of another SHA-256 */
    BLOB_REFUSED, /* anything else */
};
enum blob log_client_get_blob(struct log_client *s, const uint8_t sha256[static HASH_BYTES],
                              size_t max, struct answer *answer);

#endif
