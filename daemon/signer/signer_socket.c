#include "daemon/signer/signer_socket.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/signer/close_apart.h"
#include "proto/process/supervisor.h"
#include "proto/sys/clock.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

#define CONNECTIONS 4 /* the daemon has one; a command beside it another */
#define BACKLOG 8

/* ---- listening ------------------------------------------------------------------------------- */

static int complain(const char *what, const char *path)
{
    terminal_print(stderr, "bitacorad signer: %s %s: %s\n", what, path, errno_words(errno));
    return -1;
}

/* Removes a socket that nobody listens on. Whoever owns another signer's socket is told. */
static int clear_place(int fd, const struct sockaddr_un *at)
{
    struct stat st;
    if (lstat(at->sun_path, &st) != 0)
        return errno == ENOENT ? 0 : -1;
    errno = EEXIST;
    if (!S_ISSOCK(st.st_mode))
        return -1;
    if (connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN) {
        errno = EADDRINUSE; /* somebody listens; also who has let too many wait */
        return -1;
    }
    return errno == ECONNREFUSED ? unlink(at->sun_path) : -1;
}

static int open_at(const struct sockaddr_un *at, mode_t mode)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int failed = probe < 0 || clear_place(probe, at) != 0, cause = errno;
    if (probe >= 0)
        close(probe);
    errno = cause;
    int fd = failed ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    mode_t before = umask(0777 & ~mode);
    failed = bind(fd, (const struct sockaddr *)at, sizeof *at);
    umask(before);
    if (failed == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

int signer_listen(const char *path, uid_t peer)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    size_t n = strlen(path);
    int fd = -1;
    errno = ENAMETOOLONG;
    if (n > 0 && n < sizeof at.sun_path) {
        memcpy(at.sun_path, path, n);
        fd = open_at(&at, peer == geteuid() ? 0600 : 0666);
    }
    return fd >= 0 ? fd : complain(TR("cannot listen on", "no se puede escuchar en"), path);
}

/* ---- connections ----------------------------------------------------------------------------- */

struct asker {
    int fd; /* -1: free */
    long process;
    size_t n;
    uint8_t bytes[SIGNER_FRAME_MAX]; /* of its next request, as far as they came */
};

struct office {
    struct signer_process *signer;
    struct pollfd poll[1 + CONNECTIONS]; /* the first: who wants to connect */
    struct asker *asker;                 /* CONNECTIONS of them */
    struct asker *holder; /* who may have texts signed: until it hangs up. NULL: who asks next */
    size_t next;          /* whom a new one replaces when all are taken */
    struct log_rarely stranger, no_message;
};

static void hang_up(struct office *o, struct asker *c)
{
    if (c->fd >= 0)
        close_apart(c->fd);
    c->fd = -1;
    c->n = 0;
    if (o->holder == c)
        o->holder = NULL;
}

static bool is_allowed(struct office *o, int fd, uid_t peer, long *process)
{
    uint64_t silent;
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.uid == peer) {
        *process = who.pid;
        return true;
    }
    if (log_rarely(&o->stranger, &silent))
        log_line(LOG_WARNING,
                 "a connection by user %ld was closed: only user %ld may ask; others not told "
                 "before this: %llu",
                 n == sizeof who ? (long)who.uid : -1L, (long)peer, (unsigned long long)silent);
    return false;
}

/* A free place, or that of whoever came long ago and holds nothing. */
static struct asker *find_place(struct office *o)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (o->asker[i].fd < 0)
            return &o->asker[i];
    struct asker *c = &o->asker[o->next++ % CONNECTIONS];
    return c == o->holder ? &o->asker[o->next++ % CONNECTIONS] : c;
}

static void take_asker(struct office *o, uid_t peer)
{
    const int yes = 1;
    long process = 0;
    int fd = accept4(o->poll[0].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (!is_allowed(o, fd, peer, &process)) {
        close_apart(fd);
        return;
    }
    /* Urgent bytes are shown to whoever looks only where they are in line with the others. */
    (void)setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &yes, sizeof yes);
    struct asker *c = find_place(o);
    hang_up(o, c);
    c->fd = fd;
    c->process = process;
}

/* Sends all of it or hangs up: whoever asks again before taking an answer waits for none. */
static void reply(struct office *o, struct asker *c, const struct buf *out)
{
    if (out->failed || send(c->fd, out->p, out->n, MSG_NOSIGNAL) != (ssize_t)out->n)
        hang_up(o, c);
}

static int answer(struct office *o, const struct asker *c, struct span body, struct buf *out)
{
    const struct signer_askers who = { .asks = c->process, .holds = o->holder->process };
    return signer_answer(o->signer, &who, c == o->holder, body, out);
}

static void refuse_noise(struct office *o, struct asker *c)
{
    uint64_t silent;
    if (log_rarely(&o->no_message, &silent))
        log_line(LOG_WARNING,
                 "a connection was closed: what came is no message; others not told before this: "
                 "%llu",
                 (unsigned long long)silent);
    hang_up(o, c);
}

