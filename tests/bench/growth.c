/* One daemon whose log grows: what an append costs at each size, what receipts and the disk come to. */
#include <stdlib.h>
#include <time.h>

#include "client/base/say.h"
#include "client/remote/fetch.h"
#include "proto/verify/receipt.h"
#include "tests/bench/answering.h"
#include "tests/bench/program.h"
#include "tests/bench/raw.h"
#include "tests/bench/site.h"
#include "tests/must.h"

#define RECEIPTS 32

/* ---- appends --------------------------------------------------------------------------------- */

struct append_cost {
    double cpu_us, ratio;
};

/* Slices are counted in records, so that the log does not outgrow its size meanwhile. */
static struct append_cost append_pairs(struct site *s, enum load_kind kind, uint64_t records)
{
    struct bench *b = s->bench;
    struct append_cost sum;
    struct load_order order = { .kind = kind, .seconds = 60, .records = records };
    double *cpu_us = must(calloc(b->pairs, sizeof *cpu_us)),
           *ratio = must(calloc(b->pairs, sizeof *ratio));
    site_load(s, &order); /* connections that were closed meanwhile are made again */
    for (unsigned i = 0; i < b->pairs; i++) {
        struct raw_slice raw = raw_run(b->raw, b->raw_s);
        struct cost c = site_load(s, &order);
        cpu_us[i] = c.cpu_s * 1e6;
        ratio[i] = raw.cpu_s / c.cpu_s;
    }
    sum.cpu_us = median(cpu_us, b->pairs);
    sum.ratio = median(ratio, b->pairs);
    free(cpu_us);
    free(ratio);
    return sum;
}

/* Returns the ratio of single appends. */
static double measure_appends(struct site *s, uint64_t size)
{
    struct figures *f = &s->bench->figures;
    uint64_t records = size / 20 < 5000 ? size / 20 : 5000;
    progress("growth: appends at %llu entries", (unsigned long long)size);
    struct append_cost single = append_pairs(s, LOAD_SINGLE, records);
    struct append_cost batch =
        append_pairs(s, LOAD_BATCH, records < 4 * BATCH ? 4 * BATCH : records);
    figure_at(f, size, "append_cpu_us", single.cpu_us);
    figure_at(f, size, "append_ratio", single.ratio);
    figure_at(f, size, "batch_cpu_us", batch.cpu_us);
    figure_at(f, size, "batch_ratio", batch.ratio);
    figure_at(f, size, "daemon_anon_mib", program_anon_mib(s->daemon));
    return single.ratio;
}

/* On to that size; where answers are asked for, in the steps that spread their entries. */
static void fill(struct site *s, uint64_t size, struct answering *a)
{
    answering_spread(a, s); /* appends that were measured may have gone beyond a step */
    if (s->size >= size)
        return;
    progress("growth: on to %llu entries", (unsigned long long)size);
    while (s->size < size) {
        uint64_t next = answering_next(a, s->size);
        if (next > size)
            next = size;
        site_load(s, &(struct load_order){
                         .kind = LOAD_BATCH, .seconds = 7200, .records = next - s->size });
        answering_spread(a, s);
    }
}

/* ---- receipts -------------------------------------------------------------------------------- */

static void reject(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU seconds to verify one of these. */
static double verify_all(const struct site *s, const struct buf *receipt, unsigned rounds)
{
    struct receipt_report report;
    double begin = cpu_now();
    for (unsigned i = 0; i < rounds * RECEIPTS; i++)
        if (receipt_judge(&report, s->policy, buf_span(&receipt[i % RECEIPTS]), NULL, reject,
                          NULL) != VERDICT_GOOD)
            die("a receipt is not good");
    return (cpu_now() - begin) / (rounds * RECEIPTS);
}

/* Receipts of entries from all over the log. */
static double fetch_receipts(const struct site *s, struct buf *receipt)
{
    double bytes = 0;
    struct fetcher *f = fetcher_new(s->url);
    for (unsigned i = 0; i < RECEIPTS; i++) {
        char path[64];
        struct answer a;
        snprintf(path, sizeof path, "v1/receipts/%llu",
                 (unsigned long long)(s->size - 1 - i * (s->size / 2 / RECEIPTS)));
        fetch_get(f, path, RECEIPT_MAX, &receipt[i], &a);
        if (a.status != 200)
            die("%s: %ld", path, a.status);
        bytes += (double)receipt[i].n;
    }
    fetcher_free(f);
    return bytes / RECEIPTS;
}

static void measure_receipts(struct site *s, uint64_t size)
{
    struct bench *b = s->bench;
    struct buf receipt[RECEIPTS] = { { 0 } };
    double bytes = fetch_receipts(s, receipt);
    double *us = must(calloc(b->pairs, sizeof *us));
    for (unsigned i = 0; i < b->pairs; i++)
        us[i] = verify_all(s, receipt, b->shortened ? 1 : 20) * 1e6;
    double each = median(us, b->pairs);
    figure_at(&b->figures, size, "receipt_us", each);
    figure_at(&b->figures, size, "receipt_bytes", bytes);
    if (size == bench_large(b)) {
        figure(&b->figures, "receipt.verify_us", each);
        figure(&b->figures, "receipt.bytes", bytes);
        figure(&b->figures, "receipt.entries", (double)s->size);
    }
    free(us);
    for (unsigned i = 0; i < RECEIPTS; i++)
        buf_free(&receipt[i]);
}

/* ---- the disk -------------------------------------------------------------------------------- */

static void measure_storage(struct site *s, uint64_t size)
{
    struct figures *f = &s->bench->figures;
    double ratio = (double)site_disk(s) / (double)s->bytes;
    figure_at(f, size, "storage_ratio", ratio);
    if (size == bench_large(s->bench)) {
        figure(f, "storage.ratio", ratio);
        figure(f, "storage.bytes_per_entry", (double)s->bytes / (double)s->size);
        figure(f, "storage.entries", (double)s->size);
    }
}

void bench_growth(struct bench *b)
{
    struct site s;
    double first = 0, last = 0;
    struct answering asked = { 0 };
    bool all = wants(b, SECTION_GROWTH) || wants(b, SECTION_ANSWER);
    unsigned sizes = all ? b->sizes : b->sizes < 3 ? b->sizes : 3;
    site_open(&s, b, "growth");
    if (wants(b, SECTION_ANSWER))
        answering_open(&asked, &s, b->size[sizes - 1]);
    for (unsigned i = 0; i < sizes; i++) {
        fill(&s, b->size[i], &asked);
        if (wants(b, SECTION_STORAGE) || wants(b, SECTION_GROWTH))
            measure_storage(&s, b->size[i]);
        if (wants(b, SECTION_RECEIPT) || wants(b, SECTION_GROWTH))
            measure_receipts(&s, b->size[i]);
        if (!wants(b, SECTION_GROWTH))
            continue;
        last = measure_appends(&s, b->size[i]);
        first = i == 0 ? last : first;
        figure(&b->figures, "growth.append_cost", first / last);
        figure(&b->figures, "growth.entries", (double)b->size[i]);
    }
    if (wants(b, SECTION_ANSWER))
        bench_answer(&s, &asked);
    site_close(&s);
}
