#include "daemon/http/http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/host/clock.h"
#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/http/connections.h"
#include "daemon/http/server.h"
#include "daemon/state/erasing.h"
#include "daemon/witnesses/feed.h"
#include "proto/base/scan.h"

#define HEADERS_MAX (16 * 1024)
#define BODY_MAX (BATCH_BYTES_MAX + 64 * 1024) /* what is a little too large gets a problem */
#define TICK_MS 100
#define DROP_AGE_MS 2000
#define DROPPED_AT_ONCE 64
#define IDLE_MS 2000 /* without taking a byte of an answer, where others are kept waiting */
#define IDLE_DROPPED_AT_ONCE 8

/* ---- answers --------------------------------------------------------------------------------- */

/* A body on its way out; libevent lets go of it when the client took it or is gone. */
struct outgoing {
    struct server *server;
    struct buf body;
    struct cached *kept; /* instead of body */
};

static void check_stopped(struct server *s)
{
    bool flushed = s->reply_bytes == 0 || clock_steady() > s->stop_by;
    if (s->stopping && s->exchanges == 0 && flushed)
        event_base_loopbreak(s->base);
}

static void body_taken(const void *data, size_t n, void *ctx)
{
    struct outgoing *o = ctx;
    struct server *s = o->server;
    (void)data;
    s->reply_bytes -= n;
    metric_set(METRIC_REPLY_BYTES, (int64_t)s->reply_bytes);
    buf_free(&o->body);
    cached_release(o->kept);
    free(o);
    check_stopped(s);
}

static struct span body_of(const struct answer *a)
{
    return a->kept != NULL ? a->kept_bytes : span_of(a->body.p, a->body.n);
}

/* Takes over the body. */
static void add_body(struct server *s, struct evhttp_request *request, struct answer *a)
{
    struct span body = body_of(a);
    struct outgoing *o = malloc(sizeof *o);
    if (o != NULL) {
        *o = (struct outgoing){ .server = s, .body = a->body, .kept = a->kept };
        s->reply_bytes += body.n;
        if (evbuffer_add_reference(evhttp_request_get_output_buffer(request), body.p, body.n,
                                   body_taken, o) == 0) {
            metric_set(METRIC_REPLY_BYTES, (int64_t)s->reply_bytes);
            a->body = (struct buf){ 0 };
            a->kept = NULL;
            return;
        }
        s->reply_bytes -= body.n;
        free(o);
    }
    log_line(LOG_ERROR, "out of memory: an answer goes out without its body");
}

static void add_headers(struct evkeyvalq *out, const struct answer *a)
{
    evhttp_add_header(out, "Content-Type", a->type);
    evhttp_add_header(out, "Cache-Control", a->cache);
    evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
    if (a->problem)
        evhttp_add_header(out, "Content-Language", a->language == LANGUAGE_ES ? "es" : "en");
    if (a->allow != NULL)
        evhttp_add_header(out, "Allow", a->allow);
    if (a->status == 401)
        evhttp_add_header(out, "WWW-Authenticate", "Bearer");
    if (a->status == 503 || a->status == 504)
        evhttp_add_header(out, "Retry-After", "1");
    if (a->close)
        evhttp_add_header(out, "Connection", "close");
}

/* Writes what the socket takes at once, as it nearly always takes all: otherwise libevent first
 * asks the kernel to be told that it may write, and then not to be told any more. What is left
 * goes that way. */
static void write_now(struct bufferevent *b)
{
    struct evbuffer *out = bufferevent_get_output(b);
    evbuffer_unfreeze(out, 1);
    evbuffer_write(out, bufferevent_getfd(b));
    evbuffer_freeze(out, 1);
    if (evbuffer_get_length(out) > 0)
        return;
    bufferevent_disable(b, EV_WRITE);
    bufferevent_trigger(b, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS); /* evhttp goes on */
}

/* Sends an answer and takes over its body. */
static void send_answer(struct server *s, struct evhttp_request *request, struct answer *a)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(request);
    char length[24];
    if (s->stopping)
        a->close = true;
    add_headers(out, a);
    /* libevent would send a body with HEAD: the length alone is said. */
    snprintf(length, sizeof length, "%zu", body_of(a).n);
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD)
        evhttp_add_header(out, "Content-Length", length);
    else if (body_of(a).n > 0)
        add_body(s, request, a);
    buf_free(&a->body);
    cached_release(a->kept);
    a->kept = NULL;
    metric_answered(a->status);
    connections_wait_for_client(s->connections, request);
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct bufferevent *b =
        connection == NULL ? NULL : evhttp_connection_get_bufferevent(connection);
    evhttp_send_reply(request, a->status, NULL, NULL);
    if (b != NULL)
        write_now(b);
}

