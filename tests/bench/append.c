/* Appending: at saturation what a record costs, at half of that how long its receipt takes. */
#include <stdlib.h>

#include "client/base/say.h"
#include "tests/bench/raw.h"
#include "tests/bench/site.h"
#include "tests/must.h"

/* The value below which that part of all lie; sorts them. */
static double percentile(struct load_result *r, double part)
{
    if (r->latencies == 0)
        return 0;
    qsort(r->latency_s, r->latencies, sizeof *r->latency_s, ascending);
    return r->latency_s[(size_t)(part * (double)(r->latencies - 1))];
}

struct pairs {
    double *per_s, *cpu_us, *ratio, *p50_ms, *p99_ms; /* of each */
    unsigned n;
};

static struct pairs pairs_new(unsigned n)
{
    struct pairs p = { .n = n };
    double **all[] = { &p.per_s, &p.cpu_us, &p.ratio, &p.p50_ms, &p.p99_ms };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        *all[i] = must(calloc(n, sizeof(double)));
    return p;
}

static void pairs_free(struct pairs *p)
{
    free(p->per_s);
    free(p->cpu_us);
    free(p->ratio);
    free(p->p50_ms);
    free(p->p99_ms);
}

static void run_pairs(struct site *s, enum load_kind kind, struct pairs *p)
{
    struct bench *b = s->bench;
    struct load_order order = { .kind = kind, .seconds = b->slice_s };
    site_load(s, &order); /* connections are made */
    for (unsigned i = 0; i < p->n; i++) {
        struct raw_slice raw = raw_run(b->raw, b->raw_s);
        struct cost c = site_load(s, &order);
        p->per_s[i] = (double)c.load.done / c.load.seconds;
        p->cpu_us[i] = c.cpu_s * 1e6;
        p->ratio[i] = raw.cpu_s / c.cpu_s;
        p->p50_ms[i] = percentile(&c.load, 0.50) * 1e3;
        p->p99_ms[i] = percentile(&c.load, 0.99) * 1e3;
    }
}

static double run_single(struct site *s)
{
    struct figures *f = &s->bench->figures;
    struct pairs p = pairs_new(s->bench->pairs);
    run_pairs(s, LOAD_SINGLE, &p);
    double per_s = median(p.per_s, p.n);
    figure(f, "append.per_s", per_s);
    figure(f, "append.cpu_us", median(p.cpu_us, p.n));
    figure(f, "append.ratio", median(p.ratio, p.n));
    figure(f, "append.full_p50_ms", median(p.p50_ms, p.n));
    figure(f, "append.full_p99_ms", median(p.p99_ms, p.n));
    pairs_free(&p);
    return per_s;
}

static void run_batches(struct site *s)
{
    struct figures *f = &s->bench->figures;
    struct pairs p = pairs_new(s->bench->pairs);
    run_pairs(s, LOAD_BATCH, &p);
    figure(f, "append.batch_per_s", median(p.per_s, p.n));
    figure(f, "append.batch_cpu_us", median(p.cpu_us, p.n));
    figure(f, "append.batch_ratio", median(p.ratio, p.n));
    pairs_free(&p);
}

/* One stretch as long as all slices together: a rare pause must not fall out of a median. */
static void run_half(struct site *s, double per_s)
{
    struct bench *b = s->bench;
    struct load_order order = { .kind = LOAD_SINGLE,
                                .seconds = b->slice_s * b->pairs,
                                .per_second = per_s / 2 };
    struct cost c = site_load(s, &order);
    figure(&b->figures, "append.p50_ms", percentile(&c.load, 0.50) * 1e3);
    figure(&b->figures, "append.p99_ms", percentile(&c.load, 0.99) * 1e3);
}

void bench_append(struct bench *b)
{
    struct site s;
    progress("append: a daemon with %u signers", b->signers);
    site_open(&s, b, "append");
    progress("append: %u pairs of slices, one record per request", b->pairs);
    double per_s = run_single(&s);
    progress("append: half load");
    run_half(&s, per_s);
    progress("append: %u pairs of slices, batches of %u", b->pairs, BATCH);
    run_batches(&s);
    site_close(&s);
}
