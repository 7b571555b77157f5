#include "daemon/state/snapshot.h"

#include <stdlib.h>

struct snapshot *snapshot_new(struct growing_edge *edge, const struct tip *tip)
{
    uint64_t size = tip->edge.frontier.size;
    int levels = 0;
    while (levels < TILE_LEVELS && size >> (8 * levels) > 0)
        levels++;
    struct snapshot *s = malloc(sizeof *s + (size_t)levels * sizeof *s->edge);
    if (s == NULL)
        return NULL;
    atomic_init(&s->users, 1);
    s->size = size;
    s->levels = levels;
    for (int i = 0; i < levels; i++) {
        tile_nodes_set(&edge->level[i], tip->edge.tile[i], edge_width(&tip->edge, i));
        tile_nodes_copy(&s->edge[i], &edge->level[i]);
    }
    tree_remainders(&tip->edge.frontier, s->remainder);
    memcpy(s->note, tip->checkpoint, tip->checkpoint_length);
    s->note_length = tip->checkpoint_length;
    return s;
}

struct snapshot *snapshot_keep(struct snapshot *s)
{
    if (s != NULL)
        atomic_fetch_add(&s->users, 1);
    return s;
}

void snapshot_release(struct snapshot *s)
{
    if (s != NULL && atomic_fetch_sub(&s->users, 1) == 1)
        free(s);
}
