#include "proto/tlog/edge.h"

int edge_append(struct edge *e, const struct hash *leaf, full_tile_fn *full, void *ctx)
{
    struct hash done[64];
    struct tile t = { .width = TILE_WIDTH };
    e->tile[0][edge_width(e, 0)] = *leaf;
    unsigned nodes = frontier_append(&e->frontier, leaf, done);
    for (int level = 0; nodes >= 8u * (unsigned)(level + 1) && level < TILE_LEVELS; level++) {
        t.level = level;
        t.n = (e->frontier.size >> (8 * (level + 1))) - 1;
        int stop = full == NULL ? 0 : full(ctx, &t, e->tile[level]);
        if (stop != 0)
            return stop;
        if (level + 1 < TILE_LEVELS) /* the tile's root is the next hash of the level above */
            e->tile[level + 1][t.n % TILE_WIDTH] = done[8 * (level + 1) - 1];
    }
    return 0;
}

void edge_from_tiles(struct edge *e, uint64_t size)
{
    e->frontier = (struct frontier){ .size = size };
    for (int level = 0; level < TILE_LEVELS; level++) {
        unsigned width = edge_width(e, level), at = 0;
        for (int bit = 7; bit >= 0; bit--) {
            if (!(width >> bit & 1))
                continue;
            tile_root(&e->frontier.node[8 * level + bit], &e->tile[level][at], 1u << bit);
            at += 1u << bit;
        }
    }
}
