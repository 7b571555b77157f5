#include <inttypes.h>
#include <stdlib.h>

#include "daemon/host/metrics.h"
#include "daemon/http/handlers.h"
#include "daemon/witnesses/feed.h"
#include "proto/sys/page.h"

#define NOT_WITNESSED "not_witnessed"

/* What the operator asks: answered by a reader, as it looks at the disk. It counts towards no
 * limit, so that it is answered however much else is asked. */
struct operation {
    struct exchange exchange; /* first */
};

static void release_operation(struct exchange *e)
{
    free(e); /* exchange is the first member of what was allocated */
}

/* Has a reader run it. */
static void start_operation(struct call *c, void (*run)(struct work *w))
{
    struct operation *o = calloc(1, sizeof *o);
    if (o == NULL) {
        call_refuse(c, REASON_MEMORY, "");
        return;
    }
    o->exchange.release = release_operation;
    o->exchange.work.run = run;
    call_defer(c, &o->exchange);
    pool_push(c->service->readers, &o->exchange.work);
}

/* Back to the event loop; without its body where there was no memory for it. */
static void finish_operation(struct operation *o)
{
    struct refusal why;
    if (o->exchange.reply.body.failed) {
        refuse(&why, REASON_MEMORY, "");
        problem_reply(&o->exchange.reply, &why, o->exchange.language);
    }
    exchange_return(&o->exchange);
}

/* ---- /healthz, /readyz ----------------------------------------------------------------------- */

/* What ends appending for good, or NULL. */
static const char *end_of_appending(const struct call *c)
{
    return metric_get(METRIC_ROLLED_BACK) != 0 ? "rolled_back"
           : call_stopping(c)                  ? "stopping"
                                               : NULL;
}

static bool is_full(const struct service *s)
{
    return s->room < (uint64_t)s->config.min_free || metric_get(METRIC_STORE_FULL) != 0;
}

/* Of a log whose key is in another process, and that is not reached. */
static bool is_signer_away(const struct service *s)
{
    return s->journal != NULL && metric_get(METRIC_SIGNER_REACHED) == 0;
}

/* Records are appended, and nobody who waits for witnesses gets a receipt. */
static bool is_unwitnessed(const struct service *s)
{
    return s->feed != NULL && feed_waits_long(s->feed);
}

/* What there is to look after, though the log is alive. */
static const char *ailment(const struct service *s)
{
    if (is_signer_away(s))
        return "signer_away";
    if (metric_get(METRIC_ERASURES_PENDING) > 0)
        return "erasure_pending";
    if (metric_get(METRIC_INDEX_STOPPED) != 0)
        return "index_stopped";
    if (metric_get(METRIC_SET_ASIDE) > 0)
        return "witness_set_aside";
    return is_unwitnessed(s) ? NOT_WITNESSED : "ok";
}

/* In the event loop, from what is in memory: so it is answered however much is being read. */
static void answer_state(struct call *c, const char *state, bool well)
{
    struct service *s = c->service;
    struct feed *feed = s->feed;
    struct call_reply a = { .status = well ? 200 : 503,
                            .type = "application/json",
                            .cache = CACHE_NEVER };
    uint64_t size;
    struct hash root;
    newest_get(&s->newest, &size, &root, NULL);
    buf_addf(&a.body, "{\"state\":\"%s\",\"origin\":\"%s\",\"size\":%llu,\"root\":\"", state,
             s->vkey.name, (unsigned long long)size);
    buf_add_base64(&a.body, root.b, HASH_BYTES);
    buf_adds(&a.body, "\",\"set_aside\":");
    if (feed != NULL)
        feed_set_aside(feed, &a.body);
    else
        buf_adds(&a.body, "[]");
    buf_adds(&a.body, "}\n");
    if (!a.body.failed) {
        call_answer(c, &a);
        return;
    }
    buf_free(&a.body);
    call_refuse(c, REASON_MEMORY, "");
}

/* Is the daemon alive, and is there anything to look after? */
void handle_health(struct call *c)
{
    const char *end = end_of_appending(c);
    answer_state(c,
                 end != NULL           ? end
                 : is_full(c->service) ? "full"
                                       : ailment(c->service),
                 end == NULL);
}

/* Can a record be appended now? */
void handle_ready(struct call *c)
{
    const char *why = end_of_appending(c);
    if (why == NULL && metric_get(METRIC_STARTING) != 0)
        why = "starting";
    if (why == NULL && is_full(c->service))
        why = "full";
    if (why == NULL && is_signer_away(c->service))
        why = "signer_away";
    const char *well = is_unwitnessed(c->service) ? NOT_WITNESSED : "ok";
    answer_state(c, why == NULL ? well : why, why == NULL);
}

