#include "daemon/http/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/append/sequencer.h"
#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/http/http_wait.h"
#include "daemon/http/routes.h"
#include "daemon/http/server_state.h"
#include "daemon/net/admission.h"
#include "daemon/net/connections.h"
#include "daemon/state/erasing.h"
#include "daemon/witnesses/feed.h"
#include "proto/process/supervisor.h"
#include "proto/sys/clock.h"

#define HEADERS_MAX (16 * 1024)
#define BODY_MAX (BATCH_BYTES_MAX + 64 * 1024) /* what is a little too large gets a problem */
#define TICK_MS 100
#define MEASURE_MS 1000 /* from one look at the disk's room to the next, for /healthz and /readyz */

/* ---- listening ------------------------------------------------------------------------------- */

/* Whoever makes the daemon wait is dropped only after so long, and at most so many at a time. */
#define DROP_AGE_MS 2000
#define DROPPED_AT_ONCE 64
/* While answers fill more than half of reply_bytes, a client that takes no byte of its answer for
 * so long is dropped. call.c is stricter when they fill all of it. */
#define HALF_FULL_IDLE_MS 4000

/* There is one connection more than max_connections: so it is known that more want to come. */
static void crowded(void *ctx)
{
    struct server *s = ctx;
    listening_pause(&s->listening);
}

/* Cuts those who have made us wait longest, so that others can come in; nobody in the first
 * seconds, so that honest clients are not cut. */
static void drop_slow_clients(struct server *s)
{
    unsigned left = DROPPED_AT_ONCE;
    while (s->listening.paused && left > 0 &&
           connections_drop_oldest(s->connections, DROP_AGE_MS, 0))
        left--;
    while (s->reply_bytes > (uint64_t)s->service->config.reply_bytes / 2 && left > 0 &&
           connections_drop_idle(s->connections, HALF_FULL_IDLE_MS))
        left--;
    while (connections_held(s->connections) > (uint64_t)s->service->config.receive_bytes &&
           connections_drop_oldest(s->connections, 0, HEADERS_MAX))
        continue;
}

/* Connections never take the descriptors that everything else needs, above all blobs' files:
 * otherwise whoever holds connections open could keep what a judge orders erased. */
static void limit_connections(struct server *s)
{
    const struct config *config = &s->service->config;
    struct rlimit limit;
    rlim_t wanted = (rlim_t)config->max_connections;
    rlim_t others =
        64 + 2 * (rlim_t)config->read_threads; /* store, blobs, standard streams, the loop's */
    s->most_connections = (size_t)wanted;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted + others) {
        wanted = limit.rlim_max > others ? limit.rlim_max - others : 1;
        log_line(LOG_WARNING, "the system allows only %llu connections",
                 (unsigned long long)wanted);
    }
    limit.rlim_cur = wanted + others;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_line(LOG_WARNING, "the number of descriptors cannot be set: %s", strerror(errno));
    s->most_connections = (size_t)wanted;
}

static int listen_on(struct server *s, const struct config *config)
{
    struct listening_options options = transport_listening(config);
    options.passed = config->socket;
    enum listening_result result = listening_open(&s->listening, s->base, s->http, &options);
    bool passed = config->socket != 0 && result == LISTENING_PLAINTEXT;
    transport_object_listening(result, passed ? s->listening.url : config->listen,
                               objections_logged);
    return result == LISTENING_OPEN ? 0 : -1;
}

static struct connection_limits limits_of(const struct server *s)
{
    return (struct connection_limits){ .connections = s->most_connections,
                                       .input_bytes = HEADERS_MAX + BODY_MAX,
                                       .timeout_s = (int)s->service->config.timeout };
}

void server_take_limits(struct server *s)
{
    limit_connections(s);
    const struct connection_limits limits = limits_of(s);
    connections_limit(s->connections, &limits);
    evhttp_set_timeout(s->http, limits.timeout_s);
    admission_set(s->admission, &s->service->config);
}

