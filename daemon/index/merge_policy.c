#include "daemon/index/merge_policy.h"

unsigned merge_tier(uint64_t entries, uint64_t every)
{
    unsigned tier = 0;
    for (uint64_t n = entries / every; n >= MERGE_WIDTH; n /= MERGE_WIDTH)
        tier++;
    return tier;
}

/* The newest tables that make one more of tier + 1: MERGE_WIDTH of that tier, with those of lower
 * tiers that stand between them. Such a run begins with a table of the tier, and takes in what is
 * behind it, so that no small table is left among large ones. */
static struct merge_choice choose_of_tier(const struct merge_table *table, size_t tables,
                                          uint64_t every, unsigned tier)
{
    struct merge_choice c = { .tier = tier };
    size_t end = tables, found = 0;
    for (size_t i = tables; i > 0; i--) {
        const struct merge_table *t = &table[i - 1];
        unsigned of = merge_tier(t->entries, every);
        if (t->busy || of > tier) {
            end = i - 1;
            found = 0;
        } else if (of == tier && ++found == MERGE_WIDTH) {
            c.first = i - 1;
            c.n = end - c.first;
            break;
        }
    }
    return c;
}

struct merge_choice merge_choose(const struct merge_table *table, size_t tables, uint64_t every,
                                 unsigned below)
{
    struct merge_choice c = { .n = 0 };
    for (unsigned tier = 0; c.n == 0 && tier < below && tier < TIERS; tier++)
        c = choose_of_tier(table, tables, every, tier);
    return c;
}

struct merge_choice merge_choose_least(const struct merge_table *table, size_t tables,
                                       uint64_t every)
{
    struct merge_choice c = { .n = 0 };
    uint64_t least = 0;
    for (size_t i = 1; i < tables; i++) {
        uint64_t entries = table[i - 1].entries + table[i].entries;
        if (table[i - 1].busy || table[i].busy || (c.n != 0 && entries > least))
            continue;
        unsigned a = merge_tier(table[i - 1].entries, every);
        unsigned b = merge_tier(table[i].entries, every);
        c = (struct merge_choice){ .first = i - 1, .n = 2, .tier = a > b ? a : b };
        least = entries;
    }
    return c;
}
