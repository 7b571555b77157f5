/* The load: processes of their own that sign records and send them, or ask for pages, over many connections
 * that stay open. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "proto/tlog/policy.h"
#include "tests/bench/people.h"

#define BATCH 100 /* notes in one request */

enum load_kind {
    LOAD_SINGLE, /* one record a request; done is what came back as 201 with its receipt */
    LOAD_BATCH,  /* BATCH records a request */
    LOAD_GET,    /* one of the paths; done is what came back as 200 */
};

struct load_setup {
    uint16_t port;
    unsigned connections, processes;
    bool tls; /* the daemon's certificate is not looked at */
    const struct people *people;
    const struct policy *policy; /* that receipts are checked under, one of 256 in full */
    char *const *path;           /* what LOAD_GET asks for, in turn */
    size_t paths;
};

struct load_order {
    enum load_kind kind;
    double seconds;       /* begins nothing after that time; */
    uint64_t records;     /* nor after so many (batches are not divided); 0: no end */
    struct cited warrant; /* that all requests are under; no ref: those of people, at random */
    double
        per_second; /* open loop: requests are due at random at this rate; 0: as fast as answers come */
};

struct load_result {
    uint64_t done, refused;
    uint64_t
        checked;    /* receipts that were verified in full, and were of the record that was sent */
    uint64_t bytes; /* of the notes that were done, or of the answers */
    double seconds; /* until the last answer */
    double *
        latency_s; /* of each request, from when it was due; owned by the load, until its next run */
    size_t latencies;
};

struct load;

/* Forks the processes: to be called while there is no thread. */
struct load *load_start(const struct load_setup *setup);

/* Does as ordered, and waits for every answer. */
struct load_result load_run(struct load *l, const struct load_order *order);

void load_stop(struct load *l);

#endif