static int first_request(struct span *body, const struct asker *c)
{
    return signer_frame(body, span_of(c->bytes, c->n));
}

static bool has_request(const struct asker *c)
{
    struct span body;
    return c->fd >= 0 && first_request(&body, c) == 1;
}

/* Answers the first request that has come whole. Returns 0, or -1 if the signer must end. */
static int answer_one(struct office *o, struct asker *c)
{
    struct span body;
    struct buf out = { 0 };
    if (c->fd < 0 || first_request(&body, c) != 1)
        return 0;
    if (o->holder == NULL)
        o->holder = c;
    int failed = answer(o, c, body, &out);
    size_t used = SIGNER_HEAD + body.n;
    if (failed == 0)
        reply(o, c, &out);
    buf_free(&out);
    c->n = c->fd < 0 ? 0 : c->n - used;
    memmove(c->bytes, c->bytes + used, c->n);
    return failed;
}

/* Takes nothing that it has not looked at: descriptors that came with it would be closed as it is
 * taken, and whoever passed them says how long that lasts (close_apart.h). */
static ssize_t take_clean(const struct asker *c, uint8_t *into, size_t room)
{
    struct iovec io = { .iov_base = into, .iov_len = room };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
    ssize_t n = recvmsg(c->fd, &m, MSG_PEEK);
    if (n > 0 && (m.msg_flags & MSG_CTRUNC) != 0) {
        errno = EBADMSG;
        return -1;
    }
    return n > 0 ? recv(c->fd, into, (size_t)n, 0) : n;
}

static void hear(struct office *o, struct asker *c)
{
    ssize_t n = take_clean(c, c->bytes + c->n, sizeof c->bytes - c->n);
    if (n > 0)
        c->n += (size_t)n;
    else if (n < 0 && errno == EBADMSG)
        refuse_noise(o, c);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        hang_up(o, c);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static volatile sig_atomic_t ending;

static void end(int signal)
{
    (void)signal;
    ending = 1;
}

/* SIGTERM and SIGINT come while the loop waits, and at no other time. *waiting is the mask for
 * that. */
static void hold_signals(sigset_t *waiting)
{
    struct sigaction action = { .sa_handler = end };
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGINT);
    sigprocmask(SIG_BLOCK, &held, waiting);
    sigdelset(waiting, SIGTERM);
    sigdelset(waiting, SIGINT);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Signals are delivered only while ppoll() waits, which it never does while somebody always has a
 * request there. */
static bool is_told_to_end(void)
{
    sigset_t waiting;
    return sigpending(&waiting) == 0 &&
           (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

/* Returns 1 if something has come, 0 if not, or -1 if the signer must end. */
static int wait_for_more(struct office *o, const sigset_t *waiting)
{
    const int64_t ms = supervisor_watch_ms() / 2; /* 0: it is not watched */
    struct timespec within = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    bool more = false;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        bool has = has_request(&o->asker[i]);
        o->poll[1 + i] = (struct pollfd){ .fd = o->asker[i].fd, .events = has ? 0 : POLLIN };
        more = more || has;
    }
    if (more)
        within = (struct timespec){ .tv_sec = 0 };
    supervisor_alive(clock_steady());
    if (ppoll(o->poll, 1 + CONNECTIONS, ms == 0 && !more ? NULL : &within, waiting) >= 0)
        return 1;
    if (errno == EINTR)
        return 0;
    log_line(LOG_ERROR, "the signer ends: poll: %s", strerror(errno));
    return -1;
}

/* One request of each asker: none keeps the others, the supervisor or an order to end waiting. */
static int turn(struct office *o, const sigset_t *waiting, uid_t peer)
{
    struct span body;
    int more = wait_for_more(o, waiting);
    if (is_told_to_end())
        ending = 1;
    if (more <= 0 || ending)
        return more < 0 ? -1 : 0;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (o->poll[1 + i].revents != 0 && !has_request(&o->asker[i]))
            hear(o, &o->asker[i]);
        if (answer_one(o, &o->asker[i]) != 0)
            return -1;
        if (first_request(&body, &o->asker[i]) < 0)
            refuse_noise(o, &o->asker[i]);
    }
    if (o->poll[0].revents != 0)
        take_asker(o, peer);
    return 0;
}

int signer_serve(struct signer_process *s, int listening, uid_t peer)
{
    struct office o = { .signer = s, .asker = calloc(CONNECTIONS, sizeof *o.asker) };
    sigset_t waiting;
    int failed = o.asker == NULL ? -1 : 0;
    o.poll[0] = (struct pollfd){ .fd = listening, .events = POLLIN };
    for (size_t i = 0; failed == 0 && i < CONNECTIONS; i++)
        o.asker[i].fd = -1;
    hold_signals(&waiting);
    while (failed == 0 && !ending)
        failed = turn(&o, &waiting, peer);
    supervisor_stopping();
    for (size_t i = 0; o.asker != NULL && i < CONNECTIONS; i++)
        hang_up(&o, &o.asker[i]);
    free(o.asker);
    close_apart(listening); /* with those who wait */
    return failed;
}
