#include "daemon/append/signer_client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/sys/clock.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/note.h"

#define ANSWER_S 5    /* seconds that an answer may take: longer than its disk should */
#define RETRY_MS 1000 /* between two attempts to reach it */

struct signer_client {
    struct log_signer signer; /* first */
    struct sockaddr_un at;
    int fd; /* -1: not connected */
    bool any_key, told;
    int64_t retry_at; /* by the steady clock; 0: at once */
    struct buf out, in;
};

/* ---- the connection -------------------------------------------------------------------------- */

static void hang_up_on(struct signer_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    metric_set(METRIC_SIGNER_REACHED, 0);
}

/* Not reached: said once, until it is reached again. */
static enum log_signer_result away(struct signer_client *c, const char *what, const char *cause)
{
    if (!c->told)
        log_line(LOG_ERROR, "nothing can be appended: the signer at %s: %s%s%s", c->at.sun_path,
                 what, cause[0] == '\0' ? "" : ": ", cause);
    c->told = true;
    c->retry_at = clock_steady() + RETRY_MS;
    hang_up_on(c);
    return LOG_SIGNER_AWAY;
}

static enum log_signer_result refuses(struct signer_client *c, const char *why)
{
    log_line(LOG_ERROR, "the signer at %s does not sign: %s", c->at.sun_path, why);
    return LOG_SIGNER_REFUSES;
}

