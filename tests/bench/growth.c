/* One daemon whose log grows: what an append costs at each size, what receipts and the disk come to. */
#include <stdlib.h>

#include "client/base/say.h"
#include "tests/bench/answering.h"
#include "tests/bench/program.h"
#include "tests/bench/raw.h"
#include "tests/bench/receipts.h"
#include "tests/bench/site.h"
#include "tests/must.h"

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
            bench_receipts(&s, b->size[i]);
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
