/* Replaying: everything, the structure alone, what is new. Logs come from the simulator, one entry after another
 * over a year as real ones, and stay from run to run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/path.h"
#include "client/base/say.h"
#include "proto/sys/files.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/edge.h"
#include "proto/tlog/note.h"
#include "tests/bench/bench.h"
#include "tests/bench/program.h"
#include "tests/bench/raw.h"
#include "tests/must.h"

#define ENTRY_BYTES "700"
#define LONG_RAW 6 /* slices in one, beside a replay that takes a minute */
#define FILE_MAX (32 * 1024 * 1024)

static void remove_log(const char *dir)
{
    const char *argv[] = { "/bin/rm", "-rf", dir, NULL };
    program_must(argv, "/dev/null");
}

/* One that an older simulator wrote is written again. */
void bench_log(struct bench *b, uint64_t size, char *dir)
{
    char part[PATH_LONG + 16], entries[24], out[PATH_LONG + 16];
    struct stat log, simulator;
    snprintf(dir, PATH_LONG, "%.900s/log-%llu", b->work, (unsigned long long)size);
    snprintf(part, sizeof part, "%s/log", b->scratch);
    snprintf(out, sizeof out, "%s/simulate", b->scratch);
    snprintf(entries, sizeof entries, "%llu", (unsigned long long)size);
    if (stat(b->simulate, &simulator) != 0)
        die("%s: %s", b->simulate, strerror(errno));
    if (stat(dir, &log) == 0 && log.st_mtime >= simulator.st_mtime)
        return;
    progress("the simulator writes a log of %s entries", entries);
    const char *argv[] = { b->simulate, "--out",           part,        "--entries", entries,
                           "--plain",   "--size-of-entry", ENTRY_BYTES, NULL };
    program_must(argv, out);
    remove_log(dir);
    if (rename(part, dir) != 0)
        die("%s: %s", dir, strerror(errno));
}

/* ---- a log as it was some entries ago -------------------------------------------------------- */

static void read_file(struct buf *out, const char *dir, const struct tile *t)
{
    char name[TILE_PATH_MAX];
    tile_path(name, t);
    char *path = path_join(dir, name);
    buf_clear(out);
    if (file_read(out, path, FILE_MAX) != FILE_OK)
        die("%s: %s", path, strerror(errno));
    free(path);
}

static void write_file(const char *dir, const char *name, struct span bytes)
{
    char *path = path_join(dir, name);
    if (file_make_parents(path) != 0 || file_replace(path, bytes, 0644) != 0)
        die("%s: %s", path, strerror(errno));
    free(path);
}

/* The tile of a level that is partial at `less`, cut from the wider one of size `now`. */
static void cut_tile(const char *mirror, uint64_t now, uint64_t less, int level, struct edge *e)
{
    struct buf bytes = { 0 };
    struct span entry[TILE_WIDTH];
    char name[TILE_PATH_MAX];
    struct tile t = { .level = level, .n = tile_count(less, level) - 1 };
    unsigned width = tile_width(less, level, t.n);
    size_t n = width * HASH_BYTES;
    t.width = tile_width(now, level, t.n);
    read_file(&bytes, mirror, &t);
    if (level == TILE_ENTRIES) {
        if (bundle_split(entry, t.width, buf_span(&bytes)) != t.width)
            die("a bundle is not one");
        n = (size_t)(entry[width - 1].p + entry[width - 1].n - bytes.p);
    } else if (width < TILE_WIDTH) {
        memcpy(e->tile[level], bytes.p, n);
    }
    t.width = width;
    tile_path(name, &t);
    if (width < TILE_WIDTH)
        write_file(mirror, name, span_of(bytes.p, n));
    buf_free(&bytes);
}

/* Makes DIR/less: the checkpoint and the partial tiles of that size beside those of size `now`. */
static void make_less(const char *dir, uint64_t now, uint64_t less)
{
    static struct edge e;
    struct buf secret = { 0 }, text = { 0 }, note = { 0 };
    struct skey key;
    struct hash root;
    const char *cause;
    char *mirror = path_join(dir, "mirror"), *old = path_join(dir, "less");
    char *key_file = path_join(dir, "keys/log.key"), *tiles = path_join(old, "tile");
    for (int level = TILE_ENTRIES; level < TILE_LEVELS && tile_count(less, level) > 0; level++)
        cut_tile(mirror, now, less, level, &e);
    edge_from_tiles(&e, less);
    edge_root(&e, &root);
    if (file_read(&secret, key_file, SKEY_TEXT_MAX + 1) != FILE_OK ||
        skey_parse(&key, buf_span(&secret), &cause) != 0)
        die("%s is not a key", key_file);
    checkpoint_format(&text, key.vkey.name, less, &root);
    note_sign(&note, buf_span(&text), &key);
    write_file(old, "checkpoint", buf_span(&note));
    if (symlink("../mirror/tile", tiles) != 0 && errno != EEXIST)
        die("%s: %s", tiles, strerror(errno));
    buf_free(&secret);
    buf_free(&text);
    buf_free(&note);
    free(mirror);
    free(old);
    free(key_file);
    free(tiles);
}

