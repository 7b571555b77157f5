#include "client/serving/serving.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/keyvalq_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/resource.h>

#include "client/base/lost.h"
#include "client/serving/callers.h"
#include "proto/net/listening.h"
#include "proto/process/supervisor.h"
#include "proto/sys/clock.h"

#define CALLERS_MAX 256
#define OTHER_FDS 48 /* of files, the loop, other threads, the standard streams */
#define HEADERS_MAX (8 * 1024)
#define STANDSTILL_S 20 /* without a byte */
#define TURN_MS 60000   /* for a whole request, its answer, and the wait for the next */
#define CROWDED_MS 2000 /* when others wait outside */
#define TICK_MS 100
#define BACKLOG 128
#define STOP_MS 5000 /* for what is under way */
#define EVENTS 4

struct serving {
    struct serving_options options;
    struct serving_calls calls;
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

static void add_headers(struct evkeyvalq *out, const struct serving_reply *r)
{
    char seconds[16];
    if (r->type != NULL)
        evhttp_add_header(out, "Content-Type", r->type);
    evhttp_add_header(out, "Cache-Control", r->cache);
    evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
    if (r->language != NULL)
        evhttp_add_header(out, "Content-Language", r->language);
    if (r->allow != NULL)
        evhttp_add_header(out, "Allow", r->allow);
    snprintf(seconds, sizeof seconds, "%u", r->retry_after);
    if (r->retry_after > 0)
        evhttp_add_header(out, "Retry-After", seconds);
    for (const struct serving_header *h = r->more; h != NULL && h->name != NULL; h++)
        evhttp_add_header(out, h->name, h->value);
}

static void end_if_broken(struct serving *s);

void serving_reply(struct serving *s, struct evhttp_request *request, struct serving_reply *r)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(request);
    char length[24];
    if (r->body.failed) {
        buf_free(&r->body);
        *r = (struct serving_reply){ .status = 503, .cache = r->cache, .retry_after = 10 };
    }
    add_headers(out, r);
    if (r->close || s->stopping)
        evhttp_add_header(out, "Connection", "close");
    /* libevent would send a body with HEAD: the length alone is said. */
    snprintf(length, sizeof length, "%zu", r->body.n);
    if (evhttp_request_get_command(request) != EVHTTP_REQ_HEAD)
        evbuffer_add(evhttp_request_get_output_buffer(request), r->body.p, r->body.n);
    else if (r->status != 204)
        evhttp_add_header(out, "Content-Length", length);
    buf_free(&r->body);
    callers_answer(s->callers, request);
    evhttp_send_reply(request, r->status, NULL, NULL);
}

void serving_watch(struct serving *s, struct evhttp_request **watcher)
{
    callers_watch(s->callers, *watcher, watcher);
}

void serving_forget(struct serving *s, struct evhttp_request **watcher)
{
    if (*watcher != NULL)
        callers_watch(s->callers, *watcher, NULL);
}

struct span serving_body(struct evhttp_request *request, bool *failed)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(request);
    size_t n = evbuffer_get_length(in);
    const uint8_t *body = n == 0 ? NULL : evbuffer_pullup(in, -1);
    *failed = n > 0 && body == NULL;
    return *failed ? span_of("", 0) : span_of(body, n);
}

const char *serving_header_of(struct evhttp_request *request, const char *name, unsigned *times)
{
    const struct evkeyval *h;
    const char *value = NULL;
    *times = 0;
    TAILQ_FOREACH (h, evhttp_request_get_input_headers(request), next)
        if (strcasecmp(h->key, name) == 0) {
            value = h->value;
            ++*times;
        }
    return *times == 1 ? value : NULL;
}

bool serving_certificate(struct serving *s, struct evhttp_request *request, uint8_t out[static 32])
{
    struct tls_client_verdict asked = { .generation = 0 };
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct bufferevent *b =
        connection == NULL ? NULL : evhttp_connection_get_bufferevent(connection);
    return s->tls != NULL && s->options.tls.client_ca != NULL && b != NULL &&
           tls_client_fault(s->tls, b, &asked) == NULL && tls_client_digest(b, out);
}

