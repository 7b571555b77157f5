#include "tests/bench/answering.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/base/say.h"
#include "client/remote/fetch.h"
#include "tests/bench/program.h"
#include "tests/must.h"

#define SHARES 20
#define MIRRORED_MAX 1000000 /* entries; a mirror of more takes minutes */
#define METRICS_MAX (1u << 20)
#define INDEX_SECONDS 600 /* until the index covers what was asked for */

static const struct {
    const char *name, *ref;
    uint64_t entries, few; /* with --short */
} kinds[QUESTIONS] = { { "one", "BENCH-ONE", 1, 1 },
                       { "twenty", "BENCH-TWENTY", 20, 5 },
                       { "many", "BENCH-MANY", 5000, 50 },
                       { "none", "BENCH-NONE", 0, 0 } };
enum { ONE, TWENTY, MANY, NONE };

/* ---- what is asked for ----------------------------------------------------------------------- */

void answering_open(struct answering *a, struct site *s, uint64_t until)
{
    *a = (struct answering){ .until = until };
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct question *q = &a->question[i];
        q->entries = s->bench->shortened ? kinds[i].few : kinds[i].entries;
        if (q->entries > 0)
            site_warrant(s, kinds[i].ref, &q->warrant);
        else
            snprintf(q->warrant.ref, sizeof q->warrant.ref, "%s", kinds[i].ref);
    }
}

static uint64_t due_at(const struct answering *a, unsigned share)
{
    return a->until / SHARES * share;
}

uint64_t answering_next(const struct answering *a, uint64_t size)
{
    unsigned share = a->spread;
    while (share < SHARES && due_at(a, share) <= size)
        share++;
    return a->until == 0 || share == SHARES ? UINT64_MAX : due_at(a, share);
}

static void append_share(struct question *q, struct site *s, unsigned share)
{
    uint64_t requests = q->entries == 0 ? 0 : q->entries - 1;
    uint64_t n = requests * (share + 1) / SHARES - requests * share / SHARES;
    if (n == 0)
        return;
    struct cost c = site_load(
        s, &(struct load_order){
               .kind = LOAD_SINGLE, .seconds = 7200, .records = n, .warrant = q->warrant });
    if (c.load.done != n)
        die("%llu of %llu requests are in the log", (unsigned long long)c.load.done,
            (unsigned long long)n);
}

void answering_spread(struct answering *a, struct site *s)
{
    for (; a->until > 0 && a->spread < SHARES && due_at(a, a->spread) <= s->size; a->spread++)
        for (unsigned i = 0; i < QUESTIONS; i++)
            append_share(&a->question[i], s, a->spread);
}

/* ---- what the daemon counts ------------------------------------------------------------------ */

/* The sum of what /metrics says in lines that begin so. */
static double metric(const struct site *s, const char *begin)
{
    struct fetcher *f = fetcher_new(s->url);
    struct buf body = { 0 };
    struct answer a;
    double sum = 0;
    fetch_get(f, "metrics", METRICS_MAX, &body, &a);
    if (a.status != 200)
        die("metrics: %ld", a.status);
    for (const char *line = buf_str(&body), *end; (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        const char *value = memrchr(line, ' ', (size_t)(end - line));
        if (strncmp(line, begin, strlen(begin)) == 0 && value != NULL)
            sum += strtod(value, NULL);
    }
    buf_free(&body);
    fetcher_free(f);
    return sum;
}

/* Requests that it has answered. */
static double answered(const struct site *s)
{
    return metric(s, "bitacora_http_answers_total{");
}

/* ---- one command ----------------------------------------------------------------------------- */

/* A run of bitacora, and what it says. */
struct said {
    struct ran ran;
    json_t *json; /* NULL: nothing that is JSON */
};

static struct said ask(const struct site *s, const char *const *argv)
{
    char out[PATH_LONG + 16];
    snprintf(out, sizeof out, "%s.said", s->dir);
    struct said said = { .ran = program_run(argv, out) };
    said.json = json_load_file(out, 0, NULL);
    return said;
}

static uint64_t member(const json_t *o, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(o, name));
}

/* bitacora answer: from the log, or from the files of a folder. The file of before must be gone. */
static struct said ask_answer(const struct site *s, const struct question *q, const char *dir,
                              const char *file)
{
    char client[PATH_LONG + 16];
    snprintf(client, sizeof client, "%s/bitacora", s->bench->bin);
    const char *argv[] = { client,
                           "answer",
                           "--policy",
                           s->policy_file,
                           dir ? "--dir" : "--log",
                           dir ? dir : s->url,
                           "--warrant",
                           q->warrant.ref,
                           "--out",
                           file,
                           "--json",
                           NULL };
    if (unlink(file) != 0 && errno != ENOENT)
        die("%s: %s", file, strerror(errno));
    return ask(s, argv);
}

/* No figure is made of a wrong answer. */
static void must_be_right(const struct said *said, const struct question *q)
{
    size_t n = json_array_size(json_object_get(said->json, "entries"));
    if (said->ran.status != 0 || !json_is_true(json_object_get(said->json, "ok")) ||
        !json_is_true(json_object_get(said->json, "complete")) || n != q->entries)
        die("the answer about %s is wrong: exit status %d, %zu entries of %llu", q->warrant.ref,
            said->ran.status, n, (unsigned long long)q->entries);
}

