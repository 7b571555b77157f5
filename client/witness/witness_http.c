#include "client/witness/witness_http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/resource.h>

#include "client/base/lost.h"
#include "client/witness/callers.h"
#include "proto/net/listening.h"
#include "proto/process/supervisor.h"
#include "proto/sys/clock.h"
#include "proto/tlog/add_checkpoint.h"

#define CALLERS_MAX 256
#define OTHER_FDS 32 /* of the state, the loop, the standard streams */
#define HEADERS_MAX (8 * 1024)
#define STANDSTILL_S 20 /* without a byte */
#define TURN_MS 60000   /* for a whole request, its answer, and the wait for the next */
#define CROWDED_MS 2000 /* when others wait outside */
#define TICK_MS 100
#define BACKLOG 128
#define STOP_MS 5000 /* for what is under way */
#define EVENTS 4

struct witness_http {
    struct witness *witness;
    struct witness_http_options options;
    struct tls_server *tls; /* NULL: without */
    struct event_base *base;
    struct evhttp *http;
    struct listening listening;
    struct callers *callers;
    size_t most; /* callers */
    struct event *event[EVENTS];
    bool stopping;
    int stop_ticks; /* left */
    enum outcome outcome;
};

/* ---- requests ------------------------------------------------------------------------------ */

struct http_reply {
    struct witness_answer answer;
    const char *allow;
    bool add_checkpoint;
    bool close;
};

static void send_reply(struct witness_http *h, struct evhttp_request *request, struct http_reply *r)
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

static void post(struct witness_http *h, struct evhttp_request *request, struct http_reply *r)
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

static void route_request(struct evhttp_request *request, void *ctx)
{
    struct witness_http *h = ctx;
    struct http_reply r = { .allow = NULL };
    struct span path = request_path(request);
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

/* One caller more than CALLERS_MAX: so it is known that more want to come. */
static void crowded(void *ctx)
{
    struct witness_http *h = ctx;
    listening_pause(&h->listening);
}

static size_t most_callers(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= CALLERS_MAX + OTHER_FDS)
        return CALLERS_MAX;
    return limit.rlim_cur > OTHER_FDS ? (size_t)limit.rlim_cur - OTHER_FDS : 1;
}

/* Returns 0, or -1 after having said why it could not listen there. */
static int say_listening(enum listening_result result, const char *where)
{
    int cause = errno;
    switch (result) {
    case LISTENING_OPEN:
        return 0;
    case LISTENING_NO_ADDRESS:
        say(TR("%s is not an address to listen on: HOST:PORT is needed",
               "%s no es una dirección donde escuchar: hace falta HOST:PUERTO"),
            where);
        break;
    case LISTENING_PLAINTEXT:
        say(TR("%s can be reached from other machines, and there is no TLS: give --tls-cert and "
               "--tls-key, or listen on 127.0.0.1 behind a server that speaks TLS; --plaintext "
               "answers all the same, and everybody on the way reads along",
               "a %s se llega desde otras máquinas, y no hay TLS: dé --tls-cert y --tls-key, o "
               "escuche en 127.0.0.1 detrás de un servidor que hable TLS; con --plaintext se "
               "responde de todos modos, y todos en el camino pueden leer"),
            where);
        break;
    case LISTENING_FAILED:
        say(TR("cannot listen on %s: %s", "no se puede escuchar en %s: %s"), where,
            errno_words(cause));
        break;
    }
    return -1;
}

static struct listening_options listening_of(const struct witness_http_options *o)
{
    return (struct listening_options){ .where = o->listen,
                                       .backlog = BACKLOG,
                                       .tls = o->tls.cert != NULL,
                                       .plaintext = o->plaintext,
                                       .passed = o->passed };
}

static int listen_on(struct witness_http *h)
{
    const struct listening_options options = listening_of(&h->options);
    enum listening_result result = listening_open(&h->listening, h->base, h->http, &options);
    bool passed = h->options.passed != 0 && result == LISTENING_PLAINTEXT;
    return say_listening(result, passed ? h->listening.url : h->options.listen);
}

int witness_http_bind(struct witness_http_options *options)
{
    const struct listening_options listening = listening_of(options);
    return say_listening(listening_bind(&options->passed, &listening), options->listen);
}

/* ---- life and death ------------------------------------------------------------------------ */