static void request_came(struct evhttp_request *request, void *ctx)
{
    struct serving *s = ctx;
    s->calls.answer(s->calls.ctx, request, callers_doubt(s->callers, request));
    end_if_broken(s);
}

/* ---- listening ----------------------------------------------------------------------------- */

/* One caller more than CALLERS_MAX: so it is known that more want to come. */
static void crowded(void *ctx)
{
    struct serving *s = ctx;
    listening_pause(&s->listening);
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

static struct listening_options listening_of(const struct serving_options *o)
{
    return (struct listening_options){ .where = o->listen,
                                       .backlog = BACKLOG,
                                       .tls = o->tls.cert != NULL,
                                       .plaintext = o->plaintext,
                                       .passed = o->passed };
}

static int listen_on(struct serving *s)
{
    const struct listening_options options = listening_of(&s->options);
    enum listening_result result = listening_open(&s->listening, s->base, s->http, &options);
    bool passed = s->options.passed != 0 && result == LISTENING_PLAINTEXT;
    return say_listening(result, passed ? s->listening.url : s->options.listen);
}

int serving_bind(struct serving_options *options)
{
    const struct listening_options listening = listening_of(options);
    return say_listening(listening_bind(&options->passed, &listening), options->listen);
}

/* ---- life and death ------------------------------------------------------------------------ */

static void stop(struct serving *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    supervisor_stopping();
    s->stop_ticks = STOP_MS / TICK_MS;
    listening_close(&s->listening);
}

static void end_if_broken(struct serving *s)
{
    enum outcome broken = s->calls.broken(s->calls.ctx);
    if (broken == OUTCOME_PROVEN || s->outcome != OUTCOME_PROVEN)
        return;
    s->outcome = broken;
    stop(s);
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
static void reload_tls(struct serving *s)
{
    struct tls_trouble trouble;
    if (s->tls == NULL)
        return;
    if (tls_server_reload(s->tls, &s->options.tls, &trouble) == 0) {
        say(TR("TLS: certificate and key were read again",
               "TLS: se releyeron el certificado y la clave"));
        return;
    }
    say_trouble(&trouble);
    say(TR("TLS: the certificate stays that of before", "TLS: sigue el certificado de antes"));
}

static void asked_to_reload(evutil_socket_t fd, short what, void *ctx)
{
    struct serving *s = ctx;
    (void)fd;
    (void)what;
    supervisor_reloading();
    s->calls.reload(s->calls.ctx);
    reload_tls(s);
    supervisor_ready(NULL);
    end_if_broken(s);
}

static void end_if_deaf(struct serving *s)
{
    if (!loop_is_deaf() || s->stopping)
        return;
    say(TR(
        "the kernel does not watch a descriptor (above): ending, as nothing would be heard of it",
        "el núcleo no vigila un descriptor (arriba): se termina, pues nada se sabría de él"));
    s->outcome = OUTCOME_UNDECIDED;
    stop(s);
}

static void say_failures(struct serving *s)
{
    struct tls_failures failures;
    if (s->tls != NULL && tls_failures_news(s->tls, &failures))
        say(TR("TLS: %llu handshakes failed, the last one from %s",
               "TLS: fallaron %llu negociaciones, la última de %s"),
            (unsigned long long)failures.count, failures.last);
}

static void tick(evutil_socket_t fd, short what, void *ctx)
{
    struct serving *s = ctx;
    (void)fd;
    (void)what;
    end_if_deaf(s);
    supervisor_alive(clock_steady());
    callers_drop_handshakes(s->callers);
    say_failures(s);
    /* No more than make some room: one that has just come and is slow to ask is not dropped
     * along with those that hang. */
    size_t left = 1 + s->most / 4;
    while (left > 0 && callers_drop_oldest(s->callers, s->listening.paused ? CROWDED_MS : TURN_MS))
        left--;
    if (s->calls.tick != NULL)
        s->calls.tick(s->calls.ctx);
    end_if_broken(s);
    bool busy = callers_busy(s->callers) || (s->calls.busy != NULL && s->calls.busy(s->calls.ctx));
    if (s->stopping && (s->stop_ticks-- == 0 || !busy))
        event_base_loopbreak(s->base);
    listening_resume(&s->listening,
                     callers_crowded(s->callers)); /* who was dropped has yet to go */
}

/* Returns NULL when out of memory. */
static struct event *add_event(struct serving *s, evutil_socket_t fd, short what,
                               event_callback_fn callback, const struct timeval *every)
{
    struct event *e = event_new(s->base, fd, what | EV_PERSIST, callback, s);
    if (e == NULL || event_add(e, every) == 0)
        return e;
    event_free(e);
    return NULL;
}

/* Returns 0, or -1 when out of memory, which is recorded. */
static int set_up(struct serving *s)
{
    static const struct timeval tick_time = { .tv_usec = TICK_MS * 1000 };
    s->base = kept(event_base_new());
    s->http = s->base == NULL ? NULL : kept(evhttp_new(s->base));
    s->most = most_callers();
    const struct callers_options options = { .tls = s->tls,
                                             .limit = s->most,
                                             .input_most = HEADERS_MAX + s->calls.body_most,
                                             .crowded = crowded,
                                             .ctx = s };
    if (s->http != NULL)
        s->callers = kept(callers_new(s->http, &options));
    if (s->callers == NULL)
        return -1;
    listening_limit(s->http, HEADERS_MAX, s->calls.body_most, STANDSTILL_S);
    evhttp_set_gencb(s->http, request_came, s);
    s->event[0] = add_event(s, SIGTERM, EV_SIGNAL, asked_to_stop, NULL);
    s->event[1] = add_event(s, SIGINT, EV_SIGNAL, asked_to_stop, NULL);
    s->event[2] = add_event(s, SIGHUP, EV_SIGNAL, asked_to_reload, NULL);
    s->event[3] = add_event(s, -1, 0, tick, &tick_time);
    for (size_t i = 0; i < EVENTS; i++)
        if (kept(s->event[i]) == NULL)
            return -1;
    return 0;
}

static void libevent_said(int severity, const char *message)
{
    if (severity >= EVENT_LOG_WARN)
        say("libevent: %s", message);
    loop_said(message);
}

static int start_tls(struct serving *s)
{
    struct tls_trouble trouble;
    if (s->options.tls.cert == NULL)
        return 0;
    s->tls = tls_server_new(&s->options.tls, &trouble);
    if (s->tls == NULL)
        say_trouble(&trouble);
    return s->tls == NULL ? -1 : 0;
}

struct serving *serving_new(const struct serving_options *options,
                            const struct serving_calls *calls)
{
    struct serving *s = kept(calloc(1, sizeof *s));
    if (s == NULL)
        return NULL;
    event_set_log_callback(libevent_said);
    s->calls = *calls;
    s->options = *options;
    if (start_tls(s) == 0 && set_up(s) == 0 && listen_on(s) == 0)
        return s;
    serving_free(s);
    return NULL;
}

bool serving_stopping(const struct serving *s)
{
    return s->stopping;
}

struct event_base *serving_base(const struct serving *s)
{
    return s->base;
}

const char *serving_url(const struct serving *s)
{
    return s->listening.url;
}

enum outcome serving_run(struct serving *s)
{
    if (event_base_dispatch(s->base) != 0)
        s->outcome = OUTCOME_UNDECIDED;
    return s->outcome;
}

void serving_free(struct serving *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < EVENTS; i++)
        if (s->event[i] != NULL)
            event_free(s->event[i]);
    if (s->http != NULL)
        evhttp_free(s->http);
    callers_free(s->callers);
    tls_server_free(s->tls);
    if (s->base != NULL)
        event_base_free(s->base);
    free(s);
}