void call_answer(struct call *c, struct answer *answer)
{
    send_answer(c->server, c->request, answer);
}

static void refuse_call(struct call *c, enum reason reason, const char *subject, const char *allow,
                        bool close)
{
    struct answer a = { .status = 0 };
    struct refusal why;
    refuse(&why, reason, subject);
    problem_answer(&a, &why, c->language);
    a.allow = allow;
    a.close = close;
    call_answer(c, &a);
}

void call_refuse(struct call *c, enum reason reason, const char *subject)
{
    refuse_call(c, reason, subject, NULL, false);
}

/* ---- exchanges ------------------------------------------------------------------------------- */

bool server_stopping(const struct server *s)
{
    return s->stopping;
}

/* Whoever takes nothing of his answer makes room for those who would take theirs. What was
 * dropped is let go of a moment later, so as many are dropped as it takes. */
static bool make_room_to_read(struct server *s, int64_t held)
{
    int64_t most = s->service->config.reply_bytes;
    if (held < most)
        return true;
    unsigned dropped = 0;
    while (dropped < IDLE_DROPPED_AT_ONCE && connections_drop_idle(s->connections, IDLE_MS))
        dropped++;
    return false;
}

bool call_may_read(struct call *c, size_t bytes)
{
    struct server *s = c->server;
    int64_t held = (int64_t)s->reply_bytes;
    if (bytes > 0)
        held += metric_get(METRIC_READ_BYTES) + (int64_t)bytes;
    if (s->stopping)
        call_refuse(c, REASON_STOPPING, "");
    else if (metric_get(METRIC_READS) >= s->service->config.reads || !make_room_to_read(s, held))
        call_refuse(c, REASON_BUSY, "");
    else
        return true;
    return false;
}

bool call_may_wait(struct call *c)
{
    const struct server *s = c->server;
    int64_t most = (int64_t)s->most_connections / 4; /* the others are for those who are answered */
    if (most > s->service->config.waits)
        most = s->service->config.waits;
    if (s->stopping)
        call_refuse(c, REASON_STOPPING, "");
    else if (metric_get(METRIC_WAITS) >= most)
        call_refuse(c, REASON_BUSY, "");
    else
        return true;
    return false;
}

void call_defer(struct call *c, struct exchange *e)
{
    struct server *s = c->server;
    e->server = s;
    e->service = c->service;
    e->language = c->language;
    e->request = c->request;
    e->deadline = clock_steady() + s->service->config.deadline * 1000;
    e->older = s->newest;
    e->newer = NULL;
    *(s->newest == NULL ? &s->oldest : &s->newest->newer) = e;
    s->newest = e;
    s->exchanges++;
    metric_set(METRIC_EXCHANGES, (int64_t)s->exchanges);
    connections_watch(s->connections, e->request, e);
}

static void end_exchange(struct exchange *e)
{
    struct server *s = e->server;
    *(e->older == NULL ? &s->oldest : &e->older->newer) = e->newer;
    *(e->newer == NULL ? &s->newest : &e->newer->older) = e->older;
    s->exchanges--;
    metric_set(METRIC_EXCHANGES, (int64_t)s->exchanges);
    buf_free(&e->answer.body);
    e->release(e);
    check_stopped(s);
}

static void answer_exchange(struct exchange *e, struct answer *a)
{
    struct evhttp_request *request = e->request;
    if (request == NULL)
        return;
    connections_watch(e->server->connections, request, NULL);
    e->request = NULL;
    send_answer(e->server, request, a);
}

static void come_back(struct work *w)
{
    struct exchange *e = (struct exchange *)(void *)w; /* work is its first member */
    answer_exchange(e, &e->answer);
    end_exchange(e);
}

void exchange_return(struct exchange *e)
{
    exchanges_return(e, e, 1);
}

void exchanges_return(struct exchange *first, struct exchange *last, size_t count)
{
    struct queue *mailbox = first->service->mailbox;
    last->work.next = NULL;
    for (struct work *w = &first->work; w != NULL; w = w->next)
        w->run = come_back;
    queue_push_all(mailbox, &first->work, &last->work, count);
}

/* ---- handing over ---------------------------------------------------------------------------- */

