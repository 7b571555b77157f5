/* States of a federation (the `jurisdiction` of signers) whose names a reader takes for one and a
 * report for two. */
#ifndef CLIENT_REPORT_STATES_H
#define CLIENT_REPORT_STATES_H

#include "client/audit/audit.h"

/* Two jurisdictions of signers that look the same (docs/FORMATS.md, 5.5) and are counted apart, and
 * the entries that enrolled the first signer of either. The texts are the casebook's. */
struct state_pair {
    const char *one, *other;
    uint64_t entry_of_one, entry_of_other;
};

typedef void state_pair_fn(void *ctx, const struct state_pair *pair);

/* Tells of each such pair, in the order of entries. */
void report_each_states(const struct audit *a, state_pair_fn *tell, void *ctx);

/* Appends a pair as a sentence in the language that is set, which code points differ included. */
void state_pair_words(struct buf *out, const struct state_pair *pair);

/* Says each pair on standard error. */
void report_say_states(const struct audit *a);

#endif
