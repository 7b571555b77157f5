#include "client/gate/gate_http.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/gate/gate_bearer.h"
#include "client/gate/gate_granted.h"
#include "client/gate/gate_problem.h"
#include "proto/net/listening.h"
#include "proto/sys/clock.h"
#include "proto/sys/secret.h"

#define BODY_MAX 65536 /* beyond it libevent refuses by itself, without a problem document */
#define WAITING_MAX 64
#define WAITING_OF_ONE 8 /* as whoever names an entry that is not there yet has shown nothing */
#define WAIT_LOG_MS 5000 /* for an entry that the mirror does not have yet */
#define WAIT_RESPONSE_MS 20000 /* for the response to be appended, and shown */
#define RETRY_S 2

/* A presentation that waits for the log. */
struct waiting {
    struct evhttp_request *request; /* NULL: nobody is there any more */
    struct buf text;                /* may name a person */
    struct gate_asker asker;
    int64_t began; /* by the steady clock */
    struct waiting *next;
};

/* An answer that waits for the journal. */
struct deciding {
    struct evhttp_request *request;
    bool data; /* of a ticket; else of a presentation */
    struct gate_answer answer;
    struct deciding *next;
};

struct gate_http {
    struct gate_http_options options;
    struct gate gate;
    struct serving *serving;
    int wake; /* eventfd: other threads say that something moved */
    struct event *woken, *flush;
    struct waiting *waiting;
    size_t waits;
    struct deciding *deciding, **last;
};

/* ---- answers --------------------------------------------------------------------------------- */

static enum language language_of(struct evhttp_request *request)
{
    unsigned times;
    const char *accept = serving_header_of(request, "Accept-Language", &times);
    return accept != NULL && strncasecmp(accept, "es", 2) == 0 ? LANGUAGE_ES : LANGUAGE_EN;
}

static void send_answer(struct gate_http *h, struct evhttp_request *request, bool data,
                        struct gate_answer *a)
{
    struct gate_granted granted;
    struct serving_reply reply = { .status = a->status, .cache = "no-store" };
    /* A proxy sees the headers alone of what it asks. */
    const char *code = reason_code(a->why.reason);
    const struct serving_header refused[] = { { "Bitacora-Refused", code }, { NULL, NULL } };
    const struct serving_header needed[] = { { "WWW-Authenticate", "Bitacora-Ticket" },
                                             { "Bitacora-Refused", code },
                                             { NULL, NULL } };
    if (a->status == 204) {
        gate_grant(&granted, a);
        reply.more = granted.header;
    } else if (a->status == 201) {
        reply.type = "text/plain; charset=utf-8";
        buf_add_span(&reply.body, buf_span(&a->ticket));
        buf_adds(&reply.body, "\n");
    } else {
        gate_problem(&reply, a->status, &a->why, language_of(request));
        reply.more = a->status == 401 ? needed : refused;
        reply.retry_after = a->status == 503 ? RETRY_S : 0;
    }
    gate_count(&h->gate, data, a->status);
    serving_reply(h->serving, request, &reply);
}

static void refuse_now(struct gate_http *h, struct evhttp_request *request, int status,
                       const struct refusal *why, const char *allow, bool close)
{
    struct serving_reply reply = { .cache = "no-store", .allow = allow, .close = close };
    gate_problem(&reply, status, why, language_of(request));
    serving_reply(h->serving, request, &reply);
}

/* ---- the journal ----------------------------------------------------------------------------- */

/* All that was decided in this turn of the loop goes out behind one sync. */
static void flush_journal(evutil_socket_t fd, short what, void *ctx)
{
    struct gate_http *h = ctx;
    struct refusal why;
    (void)fd;
    (void)what;
    int failed = gate_journal_waits(h->gate.journal) ? gate_sync(&h->gate, &why) : 0;
    struct deciding *d = h->deciding;
    h->deciding = NULL;
    h->last = &h->deciding;
    while (d != NULL) {
        struct deciding *next = d->next;
        serving_forget(h->serving, &d->request);
        if (failed != 0) {
            d->answer.status = 503;
            d->answer.why = why;
        }
        if (d->request != NULL)
            send_answer(h, d->request, d->data, &d->answer);
        gate_answer_wipe(&d->answer);
        free(d);
        d = next;
    }
}