int server_take_transport(struct server *s, struct transport *fresh, objections *to)
{
    return transport_take(s->transport, fresh, to);
}

void server_on_hangup(struct server *s, void (*hung_up)(void *ctx), void *ctx)
{
    s->hung_up = hung_up;
    s->hung_up_ctx = ctx;
}

/* ---- life and death -------------------------------------------------------------------------- */

static void stop_serving(struct server *s)
{
    if (s->stopping)
        return;
    log_line(LOG_INFO, "stopping: answering what is under way");
    supervisor_stopping();
    s->stopping = true;
    s->stop_by = clock_steady() + s->service->config.timeout * 1000;
    feed_quit(s->service->feed); /* the sequencer may be waiting for it */
    waits_look(s);
    listening_close(&s->listening);
    calls_check_stopped(s);
}

static void signalled(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    stop_serving(ctx);
}

static void hung_up(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    struct server *s = ctx;
    if (s->hung_up != NULL && !s->stopping)
        s->hung_up(s->hung_up_ctx);
}

static void end_in_failure(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, failure));
    s->exit_code = EXIT_DAMAGE;
    stop_serving(s);
}

void server_fail(void *ctx)
{
    struct server *s = ctx;
    if (atomic_exchange(&s->is_failure, true))
        return;
    s->failure.run = end_in_failure;
    queue_push(s->service->mailbox, &s->failure);
}

static void sweep(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, sweeping));
    store_sweep(s->service->store);
    blobs_tidy(s->service->blobs);
    blobs_expire(s->service->blobs, clock_wall());
    erasing_again(s->service);
    if (blobs_broken(s->service->blobs)) /* the log has said so */
        server_fail(s);
    atomic_store(&s->is_sweeping, false);
}

static void measure(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, measuring));
    service_measure(s->service);
    atomic_store(&s->is_measuring, false);
}

/* The mailbox may be what is not watched. */
static void end_if_deaf(struct server *s)
{
    if (!loop_is_deaf())
        return;
    if (!s->stopping)
        log_line(LOG_ERROR, "the kernel does not watch a descriptor (above): ending, as the loop "
                            "would wait for it in vain");
    s->exit_code = EXIT_DAMAGE;
    stop_serving(s);
    calls_take_mail(s);
}

/* For the supervisor, which ends a daemon that it does not hear of: the loop turns, as this is
 * called, and the sequencer has nothing to do or gets on with it. */
static void show_life(struct server *s, int64_t now)
{
    struct sequencer *q = s->service->sequencer;
    struct sequencer_pulse pulse = { 0 };
    if (q != NULL)
        pulse = sequencer_pulse(q);
    if (!pulse.works || pulse.turns != s->turns || s->got_on == 0)
        s->got_on = now;
    s->turns = pulse.turns;
    if (now - s->got_on <= supervisor_watch_ms())
        supervisor_alive(now);
}

static void tick(evutil_socket_t fd, short what, void *ctx)
{
    struct server *s = ctx;
    int64_t now = clock_steady();
    (void)fd;
    (void)what;
    end_if_deaf(s);
    show_life(s, now);
    calls_give_up_late(s);
    waits_look(s);
    connections_drop_handshakes(s->connections);
    drop_slow_clients(s);
    transport_tick(s->transport);
    admission_tick(s->admission);
    listening_resume(&s->listening, connections_crowded(s->connections));
    metric_set(METRIC_ACCEPT_PAUSES, (int64_t)s->listening.pauses);
    if (now >= s->sweep_at && !atomic_exchange(&s->is_sweeping, true)) {
        s->sweep_at = now + s->service->config.sweep * 1000;
        s->sweeping.run = sweep;
        pool_push(s->service->readers, &s->sweeping);
    }
    if (now >= s->measure_at && !s->stopping && !atomic_exchange(&s->is_measuring, true)) {
        s->measure_at = now + MEASURE_MS;
        s->measuring.run = measure;
        pool_push(s->service->chores, &s->measuring);
    }
    calls_check_stopped(s);
}

