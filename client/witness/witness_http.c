#include "client/witness/witness_http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/resource.h>

#include "client/witness/callers.h"
#include "proto/base/scan.h"
#include "proto/tlog/add_checkpoint.h"

#define CALLERS_MAX 256
#define OTHER_FDS 32 /* of the state, the loop, the standard streams */
#define HEADERS_MAX (8 * 1024)
#define STANDSTILL_S 20 /* without a byte */
#define TURN_MS 60000   /* for a whole request, its answer, and the wait for the next */
#define CROWDED_MS 2000 /* when others wait outside */
#define TICK_MS 100
#define STOP_MS 5000 /* for what is under way */
#define EVENTS 4

struct witness_http {
    struct witness *witness;
    struct event_base *base;
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    struct evconnlistener *listener; /* owned by http; NULL once it is closed */
    struct callers *callers;
    size_t most; /* callers */
    struct event *event[EVENTS];
    char url[320];
    bool stopping;
    int stop_ticks; /* left */
    enum outcome outcome;
};

/* ---- requests ------------------------------------------------------------------------------ */

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

struct reply {
    struct witness_answer answer;
    const char *allow;
    bool add_checkpoint;
    bool close;
};

static void send_reply(struct witness_http *h, struct evhttp_request *request, struct reply *r)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(request);
    struct witness_answer *a = &r->answer;
    char length[24];
    if (a->body.failed) {
        buf_free(&a->body);
        witness_refuse(a, 503, TR("out of memory", "memoria agotada"));
    }
    evhttp_add_header(out, "Content-Type", a->type);
    evhttp_add_header(out, "Cache-Control", "no-cache");
    evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
    if (r->allow != NULL)
        evhttp_add_header(out, "Allow", r->allow);
    if (a->status == 503)
        evhttp_add_header(out, "Retry-After", "10");
    if (r->close || h->stopping)
        evhttp_add_header(out, "Connection", "close");
    /* libevent would send a body with HEAD: the length alone is said. */
    snprintf(length, sizeof length, "%zu", a->body.n);
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD)
        evhttp_add_header(out, "Content-Length", length);
    else
        evbuffer_add(evhttp_request_get_output_buffer(request), a->body.p, a->body.n);
    buf_free(&a->body);
    witness_count(h->witness, r->add_checkpoint, a->status);
    callers_answer(h->callers, request);
    evhttp_send_reply(request, a->status, NULL, NULL);
}

static void post(struct witness_http *h, struct evhttp_request *request, struct reply *r)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(request);
    size_t n = evbuffer_get_length(in);
    const uint8_t *body = n == 0 ? NULL : evbuffer_pullup(in, -1);
    r->add_checkpoint = true;
    if (n > 0 && body == NULL)
        r->answer.body.failed = true;
    else
        witness_add_checkpoint(h->witness, span_of(body, n), &r->answer);
}

static void end_if_broken(struct witness_http *h);

static void route(struct evhttp_request *request, void *ctx)
{
    struct witness_http *h = ctx;
    struct reply r = { .allow = NULL };
    struct span path = path_of(request);
    enum evhttp_cmd_type method = evhttp_request_get_command(request);
    bool reads = method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD;
    bool add = span_is(path, "/add-checkpoint");
    const char *doubt = callers_doubt(h->callers, request);
    if (doubt != NULL) {
        struct refusal why;
        refuse(&why, REASON_REQUEST_FORM, doubt);
        witness_refuse_for(&r.answer, 400, &why);
        r.close = true;
    } else if (add && method == EVHTTP_REQ_POST) {
        post(h, request, &r);
    } else if (!add && reads) {
        bool rooted = span_starts(path, "/"); /* else it is no path of ours */
        witness_read(h->witness, rooted ? span_of(path.p + 1, path.n - 1) : span_str(""),
                     &r.answer);
    } else {
        r.allow = add ? "POST" : "GET, HEAD";
        witness_refuse(
            &r.answer, 405,
            TR("this address does not take that method", "esta dirección no acepta ese método"));
    }
    send_reply(h, request, &r);
    end_if_broken(h);
}

/* ---- listening ----------------------------------------------------------------------------- */

/* Somebody waits outside: the next tick makes room. */
static bool paused; /* as there is no way to the server from accept_failed() */

static void pause_accepting(struct evconnlistener *listener)
{
    evconnlistener_disable(listener);
    paused = true;
}

/* One caller more than CALLERS_MAX: so it is known that more want to come. */
static void crowded(void *ctx)
{
    struct witness_http *h = ctx;
    if (h->listener != NULL)
        pause_accepting(h->listener);
}

/* No descriptor left: without a pause the loop would spin on the same connection. (What libevent
 * hands over here is evhttp's, not ours.) */
static void accept_failed(struct evconnlistener *listener, void *evhttp)
{
    (void)evhttp;
    pause_accepting(listener);
}

static size_t most_callers(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= CALLERS_MAX + OTHER_FDS)
        return CALLERS_MAX;
    return limit.rlim_cur > OTHER_FDS ? (size_t)limit.rlim_cur - OTHER_FDS : 1;
}

/* Splits HOST:PORT, where HOST may be [an IPv6 address]. */
static struct addrinfo *resolve(const char *listen)
{
    char host[NI_MAXHOST];
    struct addrinfo *found,
        hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
    const char *colon = strrchr(listen, ':');
    uint64_t port; /* getaddrinfo would take 65536 for 0 */
    if (colon == NULL || colon == listen || (size_t)(colon - listen) >= sizeof host ||
        decimal_parse(&port, span_str(colon + 1)) != 0 || port > 65535)
        return NULL;
    bool brackets = listen[0] == '[' && colon[-1] == ']';
    int n = (int)(colon - listen) - (brackets ? 2 : 0);
    snprintf(host, sizeof host, "%.*s", n, listen + (brackets ? 1 : 0));
    return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static void write_url(struct witness_http *h)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getsockname(evconnlistener_get_fd(h->listener), (struct sockaddr *)&address, &length) !=
            0 ||
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    bool six = address.ss_family == AF_INET6;
    snprintf(h->url, sizeof h->url, "http://%s%.200s%s:%s", six ? "[" : "", host, six ? "]" : "",
             port);
}