static void hand_over(evutil_socket_t fd, short what, void *ctx)
{
    struct server *s = ctx;
    (void)fd;
    (void)what;
    for (struct handover *h = s->handover; h < s->handover + 2; h++) {
        if (h->count > 0)
            pool_push_all(h->pool, h->first, h->last, h->count);
        h->count = 0;
    }
}

void call_push(struct call *c, struct pool *pool, struct work *w)
{
    struct server *s = c->server;
    struct handover *h = &s->handover[pool == c->service->readers];
    h->pool = pool;
    w->next = NULL;
    if (h->count++ == 0)
        h->first = w;
    else
        h->last->next = w;
    h->last = w;
    event_active(s->event[5], EV_TIMEOUT, 0); /* behind all that is active by now */
}

static void mail_arrived(evutil_socket_t fd, short what, void *ctx)
{
    struct server *s = ctx;
    uint64_t n;
    ssize_t got = read(fd, &n, sizeof n);
    (void)got;
    (void)what;
    for (struct work *w = queue_take_all(s->service->mailbox), *next; w != NULL; w = next) {
        next = w->next; /* it is gone once it has run */
        w->run(w);
    }
}

/* Exchanges are in order of their deadlines, as all have the same time. */
static void give_up_late(struct server *s)
{
    int64_t now = clock_steady();
    for (struct exchange *e = s->oldest; e != NULL && e->deadline <= now; e = e->newer) {
        struct answer a = { .status = 0 };
        struct refusal why;
        if (e->request == NULL)
            continue;
        refuse(&why, REASON_DEADLINE, "");
        problem_answer(&a, &why, e->language);
        metric_add(METRIC_DEADLINES, 1);
        answer_exchange(e, &a);
    }
}

/* ---- routes ---------------------------------------------------------------------------------- */

static const struct {
    const char *path; /* ends in '/': whatever begins so, but for "/" itself */
    const char *allow;
    void (*handle)(struct call *c);
} routes[] = {
    { "/", "GET, HEAD", handle_page },
    { "/checkpoint", "GET, HEAD", handle_checkpoint },
    { "/tile/", "GET, HEAD", handle_tile },
    { "/v1/records", "POST", handle_records },
    { "/v1/receipts/", "GET, HEAD", handle_receipt },
    { "/v1/find", "GET, HEAD", handle_find },
    { "/v1/blobs/", "GET, HEAD, PUT", handle_blob },
    { "/healthz", "GET, HEAD", handle_health },
    { "/metrics", "GET, HEAD", handle_metrics },
};

static bool route_matches(const char *route, struct span path)
{
    size_t n = strlen(route);
    return n > 1 && route[n - 1] == '/' ? span_starts(path, route) : span_is(path, route);
}

static bool method_allowed(const char *allow, enum evhttp_cmd_type method)
{
    switch (method) {
    case EVHTTP_REQ_GET:
        return strstr(allow, "GET") != NULL;
    case EVHTTP_REQ_HEAD:
        return strstr(allow, "HEAD") != NULL;
    case EVHTTP_REQ_POST:
        return strstr(allow, "POST") != NULL;
    case EVHTTP_REQ_PUT:
        return strstr(allow, "PUT") != NULL;
    default:
        return false;
    }
}

static enum language language_of(struct evhttp_request *request)
{
    const char *accept =
        evhttp_find_header(evhttp_request_get_input_headers(request), "Accept-Language");
    return accept != NULL && strncasecmp(accept, "es", 2) == 0 ? LANGUAGE_ES : LANGUAGE_EN;
}

/* The path as it was sent: nothing is decoded, as no path here needs it. */
static struct span path_of(struct evhttp_request *request)
{
    const char *uri = evhttp_request_get_uri(request);
    if (uri != NULL && uri[0] == '/') /* libevent would read a host in "//host/path" */
        return span_of(uri, strcspn(uri, "?#"));
    const struct evhttp_uri *absolute = evhttp_request_get_evhttp_uri(request);
    const char *path = absolute == NULL ? NULL : evhttp_uri_get_path(absolute);
    return span_str(path == NULL || path[0] == 0 ? "/" : path);
}