static int send_all(struct signer_client *c)
{
    for (size_t sent = 0; sent < c->out.n;) {
        ssize_t n = send(c->fd, c->out.p + sent, c->out.n - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        sent += (size_t)n;
    }
    return 0;
}

/* Sets *body to the text of the next message, into c->in. */
static int receive(struct signer_client *c, struct span *body)
{
    int64_t until = clock_steady() + ANSWER_S * 1000;
    buf_clear(&c->in);
    for (;;) {
        int whole = signer_frame(body, buf_span(&c->in));
        if (whole != 0)
            return whole == 1 && c->in.n == SIGNER_HEAD + body->n ? 0 : -1;
        uint8_t *p = buf_reserve(&c->in, SIGNER_FRAME_MAX - c->in.n);
        errno = p == NULL ? ENOMEM : ETIMEDOUT;
        if (p == NULL || clock_steady() > until)
            return -1;
        ssize_t n = recv(c->fd, p, SIGNER_FRAME_MAX - c->in.n, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? ECONNRESET : errno;
            return -1;
        }
        c->in.n += (size_t)n;
    }
}

/* Sends a request, and reads the answer. LOG_SIGNER_OK: there is one. */
static enum log_signer_result ask_signer(struct signer_client *c, const struct signer_request *r,
                                         struct signer_answer *a)
{
    struct span body;
    buf_clear(&c->out);
    signer_request_format(&c->out, r);
    if (c->out.failed) {
        buf_free(&c->out);
        return LOG_SIGNER_MEMORY;
    }
    if (send_all(c) != 0 || receive(c, &body) != 0)
        return away(c, "no answer", strerror(errno));
    if (signer_answer_parse(a, body) != 0)
        return away(c, "what it answers is no answer of a signer", "");
    return LOG_SIGNER_OK;
}

/* ---- reaching it ----------------------------------------------------------------------------- */

/* Whether the connection that we have was closed at the other end meanwhile. */
static bool is_gone(const struct signer_client *c)
{
    uint8_t byte;
    ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

static enum log_signer_result connect_to(struct signer_client *c)
{
    const struct timeval limit = { .tv_sec = ANSWER_S };
    if (clock_steady() < c->retry_at)
        return LOG_SIGNER_AWAY;
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
        connect(c->fd, (const struct sockaddr *)&c->at, sizeof c->at) != 0)
        return away(c, "it cannot be reached", strerror(errno));
    return LOG_SIGNER_OK;
}

static enum log_signer_result take_standing(struct signer_client *c)
{
    const struct signer_request r = { .ask = ASK_STATUS };
    struct signer_answer a;
    enum log_signer_result result = ask_signer(c, &r, &a);
    if (result != LOG_SIGNER_OK)
        return result;
    if (a.reply != REPLY_STATE)
        return away(c, "it does not say what it signed last", "");
    if (c->any_key)
        c->signer.vkey = a.key;
    else if (!vkey_eq(&a.key, &c->signer.vkey))
        return refuses(c, "it has another key than this log");
    c->any_key = false;
    c->signer.last = a.last;
    if (c->told)
        log_line(LOG_INFO, "the signer at %s was reached", c->at.sun_path);
    c->told = false;
    c->retry_at = 0;
    metric_set(METRIC_SIGNER_REACHED, 1);
    return LOG_SIGNER_OK;
}

static enum log_signer_result reach_process(struct log_signer *s, bool *anew)
{
    struct signer_client *c = (struct signer_client *)(void *)s;
    *anew = false;
    if (c->fd >= 0 && !is_gone(c))
        return LOG_SIGNER_OK;
    hang_up_on(c);
    enum log_signer_result r = connect_to(c);
    if (r == LOG_SIGNER_OK)
        r = take_standing(c);
    *anew = r == LOG_SIGNER_OK;
    return r;
}

/* ---- signing --------------------------------------------------------------------------------- */

/* Whether a note is that text with the log's signature, and no other line. */
static bool is_signed(const struct signer_client *c, struct span note, struct span text)
{
    struct note n;
    struct refusal why;
    return note_parse(&n, note, &why) == 0 && n.signatures == 1 && span_eq(n.text, text) &&
           note_verify(&n, &c->signer.vkey) == NOTE_GOOD;
}

static enum log_signer_result take_signed(struct signer_client *c, const struct signer_answer *a,
                                          struct span text, struct buf *out)
{
    size_t before = out->n;
    switch (a->reply) {
    case REPLY_SIGNED:
        break;
    case REPLY_REFUSED:
        return refuses(c, signer_refusal_words(a->why));
    case REPLY_FAILED:
        return away(c, "it cannot sign now", "its own log says why");
    case REPLY_STATE:
        return refuses(c, "it answers something else");
    }
    if (!is_signed(c, a->note, text))
        return refuses(c, "what it gives is not the log's signature over what it was asked for");
    buf_add_span(out, a->note);
    if (!out->failed)
        return LOG_SIGNER_OK;
    out->n = before;
    return LOG_SIGNER_MEMORY;
}

static void take_last_signed(struct log_signer *s, struct span text)
{
    struct checkpoint cp;
    struct refusal why;
    if (checkpoint_parse(&cp, text, &why) != 0)
        return; /* the signer has signed it, so it is one */
    s->last.size = cp.size;
    s->last.root = cp.root;
}

static enum log_signer_result sign_by_process(struct log_signer *s, const struct log_signer_text *t,
                                              struct buf *out)
{
    struct signer_client *c = (struct signer_client *)(void *)s;
    struct signer_request r = { .ask = t->ask, .text = t->text, .accepted = t->accepted };
    struct signer_answer a;
    if (c->fd < 0)
        return LOG_SIGNER_AWAY;
    if (t->ask == ASK_CHECKPOINT) {
        if (t->n > ADD_CHECKPOINT_PROOF_MAX)
            return LOG_SIGNER_REFUSES;
        r.old_size = s->last.size;
        r.n = t->n;
        memcpy(r.proof, t->proof, t->n * sizeof *t->proof);
    }
    enum log_signer_result result = ask_signer(c, &r, &a);
    if (result == LOG_SIGNER_OK)
        result = take_signed(c, &a, t->text, out);
    if (result == LOG_SIGNER_OK && t->ask == ASK_CHECKPOINT)
        take_last_signed(s, t->text);
    return result;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void free_client(struct log_signer *s)
{
    struct signer_client *c = (struct signer_client *)(void *)s;
    hang_up_on(c);
    buf_free(&c->out);
    buf_free(&c->in);
    free(c);
}

static const struct log_signer_way process_way = { .reach = reach_process,
                                                   .sign = sign_by_process,
                                                   .free = free_client };

struct log_signer *signer_client_new(const char *path, const struct vkey *vkey)
{
    struct signer_client *c = calloc(1, sizeof *c);
    bool anew;
    if (c == NULL || path[0] == '\0' || strlen(path) >= sizeof c->at.sun_path) {
        log_line(LOG_ERROR, "the signer cannot be asked: %s",
                 c == NULL ? "out of memory" : "its path is too long for a socket, or empty");
        free(c);
        return NULL;
    }
    c->fd = -1;
    c->signer.way = &process_way;
    c->signer.remembers = true;
    c->at.sun_family = AF_UNIX;
    memcpy(c->at.sun_path, path, strlen(path));
    c->any_key = vkey == NULL;
    if (vkey != NULL)
        c->signer.vkey = *vkey;
    if (vkey != NULL || reach_process(&c->signer, &anew) == LOG_SIGNER_OK)
        return &c->signer;
    free_client(&c->signer);
    return NULL;
}
