#include "proto/verify/carried_entries.h"

#include <stdlib.h>

struct carried {
    const struct entry_at_hand *entry; /* ascending by index */
    struct known_entry *known;         /* beside it: what was judged so far */
    size_t entries, judged;
    const struct carried_setup *setup;
    struct judge *judge;
};

static enum lookup lookup_carried(void *ctx, uint64_t index, struct known_entry *out)
{
    const struct carried *c = ctx;
    size_t from = 0, to = c->judged;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->entry[middle].index < index)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == c->judged || c->entry[from].index != index)
        return LOOKUP_UNKNOWN;
    *out = c->known[from];
    return LOOKUP_FOUND;
}

static void tell_judged_entry(void *ctx, const struct judged *e)
{
    const struct carried *c = ctx;
    const struct registry *r = judge_registry(c->judge);
    c->setup->judged(c->setup->ctx, e, e->counts ? registry_get(r, e->signer) : NULL);
}

static size_t judge_all(struct carried *c)
{
    const struct watch *watch = c->setup->watch;
    for (size_t i = 0; i < c->entries; i++) {
        if (watch->go_on != NULL && !watch->go_on(watch->ctx))
            return SIZE_MAX;
        const struct entry_at_hand *e = &c->entry[i];
        c->known[i].leaf = e->leaf;
        c->known[i].kind = judge_entry_parsed(c->judge, e->index, &e->leaf, e->bytes, e->record);
        c->judged = i + 1;
    }
    return (size_t)judge_signatures(c->judge);
}

size_t carried_judge_proven(const struct entry_at_hand *entry, size_t entries,
                            const struct carried_setup *setup, int64_t *skew)
{
    struct carried c = { .entry = entry, .entries = entries, .setup = setup };
    struct judge_setup judging = { .log = *setup->log->key[0],
                                   .keys = setup->log,
                                   .size = setup->size,
                                   .has_pin = setup->pin != NULL,
                                   .partial = true,
                                   .lookup = lookup_carried,
                                   .lookup_ctx = &c,
                                   .found = setup->watch->found,
                                   .found_ctx = setup->watch->ctx,
                                   .judged = setup->judged == NULL ? NULL : tell_judged_entry,
                                   .judged_ctx = &c };
    if (setup->pin != NULL)
        judging.pin = *setup->pin;
    size_t good = SIZE_MAX;
    c.judge = judge_new(&judging);
    c.known = calloc(entries + 1, sizeof *c.known);
    if (c.judge != NULL && c.known != NULL) {
        good = judge_all(&c);
        if (skew != NULL)
            *skew = judge_skew_of_log(c.judge);
    }
    free(c.known);
    judge_free(c.judge);
    return good;
}

static int by_index(const void *a, const void *b)
{
    uint64_t x = (*(const struct proven_entry *const *)a)->index;
    uint64_t y = (*(const struct proven_entry *const *)b)->index;
    return x < y ? -1 : x > y;
}

static bool included(const struct proven_entry *e, const struct hash *leaf, uint64_t size,
                     const struct hash *root)
{
    struct hash got;
    return tree_root_of_inclusion(&got, e->index, size, leaf, e->path, e->path_length) == 0 &&
           hash_eq(&got, root);
}

/* Sets out to the entries in ascending order, up to the first whose path does not lead to the root.
 * Returns how many. */
static size_t take_included(struct entry_at_hand *out, const struct proven_entry *const *order,
                            size_t entries, uint64_t size, const struct hash *root)
{
    for (size_t i = 0; i < entries; i++) {
        out[i] = (struct entry_at_hand){ .index = order[i]->index,
                                         .bytes = order[i]->bytes,
                                         .record = order[i]->record };
        hash_leaf(&out[i].leaf, out[i].bytes);
        if (!included(order[i], &out[i].leaf, size, root))
            return i;
    }
    return entries;
}

static void tell_path(uint64_t index, const struct watch *watch)
{
    struct finding f = { .verdict = VERDICT_BAD, .entry = index, .related = NO_ENTRY };
    refuse_number(&f.why, REASON_RECEIPT_PATH, index);
    watch->found(watch->ctx, &f);
}

size_t carried_judge(const struct proven_entry *entry, size_t entries, uint64_t size,
                     const struct hash *root, const struct log_keys *log, const struct hash *pin,
                     const struct watch *watch, int64_t *skew)
{
    struct carried_setup setup = { .size = size, .log = log, .pin = pin, .watch = watch };
    size_t good = SIZE_MAX;
    const struct proven_entry **order = calloc(entries + 1, sizeof *order);
    struct entry_at_hand *list = calloc(entries + 1, sizeof *list);
    if (order != NULL && list != NULL) {
        for (size_t i = 0; i < entries; i++)
            order[i] = &entry[i];
        qsort(order, entries, sizeof *order, by_index);
        size_t n = take_included(list, order, entries, size, root);
        good = carried_judge_proven(list, n, &setup, skew);
        if (good != SIZE_MAX && n < entries) {
            tell_path(order[n]->index, watch);
            good = 0; /* what is not in the tree says nothing about the log */
        }
    }
    free(order);
    free(list);
    return good;
}
