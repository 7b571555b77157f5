#include "client/monitor/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/monitor/alarms.h"
#include "proto/process/supervisor.h"
#include "proto/sys/clock.h"
#include "proto/sys/private_key.h"

#define LAST_POSTS_MS (60 * 1000) /* for what convicts a log, before the monitor ends */

struct monitor {
    struct monitor_options options;
    struct look_options round;
    int lock;
    struct outbox outbox;
    struct syslog_out log;
    struct webhook *webhook; /* NULL: nothing is posted */
    struct teller telling;
    struct alarms alarms;
    struct stand stand;
    struct skey *key; /* of who reads; NULL: everybody may */
    bool convicted, first;
    char origin[KEY_NAME_MAX + 1];
};

/* ---- signals --------------------------------------------------------------------------------- */

static sigset_t heard(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

static bool is_ended(void)
{
    sigset_t set;
    return sigpending(&set) == 0 && (sigismember(&set, SIGTERM) || sigismember(&set, SIGINT));
}

/* They stay pending until somebody waits for them; whatever takes long asks here. */
static bool may_go_on(void *ctx)
{
    (void)ctx;
    supervisor_alive(clock_steady());
    return !is_ended();
}

/* Waits until a steady time, or for a signal. Returns it, or 0. */
static int wait_until(int64_t then)
{
    sigset_t set = heard();
    for (int64_t now; (now = clock_steady()) < then;) {
        int64_t ms = then - now, watch = supervisor_watch_ms();
        supervisor_alive(now);
        if (watch > 0 && watch < ms)
            ms = watch;
        struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
        int signal = sigtimedwait(&set, NULL, &t);
        if (signal > 0)
            return signal;
    }
    return 0;
}

/* ---- posting --------------------------------------------------------------------------------- */

static bool has_post(const struct monitor *m)
{
    return m->webhook != NULL && outbox_waiting(&m->outbox) > 0;
}

/* Posts what waits, until that time, or until the receiver does not take it. */
static void post(struct monitor *m, int64_t until)
{
    struct buf line = { 0 };
    while (has_post(m) && clock_steady() < until && may_go_on(NULL) &&
           webhook_next(m->webhook) <= clock_steady()) {
        int got = outbox_first(&m->outbox, &line);
        if (got == 1 && !webhook_post(m->webhook, span_of(line.p, line.n - 1)))
            break;
        if (got < 0 || (got == 1 && outbox_sent(&m->outbox) != 0)) {
            say(TR("the outbox cannot be used: %s", "no se puede usar la bandeja de salida: %s"),
                errno_words(errno));
            break;
        }
    }
    buf_free(&line);
}

/* Posts and waits until that time. Returns a signal that came, or 0. */
static int post_and_wait(struct monitor *m, int64_t until, bool only_for_posts)
{
    int signal = 0;
    while (signal == 0 && clock_steady() < until && !(only_for_posts && !has_post(m))) {
        post(m, until);
        int64_t next = has_post(m) ? webhook_next(m->webhook) : until;
        int64_t now = clock_steady();
        next = next <= now ? now + 1000 : next; /* the outbox could not be used */
        signal = has_post(m) || !only_for_posts ? wait_until(next < until ? next : until) : 0;
    }
    return signal;
}

static void say_waiting(const struct monitor *m)
{
    if (m->webhook != NULL && outbox_waiting(&m->outbox) > 0)
        say(TR("%" PRIu64 " bytes wait in %s.outbox to be posted, by the next run",
               "%" PRIu64 " bytes esperan en %s.outbox a ser enviados por la próxima ejecución"),
            outbox_waiting(&m->outbox), m->round.replay.state);
}

/* ---- rounds ---------------------------------------------------------------------------------- */

/* Returns false if the monitor is to end, with *outcome. */
static bool look(struct monitor *m, enum outcome *outcome)
{
    struct look r;
    bool convicted = false;
    bool full = m->webhook != NULL && outbox_waiting(&m->outbox) >= m->options.outbox_max;
    round_run(&r, &m->round, &m->stand, &m->telling, full, m->alarms.key);
    bool first = m->first;
    m->first = false;
    if (r.end == ROUND_USAGE && first) {
        *outcome = OUTCOME_USAGE;
        round_free(&r);
        return false;
    }
    bool stopped = r.end == ROUND_STOPPED;
    enum outcome now = alarms_take(&m->alarms, &r, &convicted);
    round_free(&r);
    m->convicted = m->convicted || convicted;
    if (!stopped)
        *outcome = m->convicted ? OUTCOME_BAD : now;
    return !stopped && !lost_any() && !ferror(stdout) && (!m->convicted || m->options.keep_going);
}

static void reload(struct monitor *m)
{
    supervisor_reloading();
    if (m->webhook != NULL)
        webhook_hurry(m->webhook);
    supervisor_ready("follows");
}

static enum outcome follow(struct monitor *m)
{
    enum outcome outcome = OUTCOME_UNDECIDED;
    int signal = 0;
    m->first = true;
    supervisor_ready("follows");
    while (look(m, &outcome)) {
        signal = post_and_wait(m, clock_steady() + (int64_t)m->options.every * 1000, false);
        if (signal == SIGHUP)
            reload(m);
        else if (signal != 0)
            break;
    }
    supervisor_stopping();
    if (m->convicted && !m->options.keep_going)
        (void)post_and_wait(m, clock_steady() + LAST_POSTS_MS, true);
    say_waiting(m);
    return outcome;
}

/* ---- opening, closing ------------------------------------------------------------------------ */

static enum outcome lock_state(struct monitor *m)
{
    char *name = NULL;
    if (asprintf(&name, "%s.follower", m->round.replay.state) < 0) {
        lost(ENOMEM);
        return OUTCOME_UNDECIDED;
    }
    m->lock = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    enum outcome outcome = OUTCOME_PROVEN;
    if (m->lock < 0 || flock(m->lock, LOCK_EX | LOCK_NB) != 0)
        outcome = m->lock >= 0 && errno == EWOULDBLOCK
                      ? say_usage(TR("another audit --follow goes on from %s",
                                     "otro audit --follow continúa desde %s"),
                                  m->round.replay.state)
                      : say_usage(TR("%s could not be locked: %s", "no se pudo bloquear %s: %s"),
                                  name, errno_words(errno));
    free(name);
    return outcome;
}

/* Once: its passphrase may be asked for, and costs time and memory. */
static enum outcome take_reader_key(struct monitor *m)
{
    struct trust_options *t = &m->round.replay.trust;
    if (t->key.path == NULL)
        return OUTCOME_PROVEN;
    enum outcome outcome = keyfile_read_signer(&m->key, &t->key);
    t->key = (struct keyfile){ .path = NULL };
    t->reader = m->key;
    return outcome;
}

/* The policy is read once more by each round; here for the log's name, and to say what is wrong. */
static enum outcome read_origin(struct monitor *m)
{
    enum outcome outcome;
    struct replaying *r = replaying_open(&m->round.replay, &outcome);
    if (r == NULL)
        return outcome;
    snprintf(m->origin, sizeof m->origin, "%s", trust_log(&r->trust)->name);
    return replaying_close(r, OUTCOME_PROVEN);
}

static enum outcome open_post(struct monitor *m)
{
    struct webhook_options options = m->options.post;
    struct hash origin;
    if (options.url == NULL)
        return OUTCOME_PROVEN;
    options.go_on = may_go_on;
    hash_bytes(&origin, span_str(m->origin));
    enum outcome outcome = webhook_open(&m->webhook, &options);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = outbox_open(&m->outbox, m->round.replay.state, &origin);
    if (outcome == OUTCOME_PROVEN) {
        m->telling.outbox = &m->outbox;
        return OUTCOME_PROVEN;
    }
    webhook_close(m->webhook);
    m->webhook = NULL;
    return outcome;
}

static enum outcome open_monitor(struct monitor *m)
{
    enum outcome outcome = take_reader_key(m);
    if (outcome == OUTCOME_PROVEN)
        outcome = read_origin(m);
    if (outcome == OUTCOME_PROVEN)
        outcome = lock_state(m);
    if (outcome == OUTCOME_PROVEN)
        outcome = open_post(m);
    m->log.path = m->options.syslog;
    m->telling.origin = m->origin;
    m->telling.log = m->options.syslog == NULL ? NULL : &m->log;
    m->alarms = (struct alarms){ .telling = &m->telling,
                                 .state = m->round.replay.state,
                                 .silent_ms = (int64_t)m->options.silent_after * 1000,
                                 .good = clock_steady(),
                                 .standing = ALARM_OVER };
    return outcome;
}

static void close_monitor(struct monitor *m)
{
    if (m->webhook != NULL)
        outbox_close(&m->outbox);
    webhook_close(m->webhook);
    private_key_free(m->key);
    telling_remembered(&m->telling);
    if (m->lock >= 0)
        close(m->lock);
}

enum outcome monitor_run(const struct monitor_options *options)
{
    struct monitor m = { .options = *options, .round = options->round, .lock = -1 };
    sigset_t set = heard();
    m.round.go_on = may_go_on;
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    supervisor_begin();
    fetch_while(may_go_on, NULL);
    enum outcome outcome = open_monitor(&m);
    if (outcome == OUTCOME_PROVEN)
        outcome = follow(&m);
    close_monitor(&m);
    fetch_while(NULL, NULL);
    return outcome;
}