static void route(struct evhttp_request *request, void *ctx)
{
    struct server *s = ctx;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    struct call c = { .server = s,
                      .service = s->service,
                      .request = request,
                      .language = language_of(request),
                      .query = uri == NULL ? NULL : evhttp_uri_get_query(uri) };
    struct span path = path_of(request);
    const char *doubt = connections_wait_for_us(s->connections, request);
    if (doubt != NULL) {
        refuse_call(&c, REASON_REQUEST_FORM, doubt, NULL, true);
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        size_t n = strlen(routes[i].path);
        if (!route_matches(routes[i].path, path))
            continue;
        c.rest = span_of(path.p + n, path.n - n);
        if (method_allowed(routes[i].allow, evhttp_request_get_command(request)))
            routes[i].handle(&c);
        else
            refuse_call(&c, REASON_METHOD, "", routes[i].allow, false);
        return;
    }
    struct refusal shown;
    refuse_span(&shown, REASON_NOT_FOUND, path);
    call_refuse(&c, REASON_NOT_FOUND, shown.subject);
}

/* ---- listening ------------------------------------------------------------------------------- */

/* Somebody waits outside: the next tick makes room. */
static bool paused; /* as there is no way to the server from accept_failed() */

static void pause_accepting(struct evconnlistener *listener)
{
    metric_add(METRIC_ACCEPT_PAUSES, 1);
    evconnlistener_disable(listener);
    paused = true;
}

/* One connection more than max_connections: so it is known that more want to come. */
static void crowded(void *ctx)
{
    struct server *s = ctx;
    if (s->listener != NULL)
        pause_accepting(s->listener);
}

/* No descriptor left: without a pause the loop would spin on the same connection. (What libevent
 * hands over here is evhttp's, not ours.) */
static void accept_failed(struct evconnlistener *listener, void *evhttp)
{
    (void)evhttp;
    pause_accepting(listener);
}

/* Whoever keeps us waiting longest makes room for those who wait outside; but nobody is dropped in
 * his first seconds, so that honest clients are not. */
static void make_room(struct server *s)
{
    unsigned left = DROPPED_AT_ONCE;
    while (paused && left > 0 && connections_drop_oldest(s->connections, DROP_AGE_MS, 0))
        left--;
    paused = connections_crowded(s->connections); /* those who were dropped have yet to go */
    while (s->reply_bytes > (uint64_t)s->service->config.reply_bytes / 2 && left > 0 &&
           connections_drop_idle(s->connections, 2 * IDLE_MS))
        left--;
    while (connections_held(s->connections) > (uint64_t)s->service->config.receive_bytes &&
           connections_drop_oldest(s->connections, 0, HEADERS_MAX))
        continue;
}

/* Connections never take the descriptors that all else needs, blobs' files above all: else whoever
 * holds connections could keep what a judge orders erased. */
static void limit_connections(struct server *s)
{
    const struct config *config = &s->service->config;
    struct rlimit limit;
    rlim_t wanted = (rlim_t)config->max_connections;
    rlim_t others =
        64 + 2 * (rlim_t)config->readers; /* store, blobs, standard streams, the loop's */
    s->most_connections = (size_t)wanted;
    s->most_fds = (size_t)(wanted + others);
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
    s->most_fds = (size_t)limit.rlim_cur;
}

/* Splits HOST:PORT, where HOST may be [an IPv6 address]. */
static struct addrinfo *resolve(const char *listen)
{
    char host[LISTEN_MAX];
    struct addrinfo *found,
        hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
    const char *colon = strrchr(listen, ':');
    uint64_t port; /* getaddrinfo would take 65536 for 0 */
    if (colon == NULL || colon == listen || decimal_parse(&port, span_str(colon + 1)) != 0 ||
        port > 65535)
        return NULL;
    bool brackets = listen[0] == '[' && colon[-1] == ']';
    int n = (int)(colon - listen) - (brackets ? 2 : 0);
    snprintf(host, sizeof host, "%.*s", n, listen + (brackets ? 1 : 0));
    return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static void write_url(struct server *s)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getsockname(evconnlistener_get_fd(s->listener), (struct sockaddr *)&address, &length) !=
            0 ||
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    bool six = address.ss_family == AF_INET6;
    snprintf(s->url, sizeof s->url, "http://%s%.200s%s:%s", six ? "[" : "", host, six ? "]" : "",
             port);
}

static int listen_on(struct server *s, const char *where)
{
    struct addrinfo *address = resolve(where);
    if (address == NULL) {
        log_line(LOG_ERROR, "%s is not an address to listen on: HOST:PORT is needed", where);
        return -1;
    }
    s->listener = evconnlistener_new_bind(
        s->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
        1024, address->ai_addr, (int)address->ai_addrlen);
    int cause = errno;
    freeaddrinfo(address);
    if (s->listener == NULL) {
        log_line(LOG_ERROR, "cannot listen on %s: %s", where, strerror(cause));
        return -1;
    }
    evconnlistener_set_error_cb(s->listener, accept_failed);
    s->bound = evhttp_bind_listener(s->http, s->listener);
    write_url(s);
    return s->bound == NULL ? -1 : 0;
}

