/* A daemon with a fresh log, its signers enrolled, and the load that it is put under. */
#ifndef BENCH_SITE_H
#define BENCH_SITE_H

#include <sys/types.h>

#include "proto/tlog/policy.h"
#include "tests/bench/bench.h"
#include "tests/bench/load.h"

#define CONNECTIONS 64

/* How a daemon is run, where it is otherwise than by default. */
struct site_setup {
    unsigned connections; /* of the load; 0: CONNECTIONS */
    const char *bin;      /* folder of the daemon; NULL: that of the bench */
    const char *config;   /* lines for its configuration file, or NULL */
    bool no_mark;
    bool tls; /* once everybody is enrolled */
};

struct site {
    struct bench *bench;
    struct site_setup setup;
    char dir[PATH_LONG]; /* of the log */
    char url[256];
    uint16_t port;
    pid_t daemon;
    struct policy *policy;
    char policy_file[PATH_LONG + 16];
    struct skey judge; /* who signs warrants, enrolled at */
    struct place judge_enrolled;
    struct load *load;
    uint64_t size, bytes; /* entries, and bytes of them, so far */
};

/* Entries after which the daemon signs its index. */
uint64_t site_index_every(const struct bench *b);

/* Makes a log in a folder of that name, starts its daemon, enrols everybody of b->people, starts the load. */
void site_open(struct site *s, struct bench *b, const char *name);

/* The same for a daemon that runs otherwise than by default. */
void site_open_as(struct site *s, struct bench *b, const char *name,
                  const struct site_setup *setup);

/* Ends all of it, and removes the log. */
void site_close(struct site *s);

/* Has the judge sign a warrant of that reference, and fills *out. */
void site_warrant(struct site *s, const char *ref, struct cited *out);

/* Has that person sign a request, and appends the receipt that comes back. */
void site_request(struct site *s, size_t person, struct buf *receipt);

/* What a slice of load cost the daemon. */
struct cost {
    struct load_result load;
    double cpu_s; /* of the daemon's CPU, for one record or answer */
};
struct cost site_load(struct site *s, const struct load_order *order);

/* Bytes that the log's folder takes on the disk. */
uint64_t site_disk(const struct site *s);

#endif