/* ---- one replay ------------------------------------------------------------------------------ */

/* Of the mirror DIR/NAME; option and its value may be NULL. */
static struct ran replay(struct bench *b, const char *dir, const char *name, const char *option,
                         const char *value)
{
    char program[PATH_LONG + 16], out[PATH_LONG + 16];
    char *mirror = path_join(dir, name), *policy = path_join(dir, "policy");
    snprintf(program, sizeof program, "%s/bitacora", b->bin);
    snprintf(out, sizeof out, "%s/replay", b->scratch);
    const char *argv[] = { program, "replay", "--dir", mirror, "--policy",
                           policy,  "--json", option,  value,  NULL };
    struct ran r = program_must(argv, out);
    free(mirror);
    free(policy);
    return r;
}

struct replayed {
    double per_s, ratio, cpu_us, cpu_ratio, anon_mib;
};

/* Replays in turn with raw slices, so many times. One alone takes a minute: its raw slice is longer. */
static struct replayed replay_pairs(struct bench *b, uint64_t size, unsigned pairs)
{
    char dir[PATH_LONG];
    struct replayed sum = { 0 };
    double *per_s = must(calloc(pairs, sizeof *per_s)), *ratio = must(calloc(pairs, sizeof *ratio));
    double *cpu_us = must(calloc(pairs, sizeof *cpu_us));
    double *cpu_ratio = must(calloc(pairs, sizeof *cpu_ratio));
    bench_log(b, size, dir);
    progress("replay: %u of a log of %llu entries", pairs, (unsigned long long)size);
    for (unsigned i = 0; i < pairs; i++) {
        struct raw_slice raw = raw_run(b->raw, pairs > 1 ? b->raw_s : LONG_RAW * b->raw_s);
        struct ran r = replay(b, dir, "mirror", NULL, NULL);
        per_s[i] = (double)size / r.seconds;
        ratio[i] = per_s[i] / (raw.per_s * b->cores);
        cpu_us[i] = r.cpu_s / (double)size * 1e6;
        cpu_ratio[i] = raw.cpu_s * 1e6 / cpu_us[i];
        if (r.anon_mib > sum.anon_mib)
            sum.anon_mib = r.anon_mib;
    }
    sum.per_s = median(per_s, pairs);
    sum.ratio = median(ratio, pairs);
    sum.cpu_us = median(cpu_us, pairs);
    sum.cpu_ratio = median(cpu_ratio, pairs);
    free(per_s);
    free(ratio);
    free(cpu_us);
    free(cpu_ratio);
    return sum;
}

static void keep_growth(struct bench *b, uint64_t size, const struct replayed *r)
{
    struct figures *f = &b->figures;
    figure_at(f, size, "replay_per_s", r->per_s);
    figure_at(f, size, "replay_ratio", r->ratio);
    figure_at(f, size, "replay_anon_mib", r->anon_mib);
    if (size >= bench_large(b)) {
        figure(f, "memory.replay_anon_mib", r->anon_mib);
        figure(f, "memory.entries", (double)size);
    }
}

struct ran bench_structure(struct bench *b, const char *dir)
{
    return replay(b, dir, "mirror", "--structure", NULL);
}

/* The same with the accelerator, beside libsodium's raw verifications. */
static void run_accelerated(struct bench *b)
{
    if (b->accelerator == NULL) {
        figure_missing(&b->figures, "replay.ratio_accelerated", b->why_not);
        return;
    }
    bench_accelerate(b, true);
    figure(&b->figures, "replay.ratio_accelerated", replay_pairs(b, b->replayed, b->pairs).ratio);
    bench_accelerate(b, false);
}

/* The slices that decide about replay.ratio. */
static void run_replay(struct bench *b)
{
    struct replayed r = replay_pairs(b, b->replayed, b->pairs);
    run_accelerated(b);
    figure(&b->figures, "replay.entries_per_s", r.per_s);
    figure(&b->figures, "replay.ratio", r.ratio);
    figure(&b->figures, "replay.cpu_us", r.cpu_us);
    figure(&b->figures, "replay.cpu_ratio", r.cpu_ratio);
}

/* ---- structure ------------------------------------------------------------------------------- */