/* ---- life and death -------------------------------------------------------------------------- */

static void stop(struct server *s)
{
    if (s->stopping)
        return;
    log_line(LOG_INFO, "stopping: answering what is under way");
    s->stopping = true;
    s->stop_by = clock_steady() + s->service->config.timeout * 1000;
    feed_quit(s->service->feed); /* the sequencer may be waiting for it */
    server_look_at_waits(s);
    evhttp_del_accept_socket(s->http, s->bound);
    s->listener = NULL;
    check_stopped(s);
}

static void signalled(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    stop(ctx);
}

/* For some programs that means: read your settings again. It must not end this one. */
static void hung_up(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    (void)ctx;
    log_line(LOG_INFO, "SIGHUP: policy and settings are read at the start only; nothing is done");
}

static void fail(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, failure));
    s->exit_code = EXIT_DAMAGE;
    stop(s);
}

void server_fail(void *ctx)
{
    struct server *s = ctx;
    s->failure.run = fail;
    queue_push(s->service->mailbox, &s->failure);
}

static void sweep(struct work *w)
{
    struct server *s = (struct server *)(void *)((char *)w - offsetof(struct server, sweeping));
    store_sweep(s->service->store);
    blobs_expire(s->service->blobs, clock_wall());
    erasing_again(s->service);
    atomic_store(&s->is_sweeping, false);
}

static void tick(evutil_socket_t fd, short what, void *ctx)
{
    struct server *s = ctx;
    int64_t now = clock_steady();
    (void)fd;
    (void)what;
    give_up_late(s);
    server_look_at_waits(s);
    make_room(s);
    if (s->listener != NULL && !connections_crowded(s->connections))
        evconnlistener_enable(s->listener); /* it may have been paused */
    if (now >= s->sweep_at && !atomic_exchange(&s->is_sweeping, true)) {
        s->sweep_at = now + s->service->config.sweep * 1000;
        s->sweeping.run = sweep;
        pool_push(s->service->readers, &s->sweeping);
    }
    check_stopped(s);
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
    s->base = new_base();
    s->http = s->base == NULL ? NULL : evhttp_new(s->base);
    if (s->http == NULL)
        return -1;
    const struct connection_limits limits = { .most = s->most_fds,
                                              .connections = s->most_connections,
                                              .input_bytes = HEADERS_MAX + BODY_MAX,
                                              .timeout_s = (int)config->timeout };
    s->connections = connections_new(s->base, s->http, &limits, crowded, s);
    if (s->connections == NULL)
        return -1;
    evhttp_set_max_headers_size(s->http, HEADERS_MAX);
    evhttp_set_max_body_size(s->http, BODY_MAX);
    evhttp_set_timeout(s->http, (int)config->timeout);
    evhttp_set_default_content_type(s->http, NULL);
    /* All of them, so that it is us who say 405. */
    evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
                                            EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
                                            EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |
                                            EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
    evhttp_set_gencb(s->http, route, s);
    s->event[0] = add_event(s, SIGTERM, EV_SIGNAL, signalled, NULL);
    s->event[1] = add_event(s, SIGINT, EV_SIGNAL, signalled, NULL);
    s->event[4] = add_event(s, SIGHUP, EV_SIGNAL, hung_up, NULL);
    s->event[2] = add_event(s, s->wake, EV_READ, mail_arrived, NULL);
    s->event[3] = add_event(s, -1, 0, tick, &tick_time);
    s->event[5] = event_new(s->base, -1, 0, hand_over, s);
    for (size_t i = 0; i < SERVER_EVENTS; i++)
        if (s->event[i] == NULL)
            return -1;
    return listen_on(s, config->listen);
}

static void libevent_said(int severity, const char *message)
{
    log_line(severity >= EVENT_LOG_ERR ? LOG_ERROR : LOG_WARNING, "libevent: %s", message);
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
    return s->url;
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
    if (s->base != NULL)
        event_base_free(s->base);
    queue_free(s->service->mailbox);
    s->service->mailbox = NULL;
    if (s->wake >= 0)
        close(s->wake);
    free(s);
}
