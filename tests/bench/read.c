/* Reading: tiles, bundles and receipts, beside a plain evhttp loop that answers the same bytes. */
#include <sodium.h>
#include <stdlib.h>

#include "client/base/say.h"
#include "client/remote/fetch.h"
#include "proto/tlog/tile.h"
#include "tests/bench/plain.h"
#include "tests/bench/program.h"
#include "tests/bench/site.h"
#include "tests/must.h"

#define PAGES_MAX 256
#define PAGE_MAX (32 * 1024 * 1024)

enum reading { TILES, BUNDLES, RECEIPTS, READINGS };
static const char *const names[] = { "tiles", "bundles", "receipts" };

/* One of the log's, at random. */
static void choose(char out[static 80], enum reading what, uint64_t size)
{
    char path[TILE_PATH_MAX];
    uint64_t full = size / TILE_WIDTH;
    if (what == RECEIPTS) {
        snprintf(out, 80, "/v1/receipts/%u", randombytes_uniform((uint32_t)size));
        return;
    }
    struct tile t = { .level = what == TILES ? 0 : TILE_ENTRIES,
                      .n = randombytes_uniform((uint32_t)full),
                      .width = TILE_WIDTH };
    tile_path(path, &t);
    snprintf(out, 80, "/%s", path);
}

static void get_pages(const struct site *s, enum reading what, struct page *page)
{
    struct fetcher *f = fetcher_new(s->url);
    for (size_t i = 0; i < PAGES_MAX; i++) {
        char path[80];
        struct answer a;
        choose(path, what, s->size);
        page[i] = (struct page){ .path = must(strdup(path)) };
        fetch_get(f, path + 1, PAGE_MAX, &page[i].body, &a);
        if (a.status != 200)
            die("%s: %ld", path, a.status);
        snprintf(page[i].type, sizeof page[i].type, "%s", a.type);
    }
    fetcher_free(f);
}

/* One server, asked by a load of its own. */
struct side {
    pid_t pid;
    struct load *load;
    double per_s, cpu_s; /* of the last slice; for one answer */
};

static void open_side(struct side *x, struct site *s, pid_t pid, uint16_t port, char **path)
{
    struct load_setup setup = { .port = port,
                                .connections = CONNECTIONS,
                                .processes = s->bench->cores,
                                .people = &s->bench->people,
                                .path = path,
                                .paths = PAGES_MAX };
    x->pid = pid;
    x->load = load_start(&setup);
}

static void run_slice(struct side *x, double seconds)
{
    struct load_order order = { .kind = LOAD_GET, .seconds = seconds };
    double before = program_cpu(x->pid);
    struct load_result r = load_run(x->load, &order);
    x->cpu_s = (program_cpu(x->pid) - before) / (double)r.done;
    x->per_s = (double)r.done / r.seconds;
    if (r.refused > 0)
        die("%llu requests were not answered", (unsigned long long)r.refused);
}

static void keep(struct bench *b, enum reading what, const char *name, double *value)
{
    char path[80];
    snprintf(path, sizeof path, "read.%s_%s", names[what], name);
    figure(&b->figures, path, median(value, b->pairs));
}

static void run_pairs(struct bench *b, enum reading what, struct side *ours, struct side *plain)
{
    double *value = must(calloc(4 * b->pairs, sizeof *value));
    double *per_s = value, *per_core = per_s + b->pairs, *ratio = per_core + b->pairs,
           *wall = ratio + b->pairs;
    run_slice(ours, b->raw_s); /* connections are made */
    run_slice(plain, b->raw_s);
    for (unsigned i = 0; i < b->pairs; i++) {
        run_slice(plain, b->slice_s / 2);
        run_slice(ours, b->slice_s / 2);
        per_s[i] = ours->per_s;
        per_core[i] = 1 / ours->cpu_s;
        ratio[i] = plain->cpu_s / ours->cpu_s;
        wall[i] = ours->per_s / plain->per_s;
    }
    keep(b, what, "per_s", per_s);
    keep(b, what, "per_core_s", per_core);
    keep(b, what, "ratio", ratio);
    keep(b, what, "wall_ratio", wall);
    free(value);
}

static void measure(struct site *s, enum reading what)
{
    static struct page page[PAGES_MAX];
    static char *path[PAGES_MAX];
    struct plain p;
    struct side ours, plain;
    progress("read: %s", names[what]);
    get_pages(s, what, page);
    for (size_t i = 0; i < PAGES_MAX; i++)
        path[i] = page[i].path;
    plain_start(&p, page, PAGES_MAX);
    open_side(&ours, s, s->daemon, s->port, path);
    open_side(&plain, s, p.pid, p.port, path);
    run_pairs(s->bench, what, &ours, &plain);
    load_stop(ours.load);
    load_stop(plain.load);
    plain_stop(&p);
    for (size_t i = 0; i < PAGES_MAX; i++) {
        free(page[i].path);
        buf_free(&page[i].body);
    }
}

void bench_read(struct bench *b)
{
    struct site s;
    progress("read: a log of %llu entries", (unsigned long long)b->size[1]);
    site_open(&s, b, "read");
    site_load(&s,
              &(struct load_order){ .kind = LOAD_BATCH, .seconds = 7200, .records = b->size[1] });
    for (enum reading what = TILES; what < READINGS; what++)
        measure(&s, what);
    site_close(&s);
}