/* Takes the answer over. */
static void answer_later(struct gate_http *h, struct evhttp_request *request, bool data,
                         struct gate_answer *a)
{
    struct deciding *d = calloc(1, sizeof *d);
    if (d == NULL) {
        a->status = 503;
        refuse(&a->why, REASON_MEMORY, "");
        send_answer(h, request, data, a);
        gate_answer_wipe(a);
        return;
    }
    *d = (struct deciding){ .request = request, .data = data, .answer = *a };
    serving_watch(h->serving, &d->request);
    *h->last = d;
    h->last = &d->next;
    event_active(h->flush, EV_TIMEOUT, 0);
}

/* A claim may wait for the journal where the answer does not. */
static void give_answer(struct gate_http *h, struct evhttp_request *request, bool data,
                        struct gate_answer *a)
{
    if (a->journaled) {
        answer_later(h, request, data, a);
        return;
    }
    send_answer(h, request, data, a);
    gate_answer_wipe(a);
}

/* ---- presentations --------------------------------------------------------------------------- */

static void free_waiting(struct gate_http *h, struct waiting *w)
{
    buf_wipe(&w->text);
    free(w);
    h->waits--;
}

/* Asks again. Returns whether it goes on waiting. */
static bool ask_again(struct gate_http *h, struct waiting *w)
{
    struct gate_answer a;
    int64_t waited = clock_steady() - w->began;
    w->asker.last = serving_stopping(h->serving) || waited >= WAIT_RESPONSE_MS;
    gate_present(&h->gate, buf_span(&w->text), &w->asker, &a);
    if (a.waits && waited >= WAIT_LOG_MS && a.why.reason != REASON_GATE_RESPONSE) {
        gate_answer_wipe(&a);
        w->asker.last = true;
        gate_present(&h->gate, buf_span(&w->text), &w->asker, &a);
    }
    if (a.waits) {
        gate_answer_wipe(&a);
        return true;
    }
    serving_forget(h->serving, &w->request);
    give_answer(h, w->request, false, &a);
    return false;
}

static void ask_all_again(struct gate_http *h)
{
    struct waiting **at = &h->waiting;
    while (*at != NULL) {
        struct waiting *w = *at;
        if (w->request != NULL && ask_again(h, w)) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        free_waiting(h, w);
    }
    if (gate_journal_waits(h->gate.journal))
        event_active(h->flush, EV_TIMEOUT, 0);
}

static bool may_wait(const struct gate_http *h, const struct gate_asker *asker)
{
    unsigned his = 0;
    for (const struct waiting *w = h->waiting; w != NULL; w = w->next)
        his += hash_eq(&w->asker.bearer, &asker->bearer);
    return h->waits < WAITING_MAX && his < WAITING_OF_ONE;
}

/* NULL: there is no room for one more. */
static struct waiting *new_waiting(struct gate_http *h, struct evhttp_request *request,
                                   struct span text, const struct gate_asker *asker)
{
    struct waiting *w = may_wait(h, asker) ? calloc(1, sizeof *w) : NULL;
    if (w == NULL)
        return NULL;
    *w = (struct waiting){
        .request = request, .asker = *asker, .began = clock_steady(), .next = h->waiting
    };
    buf_add_span(&w->text, text);
    h->waits++;
    if (!w->text.failed)
        return w;
    free_waiting(h, w);
    return NULL;
}

static void wait_for_log(struct gate_http *h, struct evhttp_request *request, struct span text,
                         const struct gate_asker *asker)
{
    struct waiting *w = new_waiting(h, request, text, asker);
    if (w == NULL) {
        struct gate_answer a = { .status = 503 };
        refuse(&a.why, REASON_BUSY, "");
        give_answer(h, request, false, &a);
        return;
    }
    h->waiting = w;
    serving_watch(h->serving, &w->request);
    gate_mirror_poke(h->gate.mirror);
}

