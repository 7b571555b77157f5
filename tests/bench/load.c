#include "tests/bench/load.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <math.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/say.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"
#include "proto/verify/receipt.h"
#include "tests/bench/bench.h"
#include "tests/must.h"

#define LATENCIES_MAX (1u << 20)
#define WAITING_MAX (1u << 16)
#define CHECK_EVERY 256
#define RECEIPT_BEGIN "c2sp.org/tlog-proof@v1\n"

/* What a process tells the others, in memory that they share. */
struct share {
    struct load_result result;
    double latency_s[LATENCIES_MAX];
};

struct worker {
    pid_t pid;
    int socket;
    struct share *share;
};

struct load {
    unsigned workers;
    struct worker *worker;
    double *latency_s; /* of all workers */
};

struct process;

struct connection {
    struct evhttp_connection *http;
    struct process *process;
    struct connection *next_idle;
    double due;
    size_t notes, bytes; /* of the request under way */
    struct buf note;     /* the last one that was sent */
};

struct process {
    const struct load_setup *setup;
    struct event_base *base;
    struct connection *connection, *idle;
    unsigned connections, busy;
    struct share *share;
    struct load_order order;
    double until, next_due;
    uint64_t begun;
    size_t person, path;
    struct event *timer;         /* of the open loop */
    double waiting[WAITING_MAX]; /* due, and no connection is free: a ring */
    size_t first, last;
    struct buf line, note;
    char host[32];
};

/* ---- one request ----------------------------------------------------------------------------- */

static void sign_next(struct process *p, struct buf *note)
{
    const struct people *people = p->setup->people;
    size_t who = p->person++ % people->persons;
    buf_clear(note);
    request_line(&p->line, people, who, p->order.warrant.ref[0] == 0 ? NULL : &p->order.warrant);
    record_sign(note, KIND_REQUEST, buf_str(&p->line), &people->person[who].key);
    if (note->failed)
        die_of_memory();
}

static void fill_batch(struct connection *c, struct evbuffer *body)
{
    for (unsigned i = 0; i < BATCH; i++) {
        sign_next(c->process, &c->note);
        uint8_t length[2] = { (uint8_t)(c->note.n >> 8), (uint8_t)c->note.n };
        evbuffer_add(body, length, sizeof length);
        evbuffer_add(body, c->note.p, c->note.n);
        c->bytes += c->note.n;
    }
    c->notes = BATCH;
}

static void answered(struct evhttp_request *request, void *ctx);

static void send_request(struct connection *c, double due)
{
    struct process *p = c->process;
    struct evhttp_request *request = evhttp_request_new(answered, c);
    if (request == NULL)
        die_of_memory();
    struct evbuffer *body = evhttp_request_get_output_buffer(request);
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    bool get = p->order.kind == LOAD_GET, batch = p->order.kind == LOAD_BATCH;
    evhttp_add_header(headers, "Host", p->host);
    if (!get)
        evhttp_add_header(headers, "Content-Type",
                          batch ? "application/octet-stream" : "text/plain");
    c->due = due;
    c->notes = 1;
    c->bytes = 0;
    if (batch) {
        fill_batch(c, body);
    } else if (!get) {
        sign_next(p, &c->note);
        c->bytes = c->note.n;
        evbuffer_add(body, c->note.p, c->note.n);
    }
    p->busy++;
    p->begun += c->notes;
    const char *path = get ? p->setup->path[p->path++ % p->setup->paths] : "/v1/records";
    if (evhttp_make_request(c->http, request, get ? EVHTTP_REQ_GET : EVHTTP_REQ_POST, path) != 0)
        die("a request could not be made");
}

static void reject(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

/* A receipt that convinces, and is of the record that was sent. */
static void check_receipt(struct process *p, const struct connection *c, struct span text)
{
    struct receipt_report report;
    struct receipt r;
    struct refusal why = { 0 };
    if (receipt_judge(&report, p->setup->policy, text, NULL, reject, NULL) != VERDICT_GOOD ||
        receipt_parse(&r, text, &why) != 0)
        die("a receipt is not good");
    struct span e = r.entry[0].bytes;
    if (e.n < c->note.n || memcmp(e.p + e.n - c->note.n, c->note.p, c->note.n) != 0)
        die("a receipt is of another record");
    receipt_free(&r);
    p->share->result.checked++;
}

static bool take_single(struct process *p, struct connection *c, int status, struct evbuffer *body)
{
    static const char begin[] = RECEIPT_BEGIN;
    char first[sizeof begin - 1];
    struct load_result *r = &p->share->result;
    if (status != 201 || evbuffer_copyout(body, first, sizeof first) != (ev_ssize_t)sizeof first ||
        memcmp(first, begin, sizeof first) != 0)
        return false;
    if (r->done++ % CHECK_EVERY == 0)
        check_receipt(p, c, span_of(evbuffer_pullup(body, -1), evbuffer_get_length(body)));
    return true;
}

/* One line for each note, in their order: {"index":…} or an error. */
static bool take_batch(struct process *p, const struct connection *c, int status,
                       struct evbuffer *body)
{
    size_t n = evbuffer_get_length(body), lines = 0;
    const char *at = (const char *)evbuffer_pullup(body, -1);
    static const char good[] = "{\"index\":";
    if (status != 200 || n == 0)
        return false;
    for (const char *end = at + n, *line = at; line < end; lines++) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (newline == NULL || strncmp(line, good, sizeof good - 1) != 0)
            return false;
        line = newline + 1;
    }
    if (lines != c->notes)
        return false;
    p->share->result.done += lines;
    return true;
}

