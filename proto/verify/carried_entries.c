#include "proto/verify/carried_entries.h"

#include <stdlib.h>

struct carried {
    const struct proven_entry **order; /* ascending by index */
    struct known_entry *known;         /* beside it: what was judged so far */
    size_t entries, judged;
};

static enum lookup lookup_carried(void *ctx, uint64_t index, struct known_entry *out)
{
    const struct carried *c = ctx;
    size_t from = 0, to = c->judged;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->order[middle]->index < index)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == c->judged || c->order[from]->index != index)
        return LOOKUP_UNKNOWN;
    *out = c->known[from];
    return LOOKUP_FOUND;
}

static int by_index(const void *a, const void *b)
{
    uint64_t x = (*(const struct proven_entry *const *)a)->index;
    uint64_t y = (*(const struct proven_entry *const *)b)->index;
    return x < y ? -1 : x > y;
}

/* Whether the entry's path leads to the root; tells of it if not. */
static bool included(const struct proven_entry *e, const struct hash *leaf, uint64_t size,
                     const struct hash *root, const struct watch *watch)
{
    struct hash got;
    if (tree_root_of_inclusion(&got, e->index, size, leaf, e->path, e->path_length) == 0 &&
        hash_eq(&got, root))
        return true;
    struct finding f = { .verdict = VERDICT_BAD, .entry = e->index, .related = NO_ENTRY };
    refuse_number(&f.why, REASON_RECEIPT_PATH, e->index);
    watch->found(watch->ctx, &f);
    return false;
}

static size_t judge_all(struct carried *c, struct judge *judge, uint64_t size,
                        const struct hash *root, const struct watch *watch)
{
    for (size_t i = 0; i < c->entries; i++) {
        if (watch->go_on != NULL && !watch->go_on(watch->ctx))
            return SIZE_MAX;
        const struct proven_entry *e = c->order[i];
        struct hash leaf;
        hash_leaf(&leaf, e->bytes);
        if (!included(e, &leaf, size, root, watch))
            return 0; /* what is not in the tree says nothing about the log */
        c->known[i].leaf = leaf;
        c->known[i].kind = judge_entry(judge, e->index, &leaf, e->bytes);
        c->judged = i + 1;
    }
    return (size_t)judge_signatures(judge);
}

size_t carried_judge(const struct proven_entry *entry, size_t entries, uint64_t size,
                     const struct hash *root, const struct log_keys *log, const struct hash *pin,
                     const struct watch *watch, int64_t *skew)
{
    struct carried c = { .entries = entries };
    struct judge_setup setup = { .log = *log->key[0],
                                 .keys = log,
                                 .size = size,
                                 .has_pin = pin != NULL,
                                 .partial = true,
                                 .lookup = lookup_carried,
                                 .lookup_ctx = &c,
                                 .found = watch->found,
                                 .found_ctx = watch->ctx };
    if (pin != NULL)
        setup.pin = *pin;
    size_t good = SIZE_MAX;
    struct judge *judge = judge_new(&setup);
    c.order = calloc(entries, sizeof *c.order);
    c.known = calloc(entries, sizeof *c.known);
    if (judge != NULL && c.order != NULL && c.known != NULL) {
        for (size_t i = 0; i < entries; i++)
            c.order[i] = &entry[i];
        qsort(c.order, entries, sizeof *c.order, by_index);
        good = judge_all(&c, judge, size, root, watch);
        if (skew != NULL)
            *skew = judge_skew_of_log(judge);
    }
    free(c.order);
    free(c.known);
    judge_free(judge);
    return good;
}