static uint64_t bytes_of_entries(const char *dir, uint64_t size)
{
    uint64_t bytes = 0;
    struct stat st;
    char name[TILE_PATH_MAX];
    for (uint64_t n = 0; n < tile_count(size, TILE_ENTRIES); n++) {
        struct tile t = { .level = TILE_ENTRIES,
                          .n = n,
                          .width = tile_width(size, TILE_ENTRIES, n) };
        tile_path(name, &t);
        char *mirror = path_join(dir, "mirror"), *path = path_join(mirror, name);
        if (stat(path, &st) != 0)
            die("%s: %s", path, strerror(errno));
        bytes += (uint64_t)st.st_size - 2 * t.width;
        free(mirror);
        free(path);
    }
    return bytes;
}

static void run_structure(struct bench *b)
{
    char dir[PATH_LONG];
    uint64_t size = bench_large(b);
    double *per_s = must(calloc(b->pairs, sizeof *per_s));
    bench_log(b, size, dir);
    bench_structure(b, dir); /* brings the files into memory */
    progress("replay --structure: %u of a log of %llu entries", b->pairs, (unsigned long long)size);
    for (unsigned i = 0; i < b->pairs; i++)
        per_s[i] = (double)size / bench_structure(b, dir).seconds;
    figure(&b->figures, "replay_structure.entries_per_s", median(per_s, b->pairs));
    figure(&b->figures, "replay_structure.bytes_per_entry",
           (double)bytes_of_entries(dir, size) / (double)size);
    free(per_s);
}

/* ---- what is new ----------------------------------------------------------------------------- */

static void copy_file(const char *to, const char *from)
{
    struct buf bytes = { 0 };
    if (file_read(&bytes, from, SIZE_MAX / 2) != FILE_OK ||
        file_replace(to, buf_span(&bytes), 0600) != 0)
        die("%s: %s", to, strerror(errno));
    buf_free(&bytes);
}

/* The median time of a replay that goes on from a copy of that state. */
static double go_on(struct bench *b, const char *dir, const char *state)
{
    char copy[PATH_LONG + 16];
    double *seconds = must(calloc(b->pairs, sizeof *seconds));
    snprintf(copy, sizeof copy, "%s/state.copy", b->scratch);
    for (unsigned i = 0; i < b->pairs; i++) {
        copy_file(copy, state);
        seconds[i] = replay(b, dir, "mirror", "--state", copy).seconds;
    }
    double s = median(seconds, b->pairs);
    free(seconds);
    return s;
}

/* Leaves the state. So long a replay is made once: it is also the one that growth has of that size. */
static void first_replay(struct bench *b, const char *dir, uint64_t entries, const char *state)
{
    struct raw_slice raw = raw_run(b->raw, LONG_RAW * b->raw_s);
    struct ran r = replay(b, dir, "less", "--state", state);
    struct replayed one = { .per_s = (double)entries / r.seconds, .anon_mib = r.anon_mib };
    one.ratio = one.per_s / (raw.per_s * b->cores);
    keep_growth(b, bench_large(b), &one);
}

static void run_incremental(struct bench *b)
{
    char dir[PATH_LONG], state[PATH_LONG + 16];
    uint64_t size = bench_large(b), less = size - b->fresh;
    snprintf(state, sizeof state, "%s/state", b->scratch);
    bench_log(b, size, dir);
    make_less(dir, size, less);
    progress("incremental: a replay of %llu entries that is gone on from",
             (unsigned long long)less);
    first_replay(b, dir, less, state);
    progress("incremental: %u times with %llu new entries, and with none", b->pairs,
             (unsigned long long)b->fresh);
    figure(&b->figures, "incremental.thousand_s", go_on(b, dir, state));
    replay(b, dir, "mirror", "--state", state);
    figure(&b->figures, "incremental.none_s", go_on(b, dir, state));
    figure(&b->figures, "incremental.entries", (double)size);
    unlink(state);
}

/* One size after another; the largest take a minute and more, and are replayed once. */
static void run_growth(struct bench *b)
{
    for (unsigned i = 0; i < b->sizes; i++) {
        if (b->size[i] == bench_large(b) && wants(b, SECTION_INCREMENTAL))
            continue; /* it was */
        unsigned pairs = b->size[i] < 1000000 ? b->pairs : 1;
        struct replayed r = replay_pairs(b, b->size[i], pairs);
        keep_growth(b, b->size[i], &r);
    }
}

void bench_replay(struct bench *b)
{
    if (wants(b, SECTION_REPLAY))
        run_replay(b);
    if (wants(b, SECTION_STRUCTURE))
        run_structure(b);
    if (wants(b, SECTION_INCREMENTAL))
        run_incremental(b);
    if (wants(b, SECTION_GROWTH))
        run_growth(b);
}