static void mail_arrived(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    calls_take_mail(ctx);
}

static void turn_ended(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    calls_hand_over(ctx);
}

static struct event *add_event(struct server *s, evutil_socket_t fd, short what,
                               event_callback_fn callback, const struct timeval *every)
{
    struct event *e = event_new(s->base, fd, what | EV_PERSIST, callback, s);
    if (e != NULL && event_add(e, every) == 0)
        return e;
    if (e != NULL)
        event_free(e);
    return NULL;
}

/* Changes of what is waited for go to the kernel once a turn, and not at all where they undo
 * each other; the loop belongs to one thread, so that it needs no locks. */
static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();
    if (config == NULL)
        return NULL;
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST | EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static int set_up(struct server *s, const struct config *config)
{
    static const struct timeval tick_time = { .tv_usec = TICK_MS * 1000 };
    s->transport = transport_open(config, objections_logged);
    if (s->transport == NULL)
        return -1;
    transport_note_expiry(s->transport);
    s->base = new_base();
    s->http = s->base == NULL ? NULL : evhttp_new(s->base);
    if (s->http == NULL)
        return -1;
    const struct connection_limits limits = limits_of(s);
    s->connections = connections_new(s->http, s->transport, &limits, crowded, s);
    s->admission = admission_new();
    if (s->connections == NULL || s->admission == NULL)
        return -1;
    admission_set(s->admission, config);
    listening_limit(s->http, HEADERS_MAX, BODY_MAX, (int)config->timeout);
    evhttp_set_gencb(s->http, routes_dispatch, s);
    s->event[EVENT_TERM] = add_event(s, SIGTERM, EV_SIGNAL, signalled, NULL);
    s->event[EVENT_INT] = add_event(s, SIGINT, EV_SIGNAL, signalled, NULL);
    s->event[EVENT_HUP] = add_event(s, SIGHUP, EV_SIGNAL, hung_up, NULL);
    s->event[EVENT_MAIL] = add_event(s, s->wake, EV_READ, mail_arrived, NULL);
    s->event[EVENT_TICK] = add_event(s, -1, 0, tick, &tick_time);
    s->event[EVENT_HANDOVER] = event_new(s->base, -1, 0, turn_ended, s);
    for (size_t i = 0; i < SERVER_EVENTS; i++)
        if (s->event[i] == NULL)
            return -1;
    return listen_on(s, config);
}

static void libevent_said(int severity, const char *message)
{
    log_line(severity >= EVENT_LOG_ERR ? LOG_ERROR : LOG_WARNING, "libevent: %s", message);
    loop_said(message);
}

struct server *server_new(struct service *service)
{
    struct server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    event_set_log_callback(libevent_said);
    s->service = service;
    s->sweep_at = clock_steady() + service->config.sweep * 1000;
    limit_connections(s);
    s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    service->mailbox = s->wake < 0 ? NULL : queue_new(s->wake);
    if (service->mailbox != NULL && set_up(s, &service->config) == 0)
        return s;
    server_free(s);
    return NULL;
}

const char *server_url(const struct server *s)
{
    return s->listening.url;
}

int server_run(struct server *s)
{
    if (event_base_dispatch(s->base) != 0)
        s->exit_code = EXIT_DAMAGE;
    return s->exit_code;
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < SERVER_EVENTS; i++)
        if (s->event[i] != NULL)
            event_free(s->event[i]);
    if (s->http != NULL)
        evhttp_free(s->http);
    connections_free(s->connections);
    admission_free(s->admission);
    transport_close(s->transport);
    if (s->base != NULL)
        event_base_free(s->base);
    queue_free(s->service->mailbox);
    s->service->mailbox = NULL;
    if (s->wake >= 0)
        close(s->wake);
    free(s);
}
