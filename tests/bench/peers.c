/* What another log does on the same machine in the same minutes: Tessera, by tests/bench/tessera. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/base/path.h"
#include "client/base/say.h"
#include "proto/sys/files.h"
#include "tests/bench/site.h"
#include "tests/must.h"

#define CLIENTS 256
#define NOT_THERE 3
#define FSCK_PAIRS 7
#define APPEND_PAIRS 5
#define APPEND_S 3
#define REASON_LONG 300

/* Builds it. Returns false, with the reason, where it cannot be had. */
static bool build(struct bench *b, char *program, size_t room, char reason[static REASON_LONG])
{
    char out[PATH_LONG + 16], err[PATH_LONG + 32], *work = realpath(b->work, NULL);
    if (work == NULL)
        die("%s: %s", b->work, strerror(errno));
    snprintf(program, room, "%.900s/tessera", work);
    free(work);
    snprintf(out, sizeof out, "%s/build", b->scratch);
    snprintf(err, sizeof err, "%s.err", out);
    const char *argv[] = { "/bin/sh", "tests/bench/tessera.sh", program, NULL };
    progress("peers: Tessera is built");
    struct ran r = program_run(argv, out);
    if (r.status == 0)
        return true;
    FILE *f = fopen(err, "r");
    if (r.status != NOT_THERE || f == NULL || fgets(reason, REASON_LONG, f) == NULL)
        die("tests/bench/tessera.sh: exit status %d; see %s", r.status, err);
    reason[strcspn(reason, "\n")] = 0;
    fclose(f);
    return false;
}

/* ---- the same files, checked by both --------------------------------------------------------- */

/* The log's vkey, out of the policy's first line: "log VKEY …". */
static void write_vkey(const char *dir, const char *to)
{
    char line[1024], vkey[512];
    char *policy = path_join(dir, "policy");
    FILE *f = fopen(policy, "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL || sscanf(line, "log %511s", vkey) != 1)
        die("%s names no log", policy);
    fclose(f);
    if (file_replace(to, span_str(vkey), 0644) != 0)
        die("%s: %s", to, strerror(errno));
    free(policy);
}

static void run_fsck(struct bench *b, const char *program)
{
    char dir[PATH_LONG], key[PATH_LONG + 16], out[PATH_LONG + 16];
    double ours[FSCK_PAIRS], theirs[FSCK_PAIRS], ratio[FSCK_PAIRS], cpu[FSCK_PAIRS];
    bench_log(b, bench_large(b), dir);
    char *mirror = path_join(dir, "mirror");
    snprintf(key, sizeof key, "%s/vkey", b->scratch);
    snprintf(out, sizeof out, "%s/fsck", b->scratch);
    write_vkey(dir, key);
    const char *argv[] = { program, "fsck", key, mirror, NULL };
    progress("peers: replay --structure and fsck, %u times", FSCK_PAIRS);
    bench_structure(b, dir); /* brings the files into memory */
    for (unsigned i = 0; i < FSCK_PAIRS; i++) {
        struct ran fsck = program_must(argv, out), structure = bench_structure(b, dir);
        theirs[i] = fsck.seconds;
        ours[i] = structure.seconds;
        ratio[i] = fsck.seconds / structure.seconds;
        cpu[i] = fsck.cpu_s / structure.cpu_s;
    }
    figure(&b->figures, "peers.fsck_s", median(theirs, FSCK_PAIRS));
    figure(&b->figures, "peers.structure_s", median(ours, FSCK_PAIRS));
    figure(&b->figures, "peers.fsck_ratio", median(ratio, FSCK_PAIRS));
    figure(&b->figures, "peers.fsck_cpu_ratio", median(cpu, FSCK_PAIRS));
    free(mirror);
}

/* ---- appends that wait until they are published ---------------------------------------------- */

struct appended {
    double done, per_s, p50_ms, cpu_us;
};

/* A log of its own for each slice, in process, entries as long as ours. */
static struct appended tessera_append(struct bench *b, const char *program, unsigned slice)
{
    struct appended a;
    double cpu_s;
    char dir[PATH_LONG + 32], out[PATH_LONG + 16], seconds[16], clients[16];
    snprintf(dir, sizeof dir, "%s/tessera.%u", b->scratch, slice);
    snprintf(out, sizeof out, "%s/appended", b->scratch);
    snprintf(seconds, sizeof seconds, "%d", APPEND_S);
    snprintf(clients, sizeof clients, "%d", CLIENTS);
    const char *argv[] = { program, "append", dir, seconds, clients, "700", NULL };
    program_must(argv, out);
    FILE *f = fopen(out, "r");
    if (f == NULL || fscanf(f, "%lf %lf %lf %lf", &a.done, &a.per_s, &a.p50_ms, &cpu_s) != 4)
        die("%s is not what was expected", out);
    fclose(f);
    a.cpu_us = cpu_s / a.done * 1e6;
    return a;
}

static struct appended our_append(struct site *s)
{
    struct cost c = site_load(s, &(struct load_order){ .kind = LOAD_SINGLE, .seconds = APPEND_S });
    return (struct appended){ .done = (double)c.load.done,
                              .per_s = (double)c.load.done / c.load.seconds,
                              .p50_ms = median(c.load.latency_s, c.load.latencies) * 1e3,
                              .cpu_us = c.cpu_s * 1e6 };
}

static void keep_appended(struct figures *f, const char *whose, struct appended *a)
{
    static const char *const names[] = { "per_s", "p50_ms", "cpu_us" };
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        double value[APPEND_PAIRS];
        for (unsigned k = 0; k < APPEND_PAIRS; k++)
            value[k] = i == 0 ? a[k].per_s : i == 1 ? a[k].p50_ms : a[k].cpu_us;
        snprintf(path, sizeof path, "peers.%s_%s", whose, names[i]);
        figure(f, path, median(value, APPEND_PAIRS));
    }
}

static void run_appends(struct bench *b, const char *program)
{
    struct site s;
    struct appended ours[APPEND_PAIRS], theirs[APPEND_PAIRS];
    double ratio[APPEND_PAIRS];
    site_open_as(&s, b, "peers", &(struct site_setup){ .connections = CLIENTS });
    progress("peers: appends of %d clients, %d pairs of slices", CLIENTS, APPEND_PAIRS);
    our_append(&s); /* connections are made */
    for (unsigned i = 0; i < APPEND_PAIRS; i++) {
        theirs[i] = tessera_append(b, program, i);
        ours[i] = our_append(&s);
        ratio[i] = ours[i].per_s / theirs[i].per_s;
    }
    keep_appended(&b->figures, "append", ours);
    keep_appended(&b->figures, "tessera", theirs);
    figure(&b->figures, "peers.append_ratio", median(ratio, APPEND_PAIRS));
    site_close(&s);
}

void bench_peers(struct bench *b)
{
    char program[PATH_LONG], reason[REASON_LONG];
    if (b->shortened) {
        figure_missing(&b->figures, "peers.", "left out of a short run");
    } else if (!build(b, program, sizeof program, reason)) {
        figure_missing(&b->figures, "peers.", reason);
    } else {
        run_fsck(b, program);
        run_appends(b, program);
    }
}