static void take_presentation(struct gate_http *h, struct evhttp_request *request,
                              const struct gate_asker *asker)
{
    bool failed;
    struct gate_answer a;
    struct span text = serving_body(request, &failed);
    if (failed || text.n > GATE_PRESENTED_MAX) {
        a = (struct gate_answer){ .status = failed ? 503 : 413 };
        refuse(&a.why, failed ? REASON_MEMORY : REASON_GATE_LARGE, "");
        give_answer(h, request, false, &a);
        return;
    }
    gate_present(&h->gate, text, asker, &a);
    if (a.waits) {
        gate_answer_wipe(&a);
        wait_for_log(h, request, text, asker);
    } else {
        give_answer(h, request, false, &a);
    }
    if (gate_journal_waits(h->gate.journal))
        event_active(h->flush, EV_TIMEOUT, 0);
}

/* ---- tickets --------------------------------------------------------------------------------- */

static void take_ticket(struct gate_http *h, struct evhttp_request *request,
                        const struct gate_asker *asker)
{
    unsigned times;
    struct gate_answer a = { .entry = NO_ENTRY };
    const char *ticket = serving_header_of(request, "Bitacora-Ticket", &times);
    if (times == 0 || (ticket != NULL && ticket[0] == 0)) {
        a.status = 401;
        refuse(&a.why, REASON_TICKET_NONE, "");
    } else if (times > 1 || ticket == NULL) {
        a.status = 403;
        refuse(&a.why, REASON_TICKET_FORM, "several");
    } else {
        gate_decide(&h->gate, span_str(ticket), asker, &a);
    }
    give_answer(h, request, true, &a);
}

/* ---- routes ---------------------------------------------------------------------------------- */

static void ask_gate(struct gate_http *h, struct evhttp_request *request, bool data)
{
    struct gate_asker asker = { .since = clock_wall() };
    struct gate_answer a = { .status = 400 };
    if (gate_bearer(&asker.bearer, h->serving, request, h->options.trusted_proxy, &a.why) != 0)
        give_answer(h, request, data, &a);
    else if (data)
        take_ticket(h, request, &asker);
    else
        take_presentation(h, request, &asker);
}

/* Is it there at all; can requests be decided now? */
static void tell_state(struct gate_http *h, struct evhttp_request *request, bool ready)
{
    struct refusal why;
    struct serving_reply reply = { .status = 200, .type = "application/json", .cache = "no-store" };
    const struct refusal *not_ready = gate_readiness(&h->gate, &why);
    buf_addf(&reply.body, "{\"state\":\"%s\"}\n",
             not_ready == NULL ? "ok" : reason_code(not_ready->reason));
    if (ready && not_ready != NULL) {
        reply.status = 503;
        reply.retry_after = RETRY_S;
    }
    serving_reply(h->serving, request, &reply);
}

static void tell_metrics(struct gate_http *h, struct evhttp_request *request)
{
    struct serving_reply reply = { .status = 200,
                                   .type = "text/plain; version=0.0.4; charset=utf-8",
                                   .cache = "no-store" };
    gate_metrics(&h->gate, &reply.body);
    serving_reply(h->serving, request, &reply);
}

enum gate_path { PATH_TICKETS, PATH_DATA, PATH_HEALTH, PATH_READY, PATH_METRICS, PATH_NONE };

static enum gate_path gate_path_of(struct span path)
{
    static const char *const known[] = { "/v1/gate/tickets", "/v1/gate", "/healthz", "/readyz",
                                         "/metrics" };
    enum gate_path p = PATH_TICKETS;
    while (p < PATH_NONE && !span_is(path, known[p]))
        p++;
    return p;
}