static int listen_on(struct witness_http *h, const char *where)
{
    struct addrinfo *address = resolve(where);
    if (address == NULL) {
        say(TR("%s is not an address to listen on: HOST:PORT is needed",
               "%s no es una dirección donde escuchar: hace falta HOST:PUERTO"),
            where);
        return -1;
    }
    h->listener = evconnlistener_new_bind(
        h->base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, 128,
        address->ai_addr, (int)address->ai_addrlen);
    int cause = errno;
    freeaddrinfo(address);
    if (h->listener == NULL) {
        say(TR("cannot listen on %s: %s", "no se puede escuchar en %s: %s"), where,
            errno_words(cause));
        return -1;
    }
    evconnlistener_set_error_cb(h->listener, accept_failed);
    h->bound = evhttp_bind_listener(h->http, h->listener);
    write_url(h);
    return h->bound == NULL ? -1 : 0;
}

/* ---- life and death ------------------------------------------------------------------------ */

static void stop(struct witness_http *h)
{
    if (h->stopping)
        return;
    h->stopping = true;
    h->stop_ticks = STOP_MS / TICK_MS;
    evhttp_del_accept_socket(h->http, h->bound);
    h->listener = NULL;
}

static void end_if_broken(struct witness_http *h)
{
    if (h->witness->broken == OUTCOME_PROVEN || h->outcome != OUTCOME_PROVEN)
        return;
    h->outcome = h->witness->broken;
    stop(h);
}

static void asked_to_stop(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    say(TR("stopping: answering what is under way",
           "terminando: se responde lo que está en curso"));
    stop(ctx);
}

static void asked_to_reload(evutil_socket_t fd, short what, void *ctx)
{
    struct witness_http *h = ctx;
    (void)fd;
    (void)what;
    witness_reload(h->witness);
    end_if_broken(h);
}

static void tick(evutil_socket_t fd, short what, void *ctx)
{
    struct witness_http *h = ctx;
    (void)fd;
    (void)what;
    /* No more than make some room: one that has just come and is slow to ask is not dropped
     * along with those that hang. */
    size_t left = 1 + h->most / 4;
    while (left > 0 && callers_drop_oldest(h->callers, paused ? CROWDED_MS : TURN_MS))
        left--;
    if (h->stopping && (h->stop_ticks-- == 0 || !callers_busy(h->callers)))
        event_base_loopbreak(h->base);
    paused = callers_crowded(h->callers); /* those who were dropped have yet to go */
    if (h->listener != NULL && !paused)
        evconnlistener_enable(h->listener);
}

static struct event *add_event(struct witness_http *h, evutil_socket_t fd, short what,
                               event_callback_fn callback, const struct timeval *every)
{
    struct event *e = event_new(h->base, fd, what | EV_PERSIST, callback, h);
    if (e == NULL || event_add(e, every) != 0)
        die_of_memory();
    return e;
}

static void set_limits(struct evhttp *http)
{
    evhttp_set_max_headers_size(http, HEADERS_MAX);
    evhttp_set_max_body_size(http, ADD_CHECKPOINT_MAX);
    evhttp_set_timeout(http, STANDSTILL_S);
    evhttp_set_default_content_type(http, NULL);
    /* All of them, so that it is us who say 405. */
    evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
                                         EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
                                         EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
}

static void libevent_said(int severity, const char *message)
{
    if (severity >= EVENT_LOG_WARN)
        say("libevent: %s", message);
}

struct witness_http *witness_http_new(struct witness *w, const char *listen)
{
    static const struct timeval tick_time = { .tv_usec = TICK_MS * 1000 };
    struct witness_http *h = must(calloc(1, sizeof *h));
    event_set_log_callback(libevent_said);
    h->witness = w;
    h->base = must(event_base_new());
    h->http = must(evhttp_new(h->base));
    h->most = most_callers();
    h->callers =
        must(callers_new(h->base, h->http, h->most, HEADERS_MAX + ADD_CHECKPOINT_MAX, crowded, h));
    set_limits(h->http);
    evhttp_set_gencb(h->http, route, h);
    h->event[0] = add_event(h, SIGTERM, EV_SIGNAL, asked_to_stop, NULL);
    h->event[1] = add_event(h, SIGINT, EV_SIGNAL, asked_to_stop, NULL);
    h->event[2] = add_event(h, SIGHUP, EV_SIGNAL, asked_to_reload, NULL);
    h->event[3] = add_event(h, -1, 0, tick, &tick_time);
    if (listen_on(h, listen) == 0)
        return h;
    witness_http_free(h);
    return NULL;
}

const char *witness_http_url(const struct witness_http *h)
{
    return h->url;
}

enum outcome witness_http_run(struct witness_http *h)
{
    if (event_base_dispatch(h->base) != 0)
        h->outcome = OUTCOME_UNDECIDED;
    return h->outcome;
}

void witness_http_free(struct witness_http *h)
{
    for (size_t i = 0; i < EVENTS; i++)
        event_free(h->event[i]);
    evhttp_free(h->http);
    callers_free(h->callers);
    event_base_free(h->base);
    free(h);
}