static void take(struct process *p, struct connection *c, struct evhttp_request *request)
{
    struct load_result *r = &p->share->result;
    bool good = false;
    int status = request == NULL ? 0 : evhttp_request_get_response_code(request);
    struct evbuffer *body = request == NULL ? NULL : evhttp_request_get_input_buffer(request);
    if (p->order.kind == LOAD_GET && status == 200) {
        c->bytes = evbuffer_get_length(body);
        r->done++;
        good = true;
    } else if (p->order.kind == LOAD_SINGLE && body != NULL) {
        good = take_single(p, c, status, body);
    } else if (p->order.kind == LOAD_BATCH && body != NULL) {
        good = take_batch(p, c, status, body);
    }
    r->refused += good ? 0 : c->notes;
    r->bytes += good ? c->bytes : 0;
    if (good && r->latencies < LATENCIES_MAX)
        p->share->latency_s[r->latencies++] = now_s() - c->due;
}

/* ---- when ------------------------------------------------------------------------------------ */

static bool finished(const struct process *p)
{
    if (p->order.per_second > 0)
        return p->next_due >= p->until && p->first == p->last;
    return now_s() >= p->until || (p->order.records > 0 && p->begun >= p->order.records);
}

static void answered(struct evhttp_request *request, void *ctx)
{
    struct connection *c = ctx;
    struct process *p = c->process;
    p->busy--;
    take(p, c, request);
    if (p->order.per_second > 0 && p->first != p->last) {
        send_request(c, p->waiting[p->first++ % WAITING_MAX]);
    } else if (p->order.per_second == 0 && !finished(p)) {
        send_request(c, now_s());
    } else {
        c->next_idle = p->idle;
        p->idle = c;
        if (p->busy == 0 && finished(p))
            event_base_loopbreak(p->base);
    }
}

static struct connection *take_idle(struct process *p)
{
    struct connection *c = p->idle;
    p->idle = c->next_idle;
    return c;
}

/* The time between two requests, exponential: those of many signers who know nothing of each other. */
static double gap(const struct process *p)
{
    return -log(((double)randombytes_random() + 1) / 4294967297.0) / p->order.per_second;
}

static void set_timer(struct process *p)
{
    double wait = p->next_due - now_s();
    long us = wait <= 0 ? 0 : (long)(wait * 1e6);
    struct timeval in = { .tv_sec = us / 1000000, .tv_usec = us % 1000000 };
    evtimer_add(p->timer, &in);
}

static void due(evutil_socket_t fd, short what, void *ctx)
{
    struct process *p = ctx;
    (void)fd;
    (void)what;
    for (; p->next_due <= now_s() && p->next_due < p->until; p->next_due += gap(p)) {
        if (p->idle != NULL)
            send_request(take_idle(p), p->next_due);
        else if (p->last - p->first < WAITING_MAX)
            p->waiting[p->last++ % WAITING_MAX] = p->next_due;
        else
            die("the daemon does not keep up with half its load");
    }
    if (p->next_due < p->until)
        set_timer(p);
    else if (p->busy == 0 && finished(p))
        event_base_loopbreak(p->base);
}

static void obey(struct process *p)
{
    double begin = now_s();
    p->share->result = (struct load_result){ 0 };
    p->until = begin + p->order.seconds;
    p->begun = 0;
    p->first = p->last = 0;
    if (p->order.per_second > 0) {
        p->next_due = begin + gap(p);
        set_timer(p);
    } else {
        while (p->idle != NULL && (p->order.records == 0 || p->begun < p->order.records))
            send_request(take_idle(p), now_s());
    }
    event_base_dispatch(p->base);
    p->share->result.seconds = now_s() - begin;
}

/* ---- processes ------------------------------------------------------------------------------- */

static struct evhttp_connection *open_connection(struct process *p, SSL_CTX *tls)
{
    struct bufferevent *b = NULL;
    if (tls != NULL)
        b = must(bufferevent_openssl_socket_new(p->base, -1, must(SSL_new(tls)),
                                                BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE));
    return must(evhttp_connection_base_bufferevent_new(p->base, NULL, b, "127.0.0.1",
                                                       (ev_uint16_t)p->setup->port));
}