static void route_to_gate(void *ctx, struct evhttp_request *request, const char *doubt)
{
    struct gate_http *h = ctx;
    struct refusal why;
    enum gate_path path = gate_path_of(request_path(request));
    enum evhttp_cmd_type method = evhttp_request_get_command(request);
    bool reads = method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD;
    if (doubt != NULL) {
        refuse(&why, REASON_REQUEST_FORM, doubt);
        refuse_now(h, request, 400, &why, NULL, true);
    } else if (path == PATH_NONE) {
        refuse(&why, REASON_NOT_FOUND, "");
        refuse_now(h, request, 404, &why, NULL, false);
    } else if (path == PATH_TICKETS ? method != EVHTTP_REQ_POST : !reads) {
        refuse(&why, REASON_METHOD, "");
        refuse_now(h, request, 405, &why, path == PATH_TICKETS ? "POST" : "GET, HEAD", false);
    } else if (path == PATH_METRICS) {
        tell_metrics(h, request);
    } else if (path == PATH_HEALTH || path == PATH_READY) {
        tell_state(h, request, path == PATH_READY);
    } else {
        ask_gate(h, request, path == PATH_DATA);
    }
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* From other threads. */
static void moved(void *ctx)
{
    const struct gate_http *h = ctx;
    const uint64_t one = 1;
    while (write(h->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static void take_move(evutil_socket_t fd, short what, void *ctx)
{
    uint64_t n;
    (void)what;
    if (read(fd, &n, sizeof n) == sizeof n)
        ask_all_again(ctx);
}

/* Deadlines; and while somebody waits the log is asked more often. */
static void tick_gate(void *ctx)
{
    struct gate_http *h = ctx;
    ask_all_again(h);
    if (h->waits > 0)
        gate_mirror_poke(h->gate.mirror);
}

static enum outcome gate_is_broken(void *ctx)
{
    const struct gate_http *h = ctx;
    return gate_broken(&h->gate);
}

static bool is_busy(void *ctx)
{
    const struct gate_http *h = ctx;
    return h->waiting != NULL || h->deciding != NULL;
}

static void read_nothing_again(void *ctx)
{
    (void)ctx;
}

static enum outcome open_server(struct gate_http *h)
{
    const struct serving_calls calls = { .body_most = BODY_MAX,
                                         .answer = route_to_gate,
                                         .reload = read_nothing_again,
                                         .broken = gate_is_broken,
                                         .tick = tick_gate,
                                         .busy = is_busy,
                                         .ctx = h };
    h->serving = serving_new(&h->options.serving, &calls);
    if (h->serving == NULL)
        return OUTCOME_USAGE;
    struct event_base *base = serving_base(h->serving);
    h->woken = kept(event_new(base, h->wake, EV_READ | EV_PERSIST, take_move, h));
    h->flush = kept(event_new(base, -1, EV_PERSIST, flush_journal, h));
    if (h->woken == NULL || h->flush == NULL || event_add(h->woken, NULL) != 0)
        return OUTCOME_UNDECIDED;
    return OUTCOME_PROVEN;
}

struct gate_http *gate_http_open(const struct gate_http_options *options, enum outcome *outcome)
{
    struct gate_http *h = kept(calloc(1, sizeof *h));
    *outcome = OUTCOME_UNDECIDED;
    if (h == NULL)
        return NULL;
    h->options = *options;
    h->last = &h->deciding;
    h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    h->options.gate.moved = moved;
    h->options.gate.ctx = h;
    if (h->wake >= 0)
        *outcome = gate_open(&h->gate, &h->options.gate);
    if (*outcome == OUTCOME_PROVEN)
        *outcome = open_server(h);
    if (*outcome == OUTCOME_PROVEN)
        return h;
    gate_http_close(h);
    return NULL;
}

const char *gate_http_url(const struct gate_http *h)
{
    return serving_url(h->serving);
}

enum outcome gate_http_run(struct gate_http *h)
{
    return gate_start(&h->gate) == 0 ? serving_run(h->serving) : OUTCOME_UNDECIDED;
}

/* Threads first: they wake the loop. */
void gate_http_close(struct gate_http *h)
{
    if (h == NULL)
        return;
    gate_close(&h->gate);
    if (h->woken != NULL)
        event_free(h->woken);
    if (h->flush != NULL)
        event_free(h->flush);
    serving_free(h->serving);
    while (h->waiting != NULL) {
        struct waiting *w = h->waiting;
        h->waiting = w->next;
        free_waiting(h, w);
    }
    while (h->deciding != NULL) {
        struct deciding *d = h->deciding;
        h->deciding = d->next;
        gate_answer_wipe(&d->answer);
        free(d);
    }
    if (h->wake >= 0)
        close(h->wake);
    free(h);
}
