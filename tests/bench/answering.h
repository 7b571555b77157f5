/* Answers of the index: what four questions cost at the largest size, beside a replay that says the same. */
#ifndef BENCH_ANSWERING_H
#define BENCH_ANSWERING_H

#include "tests/bench/site.h"

#define QUESTIONS 4

/* A reference that is asked for: of one entry, of 20, of 5,000, and of none. */
struct question {
    struct cited warrant;
    uint64_t entries; /* that the log has of it: the warrant and requests that name it */
};

struct answering {
    struct question question[QUESTIONS];
    uint64_t until;  /* the size over which the requests are spread; 0: nothing is asked */
    unsigned spread; /* shares of them that are in the log */
};

/* Signs the warrants. Their requests go into the log in equal steps up to that size. */
void answering_open(struct answering *a, struct site *s, uint64_t until);

/* The size, above this one, at which a share of them is due; UINT64_MAX: none any more. */
uint64_t answering_next(const struct answering *a, uint64_t size);

/* Appends what is due at the log's size. */
void answering_spread(struct answering *a, struct site *s);

/* Waits until the index covers all of them, and measures. */
void bench_answer(struct site *s, struct answering *a);

#endif