/* ---- the index ------------------------------------------------------------------------------- */

/* Fills the log up to where the index must be signed once more, and waits until it was. */
static void wait_for_index(struct site *s, const struct answering *a, const char *file)
{
    uint64_t size = (uint64_t)metric(s, "bitacora_tree_size "), covered = 0;
    site_load(s, &(struct load_order){
                     .kind = LOAD_BATCH, .seconds = 7200, .records = site_index_every(s->bench) });
    for (double begin = now_s(); now_s() < begin + INDEX_SECONDS;) {
        struct said said = ask_answer(s, &a->question[NONE], NULL, file);
        covered = said.ran.status == 0 ? member(said.json, "complete_to") + 1 : 0;
        json_decref(said.json);
        if (covered >= size)
            return;
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
    }
    die("the index covers %llu entries, not %llu", (unsigned long long)covered,
        (unsigned long long)size);
}

/* ---- figures --------------------------------------------------------------------------------- */

static void keep(const struct site *s, unsigned kind, const char *what, double value)
{
    char path[48];
    snprintf(path, sizeof path, "answer.%s_%s", kinds[kind].name, what);
    figure(&s->bench->figures, path, value);
}

static double bytes_of(const char *file)
{
    struct stat st;
    if (stat(file, &st) != 0)
        die("%s: %s", file, strerror(errno));
    return (double)st.st_size;
}

static void measure(const struct site *s, const struct question *q, unsigned kind, const char *file)
{
    struct bench *b = s->bench;
    double *seconds = must(calloc(2 * b->pairs, sizeof *seconds)), *cpu = seconds + b->pairs;
    double before = answered(s),
           own = answered(s) - before; /* what it costs to ask for the count */
    before += own;
    progress("answer: %llu entries", (unsigned long long)q->entries);
    for (unsigned i = 0; i < b->pairs; i++) {
        struct said said = ask_answer(s, q, NULL, file);
        must_be_right(&said, q);
        seconds[i] = said.ran.seconds;
        cpu[i] = said.ran.cpu_s;
        if (kind == NONE)
            figure(&b->figures, "answer.entries", (double)member(said.json, "size"));
        json_decref(said.json);
    }
    keep(s, kind, "requests", (answered(s) - own - before) / b->pairs);
    keep(s, kind, "s", median(seconds, b->pairs));
    keep(s, kind, "cpu_s", median(cpu, b->pairs));
    keep(s, kind, "bytes", bytes_of(file));
    free(seconds);
}

/* The same of static files, which the client makes the answer of itself. */
static void measure_mirror(const struct site *s, const struct question *q, const char *file)
{
    struct bench *b = s->bench;
    char client[PATH_LONG + 16], to[PATH_LONG + 16], out[PATH_LONG + 16];
    if (b->size[b->sizes - 1] > MIRRORED_MAX) {
        figure_missing(&b->figures, "answer.dir_s", "asked of mirrors of 10^6 entries at most");
        return;
    }
    progress("answer: a mirror");
    double *seconds = must(calloc(b->pairs, sizeof *seconds));
    snprintf(client, sizeof client, "%s/bitacora", b->bin);
    snprintf(to, sizeof to, "%s.mirror", s->dir);
    snprintf(out, sizeof out, "%s.mirrored", s->dir);
    const char *argv[] = {
        client, "mirror", "--policy", s->policy_file, "--log", s->url, to, NULL
    };
    program_must(argv, out);
    for (unsigned i = 0; i < b->pairs; i++) {
        struct said said = ask_answer(s, q, to, file);
        must_be_right(&said, q);
        seconds[i] = said.ran.seconds;
        json_decref(said.json);
    }
    figure(&b->figures, "answer.dir_s", median(seconds, b->pairs));
    free(seconds);
}

/* What the answer is instead of. */
static void measure_check(const struct site *s, const struct question *q)
{
    char client[PATH_LONG + 16];
    progress("answer: warrant check");
    snprintf(client, sizeof client, "%s/bitacora", s->bench->bin);
    const char *argv[] = { client,  "warrant", "check",  "--policy",     s->policy_file,
                           "--log", s->url,    "--json", q->warrant.ref, NULL };
    struct said said = ask(s, argv);
    size_t n = json_array_size(json_object_get(said.json, "warrants")) +
               json_array_size(json_object_get(said.json, "entries"));
    if (said.ran.status != 0 || !json_is_true(json_object_get(said.json, "complete")) ||
        n != q->entries)
        die("warrant check of %s is wrong: exit status %d, %zu entries of %llu", q->warrant.ref,
            said.ran.status, n, (unsigned long long)q->entries);
    figure(&s->bench->figures, "answer.check_s", said.ran.seconds);
    json_decref(said.json);
}

void bench_answer(struct site *s, struct answering *a)
{
    char file[PATH_LONG + 16];
    snprintf(file, sizeof file, "%s.answer", s->dir);
    if (a->spread != SHARES)
        die("%u of the shares are not in the log", SHARES - a->spread);
    progress("answer: an index of it all");
    wait_for_index(s, a, file);
    for (unsigned i = 0; i < QUESTIONS; i++)
        measure(s, &a->question[i], i, file);
    measure_mirror(s, &a->question[TWENTY], file);
    measure_check(s, &a->question[TWENTY]);
}
