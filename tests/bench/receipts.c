#include "tests/bench/receipts.h"

#include <stdlib.h>
#include <time.h>

#include "client/base/say.h"
#include "client/remote/fetch.h"
#include "proto/tlog/checked.h"
#include "proto/verify/receipt.h"
#include "tests/bench/raw.h"
#include "tests/must.h"

#define RECEIPTS 32
#define ROUNDS 20

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

/* µs of CPU of each of these, judged one after another. */
static double judge(const struct site *s, const struct buf *receipt, unsigned n)
{
    struct receipt_report report;
    double begin = cpu_now();
    for (unsigned i = 0; i < n; i++)
        if (receipt_judge(&report, s->policy, buf_span(&receipt[i]), NULL, reject, NULL) !=
            VERDICT_GOOD)
            die("a receipt is not good");
    return (cpu_now() - begin) / n * 1e6;
}

/* Each as the first of a run. */
static double judge_first(const struct site *s, const struct buf *receipt)
{
    double us = 0;
    for (unsigned i = 0; i < RECEIPTS; i++) {
        checked_forget();
        us += judge(s, &receipt[i], 1) / RECEIPTS;
    }
    return us;
}

/* All in one run; the first does not count. */
static double judge_next(const struct site *s, const struct buf *receipt)
{
    checked_forget();
    judge(s, receipt, 1);
    return judge(s, receipt + 1, RECEIPTS - 1);
}

typedef double judge_fn(const struct site *s, const struct buf *receipt);

struct measured {
    double us, raws; /* CPU of one, also in raw verifications of the same moment */
};

static struct measured measure(const struct site *s, judge_fn *each, const struct buf *receipt)
{
    struct bench *b = s->bench;
    struct measured m;
    unsigned rounds = b->shortened ? 2 : ROUNDS;
    double *us = must(calloc(b->pairs, sizeof *us)), *raws = must(calloc(b->pairs, sizeof *raws));
    for (unsigned i = 0; i < b->pairs; i++) {
        struct raw_slice raw = raw_run(b->raw, b->raw_s / 2);
        for (unsigned k = 0; k < rounds; k++)
            us[i] += each(s, receipt) / rounds;
        raws[i] = us[i] / (raw.cpu_s * 1e6);
    }
    m.us = median(us, b->pairs);
    m.raws = median(raws, b->pairs);
    free(us);
    free(raws);
    return m;
}

/* Receipts of entries from all over the log, under one checkpoint; of many signers. */
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

/* As an official has them in a folder: what came back with each record, each with the checkpoint of
 * its moment. */
static void append_receipts(struct site *s, struct buf *receipt)
{
    for (unsigned i = 0; i < RECEIPTS; i++)
        site_request(s, 0, &receipt[i]);
}

void bench_receipts(struct site *s, uint64_t size)
{
    struct bench *b = s->bench;
    struct figures *f = &b->figures;
    struct buf receipt[RECEIPTS] = { { 0 } }, own[RECEIPTS] = { { 0 } };
    double bytes = fetch_receipts(s, receipt);
    double first = measure(s, judge_first, receipt).us;
    figure_at(f, size, "receipt_us", first);
    figure_at(f, size, "receipt_bytes", bytes);
    if (size == bench_large(b)) {
        append_receipts(s, own);
        struct measured next = measure(s, judge_next, own);
        figure(f, "receipt.verify_us", first);
        figure(f, "receipt.next_us", next.us);
        figure(f, "receipt.next_raws", next.raws);
        figure(f, "receipt.next_signer_us", measure(s, judge_next, receipt).us);
        figure(f, "receipt.bytes", bytes);
        figure(f, "receipt.entries", (double)s->size);
    }
    for (unsigned i = 0; i < RECEIPTS; i++) {
        buf_free(&receipt[i]);
        buf_free(&own[i]);
    }
}