/* ---- /metrics -------------------------------------------------------------------------------- */

static void add_store_stats(struct buf *out, const struct store_stats *s)
{
    metrics_gauge(out, "bitacora_store_used_bytes", "bytes of the store's file in use",
                  s->used_bytes);
    metrics_gauge(out, "bitacora_store_map_bytes", "bytes it may grow to", s->map_bytes);
    metrics_gauge(out, "bitacora_store_free_bytes", "bytes of it that will be used again",
                  s->free_bytes);
    metrics_gauge(out, "bitacora_store_readers", "readers of the store now", s->readers);
    metrics_gauge(out, "bitacora_store_reader_lag", "commits since the oldest of them began",
                  s->reader_lag);
    metrics_gauge(out, "bitacora_disk_free_bytes", "bytes free on the store's disk",
                  s->disk_free_bytes);
}

/* Of all records that came in, refused ones included; each is counted once. */
static void add_signatures(struct buf *out, const struct service *s)
{
    static const char judged[] = "bitacora_signatures_judged_total",
                      again[] = "bitacora_signatures_rechecked_total";
    const struct sig_verifier *v = s->verifier;
    if (v == NULL)
        return;
    metrics_head(out, judged, "counter", "signatures of records, by who judged them");
    buf_addf(out, "%s{backend=\"libsodium\"} %" PRIu64 "\n", judged, (uint64_t)v->by_library);
    if (s->accelerator != NULL)
        buf_addf(out, "%s{backend=\"%s\"} %" PRIu64 "\n", judged, s->accelerator,
                 v->by_lanes + v->again);
    metrics_head(out, again, "counter",
                 "signatures good by an accelerator that libsodium judged again, as a sample");
    buf_addf(out, "%s %" PRIu64 "\n", again, (uint64_t)v->again);
    metrics_gauge(out, "bitacora_accelerator_judges",
                  "1 while an accelerator judges signatures, 0 without one or once it is lost",
                  sig_verifier_state(v) == SIG_BY_LANES);
}

static void run_metrics(struct work *w)
{
    struct operation *o = (struct operation *)(void *)w;
    struct service *s = o->exchange.service;
    struct call_reply *a = &o->exchange.reply;
    struct store_stats stats;
    bool known = store_stats(s->store, &stats) == STORE_OK;
    if (known)
        metric_set(METRIC_APPENDING, stats.disk_free_bytes >= (uint64_t)s->config.min_free &&
                                         metric_get(METRIC_STORE_FULL) == 0);
    *a = (struct call_reply){ .status = 200,
                              .type = "text/plain; version=0.0.4; charset=utf-8",
                              .cache = CACHE_NEVER };
    metrics_format(&a->body);
    if (known)
        add_store_stats(&a->body, &stats);
    add_signatures(&a->body, s);
    struct feed *feed = s->feed;
    metrics_gauge(&a->body, "bitacora_unwitnessed_seconds",
                  "for how long newer entries have waited, and no quorum has cosigned any",
                  feed == NULL ? 0 : (uint64_t)feed_waits_ms(feed) / 1000);
    if (feed != NULL)
        feed_metrics(feed, &a->body);
    finish_operation(o);
}

void handle_metrics(struct call *c)
{
    start_operation(c, run_metrics);
}

/* ---- / and /policy -------------------------------------------------------------------------- */

static void answer_text(struct call *c, struct call_reply *a)
{
    if (!a->body.failed) {
        call_answer(c, a);
        return;
    }
    buf_free(&a->body);
    call_refuse(c, REASON_MEMORY, "");
}

/* The same file as `bitacora page` writes: it says by itself that it came from the log. */
void handle_page(struct call *c)
{
    static const char none[] =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<title>Bit\xC3\xA1"
        "cora</title>\n<p>This program was built without the page. bitacora replay, bitacora "
        "verify and bitacora page verify this log.</p>\n</html>\n";
    struct call_reply a = { .status = 200,
                            .type = "text/html; charset=utf-8",
                            .cache = CACHE_CHECK };
    struct span page = page_file();
    if (!call_may_read(c, page.n))
        return;
    if (page.n > 0)
        buf_add(&a.body, page.p, page.n);
    else
        buf_adds(&a.body, none);
    answer_text(c, &a);
}

void handle_policy(struct call *c)
{
    struct call_reply a = { .status = 200,
                            .type = "text/plain; charset=utf-8",
                            .cache = CACHE_CHECK };
    shown_policy_get(&c->service->policy, &a.body);
    answer_text(c, &a);
}
