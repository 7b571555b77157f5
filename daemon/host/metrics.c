#include "daemon/host/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "proto/lib/bitacora.h"

static const struct {
    const char *name, *type, *help;
} descriptions[METRIC_COUNT] = {
#define X(name, text, type, help) [METRIC_##name] = { text, type, help },
    METRICS(X)
#undef X
};

static const int statuses[] = { 200, 201, 400, 401, 403, 404, 405, 409,
                                410, 413, 415, 422, 429, 503, 504, 507 };
#define STATUSES (sizeof statuses / sizeof *statuses)

static _Atomic int64_t values[METRIC_COUNT];
static _Atomic uint64_t refused[REASON_COUNT];
static _Atomic uint64_t answered[STATUSES + 1]; /* the last: any other */

void metric_add(enum metric m, int64_t n)
{
    atomic_fetch_add_explicit(&values[m], n, memory_order_relaxed);
}

void metric_set(enum metric m, int64_t v)
{
    atomic_store_explicit(&values[m], v, memory_order_relaxed);
}

int64_t metric_get(enum metric m)
{
    return atomic_load_explicit(&values[m], memory_order_relaxed);
}

void metric_refused(enum reason r)
{
    atomic_fetch_add_explicit(&refused[r], 1, memory_order_relaxed);
}

void metric_answered(int status)
{
    size_t i = 0;
    while (i < STATUSES && statuses[i] != status)
        i++;
    atomic_fetch_add_explicit(&answered[i], 1, memory_order_relaxed);
}

void metrics_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_gauge(struct buf *out, const char *name, const char *help, uint64_t v)
{
    metrics_head(out, name, "gauge", help);
    buf_addf(out, "%s %" PRIu64 "\n", name, v);
}

static bool is_in_microseconds(enum metric m)
{
    return m == METRIC_COMMIT_US || m == METRIC_MARK_US || m == METRIC_BATCH_LONGEST_US ||
           m == METRIC_SEQUENCE_US || m == METRIC_INDEX_MERGE_US;
}

static void add_metric(struct buf *out, enum metric m)
{
    int64_t v = metric_get(m);
    metrics_head(out, descriptions[m].name, descriptions[m].type, descriptions[m].help);
    if (is_in_microseconds(m))
        buf_addf(out, "%s %" PRId64 ".%06" PRId64 "\n", descriptions[m].name, v / 1000000,
                 v % 1000000);
    else
        buf_addf(out, "%s %" PRId64 "\n", descriptions[m].name, v);
}

void metrics_format(struct buf *out)
{
    metrics_head(out, "bitacora_build_info", "gauge", "1; its label is the version that runs");
    buf_adds(out, "bitacora_build_info{version=\"" BITACORA_VERSION "\"} 1\n");
    for (int i = 0; i < METRIC_COUNT; i++)
        add_metric(out, (enum metric)i);
    metrics_head(out, "bitacora_records_refused_total", "counter", "records refused, by reason");
    for (int i = 0; i < REASON_COUNT; i++) {
        uint64_t n = atomic_load_explicit(&refused[i], memory_order_relaxed);
        if (n > 0)
            buf_addf(out,
                     "bitacora_records_refused_total{problem=\"%s\",reason=\"%s\"} %" PRIu64 "\n",
                     reason_code((enum reason)i), reason_name((enum reason)i), n);
    }
    metrics_head(out, "bitacora_http_answers_total", "counter", "HTTP answers, by status");
    for (size_t i = 0; i <= STATUSES; i++) {
        uint64_t n = atomic_load_explicit(&answered[i], memory_order_relaxed);
        if (i < STATUSES)
            buf_addf(out, "bitacora_http_answers_total{status=\"%d\"} %" PRIu64 "\n", statuses[i],
                     n);
        else
            buf_addf(out, "bitacora_http_answers_total{status=\"other\"} %" PRIu64 "\n", n);
    }
}
