#include "daemon/append/signer_standing.h"

#include <stdlib.h>

#include "daemon/append/batch_redo.h"
#include "daemon/state/past_root.h"

static enum standing held_by(struct store *store, const struct last_signed *last)
{
    struct store_txn *txn;
    struct hash root;
    enum store_result r = store_begin(&txn, store, STORE_READ);
    if (r != STORE_OK)
        return STANDING_UNKNOWN;
    r = past_root(&root, txn, last->size);
    store_end(txn);
    return r != STORE_OK                 ? STANDING_UNKNOWN
           : hash_eq(&root, &last->root) ? STANDING_BEHIND
                                         : STANDING_LOST;
}

/* Does the batch lead to what was signed last? */
static enum standing finished_by(const struct journaled *j, const struct tip *tip,
                                 const struct last_signed *last)
{
    struct edge *edge = malloc(sizeof *edge); /* 64 kB */
    struct hash root;
    uint64_t size;
    if (edge == NULL)
        return STANDING_UNKNOWN;
    *edge = tip->edge;
    bool same = journaled_root(*j, edge, &root, &size) == 0 && size == last->size &&
                hash_eq(&root, &last->root);
    free(edge);
    return same ? STANDING_UNFINISHED : STANDING_LOST;
}

enum standing signer_standing(const struct last_signed *last, struct store *store,
                              const struct tip *tip, const struct journaled *j)
{
    struct hash root;
    uint64_t size = tip->edge.frontier.size;
    bool next = j != NULL && journaled_follows(j, &tip->edge);
    edge_root(&tip->edge, &root);
    if (last->size == 0)
        return STANDING_EMPTY;
    if (last->size > size)
        return next ? finished_by(j, tip, last) : STANDING_LOST;
    if (last->size < size)
        return held_by(store, last);
    if (!hash_eq(&root, &last->root))
        return STANDING_LOST;
    return next ? STANDING_UNFINISHED : STANDING_SAME;
}
