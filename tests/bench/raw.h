/* What cannot be avoided: crypto_sign_verify_detached over the texts of records, on all cores at once. */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include "tests/bench/people.h"

struct raw;

struct raw_slice {
    double per_s; /* verifications per second and core */
    double cpu_s; /* CPU seconds of one */
};

/* Signs texts of all these people. */
struct raw *raw_new(const struct people *p, unsigned cores);
void raw_free(struct raw *r);

/* Verifies for that many seconds, one thread a core. */
struct raw_slice raw_run(struct raw *r, double seconds);

/* Medians of all slices that were run. */
struct raw_slice raw_median(const struct raw *r);

#endif