static void stop(struct witness_http *h)
{
    if (h->stopping)
        return;
    h->stopping = true;
    supervisor_stopping();
    h->stop_ticks = STOP_MS / TICK_MS;
    listening_close(&h->listening);
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

static void say_trouble(const struct tls_trouble *trouble)
{
    struct buf words = { 0 };
    tls_trouble_words(&words, trouble);
    say("TLS: %s", kept_text(&words));
    buf_free(&words);
}

/* What cannot be read leaves all as it was. */
static void reload_tls(struct witness_http *h)
{
    struct tls_trouble trouble;
    if (h->tls == NULL)
        return;
    if (tls_server_reload(h->tls, &h->options.tls, &trouble) == 0) {
        say(TR("TLS: certificate and key were read again",
               "TLS: se releyeron el certificado y la clave"));
        return;
    }
    say_trouble(&trouble);
    say(TR("TLS: the certificate stays that of before", "TLS: sigue el certificado de antes"));
}

static void asked_to_reload(evutil_socket_t fd, short what, void *ctx)
{
    struct witness_http *h = ctx;
    (void)fd;
    (void)what;
    supervisor_reloading();
    witness_reload(h->witness);
    reload_tls(h);
    supervisor_ready(NULL);
    end_if_broken(h);
}

static void end_if_deaf(struct witness_http *h)
{
    if (!loop_is_deaf() || h->stopping)
        return;
    say(TR(
        "the kernel does not watch a descriptor (above): ending, as nothing would be heard of it",
        "el núcleo no vigila un descriptor (arriba): se termina, pues nada se sabría de él"));
    h->outcome = OUTCOME_UNDECIDED;
    stop(h);
}

static void say_failures(struct witness_http *h)
{
    struct tls_failures failures;
    if (h->tls != NULL && tls_failures_news(h->tls, &failures))
        say(TR("TLS: %llu handshakes failed, the last one from %s",
               "TLS: fallaron %llu negociaciones, la última de %s"),
            (unsigned long long)failures.count, failures.last);
}

static void tick(evutil_socket_t fd, short what, void *ctx)
{
    struct witness_http *h = ctx;
    (void)fd;
    (void)what;
    end_if_deaf(h);
    supervisor_alive(clock_steady());
    callers_drop_handshakes(h->callers);
    say_failures(h);
    /* No more than make some room: one that has just come and is slow to ask is not dropped
     * along with those that hang. */
    size_t left = 1 + h->most / 4;
    while (left > 0 && callers_drop_oldest(h->callers, h->listening.paused ? CROWDED_MS : TURN_MS))
        left--;
    if (h->stopping && (h->stop_ticks-- == 0 || !callers_busy(h->callers)))
        event_base_loopbreak(h->base);
    listening_resume(&h->listening,
                     callers_crowded(h->callers)); /* who was dropped has yet to go */
}

/* Returns NULL when out of memory. */
static struct event *add_event(struct witness_http *h, evutil_socket_t fd, short what,
                               event_callback_fn callback, const struct timeval *every)
{
    struct event *e = event_new(h->base, fd, what | EV_PERSIST, callback, h);
    if (e == NULL || event_add(e, every) == 0)
        return e;
    event_free(e);
    return NULL;
}

/* Returns 0, or -1 when out of memory, which is recorded. */
static int set_up(struct witness_http *h)
{
    static const struct timeval tick_time = { .tv_usec = TICK_MS * 1000 };
    h->base = kept(event_base_new());
    h->http = h->base == NULL ? NULL : kept(evhttp_new(h->base));
    h->most = most_callers();
    const struct callers_options options = { .tls = h->tls,
                                             .limit = h->most,
                                             .input_most = HEADERS_MAX + ADD_CHECKPOINT_MAX,
                                             .crowded = crowded,
                                             .ctx = h };
    if (h->http != NULL)
        h->callers = kept(callers_new(h->http, &options));
    if (h->callers == NULL)
        return -1;
    listening_limit(h->http, HEADERS_MAX, ADD_CHECKPOINT_MAX, STANDSTILL_S);
    evhttp_set_gencb(h->http, route_request, h);
    h->event[0] = add_event(h, SIGTERM, EV_SIGNAL, asked_to_stop, NULL);
    h->event[1] = add_event(h, SIGINT, EV_SIGNAL, asked_to_stop, NULL);
    h->event[2] = add_event(h, SIGHUP, EV_SIGNAL, asked_to_reload, NULL);
    h->event[3] = add_event(h, -1, 0, tick, &tick_time);
    for (size_t i = 0; i < EVENTS; i++)
        if (kept(h->event[i]) == NULL)
            return -1;
    return 0;
}

static void libevent_said(int severity, const char *message)
{
    if (severity >= EVENT_LOG_WARN)
        say("libevent: %s", message);
    loop_said(message);
}

static int start_tls(struct witness_http *h)
{
    struct tls_trouble trouble;
    if (h->options.tls.cert == NULL)
        return 0;
    h->tls = tls_server_new(&h->options.tls, &trouble);
    if (h->tls == NULL)
        say_trouble(&trouble);
    return h->tls == NULL ? -1 : 0;
}

struct witness_http *witness_http_new(struct witness *w, const struct witness_http_options *options)
{
    struct witness_http *h = kept(calloc(1, sizeof *h));
    if (h == NULL)
        return NULL;
    event_set_log_callback(libevent_said);
    h->witness = w;
    h->options = *options;
    if (start_tls(h) == 0 && set_up(h) == 0 && listen_on(h) == 0)
        return h;
    witness_http_free(h);
    return NULL;
}

const char *witness_http_url(const struct witness_http *h)
{
    return h->listening.url;
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
        if (h->event[i] != NULL)
            event_free(h->event[i]);
    if (h->http != NULL)
        evhttp_free(h->http);
    callers_free(h->callers);
    tls_server_free(h->tls);
    if (h->base != NULL)
        event_base_free(h->base);
    free(h);
}
