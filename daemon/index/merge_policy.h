/* Which tables are merged, and when. A table's tier grows with the entries that it covers:
 * MERGE_WIDTH times as many are one tier more. MERGE_WIDTH tables of one tier, one behind the other,
 * become one table of the next tier. So a log of n entries has some 3 · log4(n / index_every)
 * tables, and each row is written once in each tier. Pure. */
#ifndef DAEMON_INDEX_MERGE_POLICY_H
#define DAEMON_INDEX_MERGE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERGE_WIDTH 4
#define TIERS 32 /* more than there are */

struct merge_table {
    uint64_t entries; /* that it covers */
    bool busy;        /* it is being merged */
};

/* Tables to be merged: n of them, from number `first` on. */
struct merge_choice {
    size_t first, n; /* n 0: none */
    unsigned tier;   /* the highest among them */
};

/* floor(log4(max(1, entries / every))). */
unsigned merge_tier(uint64_t entries, uint64_t every);

/* What to merge next, of tiers below `below` only: the lowest tier first, and there the newest
 * tables. table: in the order of the entries. */
struct merge_choice merge_choose(const struct merge_table *table, size_t tables, uint64_t every,
                                 unsigned below);

/* The two neighbours with the fewest entries together that are not busy, whatever their tiers: for
 * a list that has no room for one more table. */
struct merge_choice merge_choose_least(const struct merge_table *table, size_t tables,
                                       uint64_t every);

#endif