static void connect_all(struct process *p)
{
    SSL_CTX *tls = p->setup->tls ? must(SSL_CTX_new(TLS_client_method())) : NULL;
    p->connection = must(calloc(p->connections, sizeof *p->connection));
    snprintf(p->host, sizeof p->host, "127.0.0.1:%u", p->setup->port);
    for (unsigned i = 0; i < p->connections; i++) {
        struct connection *c = &p->connection[i];
        c->process = p;
        c->http = open_connection(p, tls);
        evhttp_connection_set_timeout(c->http, 60);
        c->next_idle = p->idle;
        p->idle = c;
    }
}

_Noreturn static void run_process(struct process *p, int socket)
{
    struct event_config *config = must(event_config_new());
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
    p->base = must(event_base_new_with_config(config));
    p->timer = must(evtimer_new(p->base, due, p));
    p->person = randombytes_uniform((uint32_t)p->setup->people->persons);
    p->path = randombytes_random();
    connect_all(p);
    while (read(socket, &p->order, sizeof p->order) == sizeof p->order) {
        obey(p);
        if (write(socket, "", 1) != 1)
            break;
    }
    _exit(0);
}

static void start_worker(struct worker *w, const struct load_setup *setup)
{
    int pair[2];
    struct process *p = must(calloc(1, sizeof *p));
    p->setup = setup;
    p->connections = setup->connections / setup->processes;
    w->share =
        mmap(NULL, sizeof *w->share, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w->share == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        die("a process for the load: %s", strerror(errno));
    p->share = w->share;
    w->pid = fork();
    if (w->pid < 0)
        die("fork: %s", strerror(errno));
    if (w->pid == 0) {
        close(pair[0]);
        run_process(p, pair[1]);
    }
    close(pair[1]);
    w->socket = pair[0];
    free(p);
}

struct load *load_start(const struct load_setup *setup)
{
    struct load *l = must(calloc(1, sizeof *l));
    l->workers = setup->processes;
    l->worker = must(calloc(l->workers, sizeof *l->worker));
    for (unsigned i = 0; i < l->workers; i++)
        start_worker(&l->worker[i], setup);
    return l;
}

static void gather(struct load *l, struct load_result *sum)
{
    size_t n = 0;
    for (unsigned i = 0; i < l->workers; i++) {
        const struct load_result *r = &l->worker[i].share->result;
        sum->done += r->done;
        sum->refused += r->refused;
        sum->checked += r->checked;
        sum->bytes += r->bytes;
        sum->latencies += r->latencies;
    }
    l->latency_s = must(realloc(l->latency_s, (sum->latencies + 1) * sizeof *l->latency_s));
    for (unsigned i = 0; i < l->workers; i++) {
        const struct share *s = l->worker[i].share;
        memcpy(l->latency_s + n, s->latency_s, s->result.latencies * sizeof *l->latency_s);
        n += s->result.latencies;
    }
    sum->latency_s = l->latency_s;
}

/* Of the records that are ordered, those of one worker. */
static uint64_t share_of(const struct load *l, const struct load_order *order, unsigned worker)
{
    return order->records / l->workers + (worker < order->records % l->workers ? 1 : 0);
}

static bool has_part(const struct load *l, const struct load_order *order, unsigned worker)
{
    return order->records == 0 || share_of(l, order, worker) > 0;
}

struct load_result load_run(struct load *l, const struct load_order *order)
{
    struct load_result sum = { 0 };
    struct load_order part = *order;
    char done;
    double begin = now_s();
    part.per_second /= l->workers;
    for (unsigned i = 0; i < l->workers; i++) {
        part.records = share_of(l, order, i);
        l->worker[i].share->result = (struct load_result){ 0 };
        if (has_part(l, order, i) && write(l->worker[i].socket, &part, sizeof part) != sizeof part)
            die("a process of the load has ended");
    }
    for (unsigned i = 0; i < l->workers; i++)
        if (has_part(l, order, i) && read(l->worker[i].socket, &done, 1) != 1)
            die("a process of the load has ended");
    sum.seconds = now_s() - begin;
    gather(l, &sum);
    if (sum.done == 0)
        die("nothing was answered");
    return sum;
}

void load_stop(struct load *l)
{
    for (unsigned i = 0; i < l->workers; i++) {
        close(l->worker[i].socket);
        kill(l->worker[i].pid, SIGTERM); /* a later process holds a copy of that socket */
        waitpid(l->worker[i].pid, NULL, 0);
        munmap(l->worker[i].share, sizeof *l->worker[i].share);
    }
    free(l->worker);
    free(l->latency_s);
    free(l);
}
