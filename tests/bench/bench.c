/* How fast, beside what the signatures alone cost: docs/PERFORMANCE.md.
 * usage: bench [--short] [--full] [--work DIR] [--out FILE] [SECTION…] */
#include "tests/bench/bench.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <ftw.h>
#include <getopt.h>
#include <lmdb.h>
#include <openssl/crypto.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <yajl/yajl_version.h>

#include "client/base/say.h"
#include "tests/bench/raw.h"
#include "tests/must.h"

#define SCRATCH "scratch." /* and the process */

const char *const section_names[SECTIONS] = { "append",  "replay",   "structure", "incremental",
                                              "receipt", "storage",  "growth",    "answer",
                                              "read",    "postgres", "settings",  "gate",
                                              "peers" };

static pid_t main_process;
static const char *scratch = "";

double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *value, size_t n)
{
    if (n == 0)
        return 0;
    qsort(value, n, sizeof *value, ascending);
    return (value[(n - 1) / 2] + value[n / 2]) / 2;
}

void progress(const char *format, ...)
{
    va_list v;
    va_start(v, format);
    fprintf(stderr, "bench: ");
    vfprintf(stderr, format, v);
    fprintf(stderr, "\n");
    va_end(v);
}

void die(const char *format, ...)
{
    va_list v;
    va_start(v, format);
    fprintf(stderr, "bench: ");
    vfprintf(stderr, format, v);
    fprintf(stderr, "\n");
    va_end(v);
    if (getpid() != main_process)
        _exit(1);
    scratch = ""; /* what it says may be wanted */
    exit(1);
}

/* ---- settings -------------------------------------------------------------------------------- */

static void set_sizes(struct bench *b)
{
    static const uint64_t sizes[] = { 10000, 100000, 1000000, 10000000 };
    static const uint64_t tiny[] = { 1000, 2000, 3000 };
    b->sizes = b->shortened ? 3 : b->full ? 4 : 3;
    for (unsigned i = 0; i < b->sizes; i++)
        b->size[i] = b->shortened ? tiny[i] : sizes[i];
    b->replayed = b->shortened ? 1000 : 300000;
    b->fresh = b->shortened ? 100 : 1000;
    b->signers = b->shortened ? 30 : 300;
    b->warrants = b->shortened ? 5 : 50;
    b->pairs = b->shortened ? 2 : 11;
    b->raw_s = b->shortened ? 0.05 : 0.5;
    b->slice_s = b->shortened ? 0.1 : 1;
}

static void want(struct bench *b, const char *name)
{
    for (unsigned i = 0; i < SECTIONS; i++)
        if (strcmp(name, section_names[i]) == 0) {
            b->wanted |= 1u << i;
            return;
        }
    struct buf all = { 0 };
    for (unsigned i = 0; i < SECTIONS; i++)
        buf_addf(&all, " %s", section_names[i]);
    exit(say_usage(TR("there is no section '%s'; there are:%s", "no hay una sección '%s'; hay:%s"),
                   name, buf_str(&all)));
}

static const struct option options[] = { { "short", no_argument, NULL, 's' },
                                         { "full", no_argument, NULL, 'f' },
                                         { "work", required_argument, NULL, 'w' },
                                         { "out", required_argument, NULL, 'o' },
                                         { NULL, 0, NULL, 0 } };

static const char *take_options(struct bench *b, int argc, char **argv)
{
    const char *out = "build/bench.json";
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?')
            exit(say_usage(
                TR("usage: bench [--short] [--full] [--work DIR] [--out FILE] [SECTION…]",
                   "uso: bench [--short] [--full] [--work DIR] [--out FILE] [SECCIÓN…]")));
        b->shortened |= c == 's';
        b->full |= c == 'f';
        if (c == 'w')
            b->work = optarg;
        if (c == 'o')
            out = optarg;
    }
    for (; optind < argc; optind++)
        want(b, argv[optind]);
    if (b->wanted == 0)
        b->wanted = (1u << SECTIONS) - 1;
    set_sizes(b);
    return out;
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *v = getenv(name);
    return v == NULL ? otherwise : v;
}

static unsigned cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return (unsigned)CPU_COUNT(&set);
}

/* ---- the accelerator ------------------------------------------------------------------------- */

#define ACCELERATOR "BITACORA_ACCELERATOR"

/* The plug-in that the environment names. It is taken out of it, so that figures are libsodium's
 * unless they say otherwise. */
static void find_accelerator(struct bench *b)
{
    static char line[4096];
    bool ifma = false;
    const char *path = getenv(ACCELERATOR);
    FILE *in = fopen("/proc/cpuinfo", "r");
    while (in != NULL && !ifma && fgets(line, sizeof line, in) != NULL)
        ifma = strncmp(line, "flags", 5) == 0 && strstr(line, " avx512ifma") != NULL;
    if (in != NULL)
        fclose(in);
    if (!ifma)
        b->why_not = "this CPU has no AVX-512 IFMA";
    else if (path == NULL || path[0] == 0)
        b->why_not = "no accelerator: make accelerator, and name it in " ACCELERATOR;
    else
        b->accelerator = must(strdup(path));
    unsetenv(ACCELERATOR);
    figure_text(&b->figures, "accelerator", b->accelerator == NULL ? "none" : b->accelerator);
}

