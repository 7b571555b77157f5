/* What it costs to verify a receipt offline: the first of a run, and those after it. */
#ifndef BENCH_RECEIPTS_H
#define BENCH_RECEIPTS_H

#include "tests/bench/site.h"

/* Measures receipts of the site's log, which has that size by plan. Appends some records. */
void bench_receipts(struct site *s, uint64_t size);

#endif
