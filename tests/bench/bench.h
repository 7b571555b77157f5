/* The benchmark: what every section of it shares. Whatever fails ends the program: no figure is made of a
 * half. */
#ifndef BENCH_H
#define BENCH_H

#include "tests/bench/figures.h"
#include "tests/bench/people.h"
#include "tests/bench/program.h"

#define SIZES_MAX 4
#define PATH_LONG 1024

enum section {
    SECTION_APPEND,      /* 1 min */
    SECTION_REPLAY,      /* 1 min */
    SECTION_STRUCTURE,   /* 5 s, and 40 s to write the log of 10^6 for the first time */
    SECTION_INCREMENTAL, /* 1 min: the log of 10^6 is replayed once */
    SECTION_RECEIPT,     /* this and the next two fill one daemon with 10^6 entries: 2 min */
    SECTION_STORAGE,
    SECTION_GROWTH, /* and replays logs of 10^4 and 10^6 */
    SECTION_ANSWER, /* puts its questions to that daemon at its largest size, and replays its log */
    SECTION_READ,   /* 1 min */
    SECTION_POSTGRES,
    SECTION_SETTINGS, /* 2 min */
    SECTION_GATE,     /* 20 s */
    SECTION_PEERS,    /* 1 min, and the build of Tessera; needs Go, and the log of structure */
    SECTIONS
};
extern const char *const section_names[SECTIONS];

struct raw;

struct bench {
    bool shortened, full;
    unsigned wanted;          /* bits of enum section */
    unsigned cores;           /* that this process may use */
    unsigned pairs;           /* of slices */
    double raw_s, slice_s;    /* how long a slice takes */
    uint64_t size[SIZES_MAX]; /* of logs, ascending */
    unsigned sizes;           /* how many */
    uint64_t replayed;        /* entries of the log that is replayed in slices */
    uint64_t fresh;           /* entries that are new to an incremental replay */
    unsigned signers, warrants;
    const char *bin;         /* folder of bitacora and bitacorad */
    const char *simulate;    /* the simulator */
    const char *accelerator; /* a plug-in that this machine can use, or NULL, */
    const char *why_not;     /* and then why */
    const char *against;     /* folder of another daemon to be compared with, or NULL */
    const char *work;        /* folder: written logs stay there from run to run */
    char scratch[PATH_LONG]; /* folder of this run, removed at its end */
    struct people people;
    struct raw *raw;
    struct figures figures;
};

static inline bool wants(const struct bench *b, enum section s)
{
    return (b->wanted >> s & 1) != 0;
}

/* The largest size of a run without BENCH=full: 10^6. */
static inline uint64_t bench_large(const struct bench *b)
{
    return b->size[b->sizes < 3 ? b->sizes - 1 : 2];
}

void bench_append(struct bench *b);
void bench_replay(struct bench *b);
void bench_growth(struct bench *b); /* receipt, storage, growth and answer */
void bench_read(struct bench *b);
void bench_postgres(struct bench *b);
void bench_settings(struct bench *b);
void bench_gate(struct bench *b);
void bench_peers(struct bench *b);

/* The folder of a log of that size, written by the simulator if it is not there: mirror, policy,
 * keys. dir has room for PATH_LONG. */
void bench_log(struct bench *b, uint64_t size, char *dir);

/* What a replay of the structure of DIR/mirror took. */
struct ran bench_structure(struct bench *b, const char *dir);

/* Programs that are started from now on judge with the plug-in, or with libsodium alone. */
void bench_accelerate(const struct bench *b, bool on);

/* Seconds of a clock that never goes back. */
double now_s(void);

/* Sorts the values; 0 of none. */
double median(double *value, size_t n);
int ascending(const void *a, const void *b); /* of doubles, for qsort */

/* Says what is going on, on standard error. */
void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says why there are no figures, and ends the program. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
