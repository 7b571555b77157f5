/* Numbers that look random and are the same for the same seed, on every machine. */
#ifndef SIMULATOR_CHANCE_H
#define SIMULATOR_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

/* Any 64 bits; splitmix64. */
uint64_t chance_next(struct chance *c);

/* 0 to n - 1; n > 0. */
uint64_t chance_below(struct chance *c, uint64_t n);

/* from to until, both included. */
int64_t chance_between(struct chance *c, int64_t from, int64_t until);

/* True so many times in a hundred. */
bool chance_in(struct chance *c, unsigned percent);

void chance_bytes(struct chance *c, uint8_t *out, size_t n);

/* Base64 of 32 bytes and a zero byte: what looks like a hash. */
void chance_hash(struct chance *c, char out[static 45]);

/* Milliseconds until the next of events that come every `mean` ms or so: mean / 8 to 2 * mean. */
int64_t chance_gap(struct chance *c, int64_t mean);

#endif