void bench_accelerate(const struct bench *b, bool on)
{
    if ((on ? setenv(ACCELERATOR, b->accelerator, 1) : unsetenv(ACCELERATOR)) != 0)
        die("%s: %s", ACCELERATOR, strerror(errno));
}

/* ---- where ----------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_scratch(void)
{
    if (getpid() == main_process && scratch[0] != 0)
        nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Folders of runs that were broken off, or died and left what may be looked at. */
static void remove_old(const char *work)
{
    char path[PATH_LONG + 300];
    DIR *d = opendir(work);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (strncmp(e->d_name, SCRATCH, sizeof SCRATCH - 1) != 0)
            continue;
        pid_t pid = (pid_t)strtol(e->d_name + sizeof SCRATCH - 1, NULL, 10);
        snprintf(path, sizeof path, "%.900s/%s", work, e->d_name);
        if (kill(pid, 0) != 0 && errno == ESRCH)
            nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    if (d != NULL)
        closedir(d);
}

static void make_scratch(struct bench *b)
{
    remove_old(b->work);
    snprintf(b->scratch, sizeof b->scratch, "%.900s/" SCRATCH "%d", b->work, (int)getpid());
    if ((mkdir(b->work, 0755) != 0 && errno != EEXIST) || mkdir(b->scratch, 0755) != 0)
        die("%s: %s", b->scratch, strerror(errno));
    scratch = b->scratch;
    atexit(remove_scratch);
}

/* ---- about the machine ----------------------------------------------------------------------- */

static void name_processor(struct figures *f)
{
    char line[512];
    FILE *in = fopen("/proc/cpuinfo", "r");
    figure_text(f, "cpu", "unknown");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        char *colon = strchr(line, ':');
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "model name", 10) == 0 && colon != NULL)
            figure_text(f, "cpu", colon + 2);
    }
    if (in != NULL)
        fclose(in);
}

static void describe(struct bench *b)
{
    char date[32], yajl[16];
    time_t now = time(NULL);
    struct figures *f = &b->figures;
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    name_processor(f);
    figure(f, "cores", b->cores);
    figure_text(f, "date", date);
    figure_text(f, "versions.libsodium", sodium_version_string());
    figure_text(f, "versions.lmdb", mdb_version(NULL, NULL, NULL));
    figure_text(f, "versions.libevent", event_get_version());
    figure_text(f, "versions.jansson", jansson_version_str());
    snprintf(yajl, sizeof yajl, "%d.%d.%d", yajl_version() / 10000, yajl_version() / 100 % 100,
             yajl_version() % 100);
    figure_text(f, "versions.yajl", yajl);
    figure_text(f, "versions.openssl", OpenSSL_version(OPENSSL_VERSION));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void run(struct bench *b)
{
    const unsigned replaying = 1u << SECTION_REPLAY | 1u << SECTION_STRUCTURE |
                               1u << SECTION_INCREMENTAL | 1u << SECTION_GROWTH;
    const unsigned growing =
        1u << SECTION_RECEIPT | 1u << SECTION_STORAGE | 1u << SECTION_GROWTH | 1u << SECTION_ANSWER;
    if (wants(b, SECTION_APPEND))
        bench_append(b);
    if ((b->wanted & replaying) != 0)
        bench_replay(b);
    if ((b->wanted & growing) != 0)
        bench_growth(b);
    if (wants(b, SECTION_READ))
        bench_read(b);
    if (wants(b, SECTION_POSTGRES))
        bench_postgres(b);
    if (wants(b, SECTION_SETTINGS))
        bench_settings(b);
    if (wants(b, SECTION_GATE))
        bench_gate(b);
    if (wants(b, SECTION_PEERS))
        bench_peers(b);
    struct raw_slice raw = raw_median(b->raw);
    if (raw.per_s > 0) {
        figure(&b->figures, "raw.per_s", raw.per_s);
        figure(&b->figures, "raw.us", raw.cpu_s * 1e6);
    }
}

int main(int argc, char **argv)
{
    static struct bench b;
    main_process = getpid();
    language_init();
    if (sodium_init() < 0)
        return 1;
    b.work = "build/bench";
    b.bin = setting("BIN", "build/bin");
    b.simulate = setting("SIMULATE", "build/release/tools/simulate");
    b.against = setting("BENCH_AGAINST", NULL);
    b.cores = cores();
    const char *out = take_options(&b, argc, argv);
    make_scratch(&b);
    figures_init(&b.figures, b.size, b.sizes);
    people_make(&b.people, b.signers, b.warrants);
    b.raw = raw_new(&b.people, b.cores);
    describe(&b);
    find_accelerator(&b);
    run(&b);
    figures_finish(&b.figures);
    figures_print(&b.figures, stdout);
    if (figures_write(&b.figures, out) != 0)
        die("%s could not be written", out);
    raw_free(b.raw);
    people_free(&b.people);
    figures_free(&b.figures);
    return 0;
}
