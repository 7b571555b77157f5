/* Appending: at saturation what a record costs, at half of that how long its receipt takes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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
static void run_half(struct site *s, double per_s, const char *prefix)
{
    char path[80];
    struct bench *b = s->bench;
    struct load_order order = { .kind = LOAD_SINGLE,
                                .seconds = b->slice_s * b->pairs,
                                .per_second = per_s / 2 };
    struct cost c = site_load(s, &order);
    snprintf(path, sizeof path, "append.%sp50_ms", prefix);
    figure(&b->figures, path, percentile(&c.load, 0.50) * 1e3);
    snprintf(path, sizeof path, "append.%sp99_ms", prefix);
    figure(&b->figures, path, percentile(&c.load, 0.99) * 1e3);
}

/* ---- beside somebody who writes to the same disk ---------------------------------------------- */

#define WRITTEN_AT_ONCE (1 << 20)
#define WRITES_PER_S 20
#define WRITTEN_MOST 400 /* then the file begins anew */

_Noreturn static void write_on(const char *path)
{
    static uint8_t bytes[WRITTEN_AT_ONCE];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    double next = now_s();
    for (unsigned n = 1; fd >= 0 && write(fd, bytes, sizeof bytes) == sizeof bytes; n++) {
        if (n % WRITTEN_MOST == 0 && (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0))
            break;
        next += 1.0 / WRITES_PER_S;
        while (now_s() < next)
            nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
    _exit(1);
}

static void run_busy(struct site *s, double per_s)
{
    char path[PATH_LONG + 16];
    snprintf(path, sizeof path, "%.900s/written", s->bench->scratch);
    pid_t writer = fork();
    if (writer < 0)
        die("fork: %s", strerror(errno));
    if (writer == 0)
        write_on(path);
    run_half(s, per_s, "busy_");
    if (waitpid(writer, NULL, WNOHANG) != 0)
        die("%s could not be written", path);
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    unlink(path);
}

/* The same with the accelerator, beside libsodium's raw verifications. */
static void run_accelerated(struct bench *b)
{
    struct site s;
    struct pairs p = pairs_new(b->pairs);
    bench_accelerate(b, true);
    site_open(&s, b, "accelerated");
    bench_accelerate(b, false);
    run_pairs(&s, LOAD_SINGLE, &p);
    figure(&b->figures, "append.ratio_accelerated", median(p.ratio, p.n));
    run_pairs(&s, LOAD_BATCH, &p);
    figure(&b->figures, "append.batch_ratio_accelerated", median(p.ratio, p.n));
    site_close(&s);
    pairs_free(&p);
}

void bench_append(struct bench *b)
{
    struct site s;
    progress("append: a daemon with %u signers", b->signers);
    site_open(&s, b, "append");
    progress("append: %u pairs of slices, one record per request", b->pairs);
    double per_s = run_single(&s);
    progress("append: half load");
    run_half(&s, per_s, "");
    progress("append: half load, while another process writes %d MB/s", WRITES_PER_S);
    run_busy(&s, per_s);
    progress("append: %u pairs of slices, batches of %u", b->pairs, BATCH);
    run_batches(&s);
    site_close(&s);
    if (b->accelerator != NULL) {
        run_accelerated(b);
        return;
    }
    figure_missing(&b->figures, "append.ratio_accelerated", b->why_not);
    figure_missing(&b->figures, "append.batch_ratio_accelerated", b->why_not);
}
