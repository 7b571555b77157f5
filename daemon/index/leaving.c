#include "daemon/index/leaving.h"

#include <stdlib.h>
#include <string.h>

void leaving_free(struct leaving *l)
{
    free(l->table);
    *l = (struct leaving){ .table = NULL };
}

static bool room_for_one(struct leaving *l)
{
    if (l->n < l->room)
        return true;
    size_t room = l->room == 0 ? TABLES_MAX : 2 * l->room;
    struct leaving_table *more = realloc(l->table, room * sizeof *more);
    if (more == NULL)
        return false;
    l->table = more;
    l->room = room;
    return true;
}

/* The `index` entry that named a table of the newest cover first. */
static uint64_t named_first(const struct leaving *l, const struct hash *root, uint64_t unknown)
{
    for (size_t i = 0; i < l->named_n; i++)
        if (hash_eq(&l->named[i].root, root))
            return l->named[i].first;
    return unknown;
}

static void take_newest(struct leaving *l, const struct cover *before, const struct cover *next)
{
    struct named_table named[TABLES_MAX] = { { .first = 0 } };
    for (size_t i = 0; i < next->tables; i++) {
        const struct hash *root = &next->table[i].root;
        named[i].root = *root;
        named[i].first = named_first(l, root, cover_has_root(before, root) ? 0 : next->entry);
    }
    l->named_n = next->tables;
    memcpy(l->named, named, l->named_n * sizeof *named);
}

void leaving_add(struct leaving *l, const struct cover *before, const struct cover *next)
{
    for (size_t i = 0; i < before->tables; i++) {
        const struct hash *root = &before->table[i].root;
        if (!cover_has_root(next, root) && room_for_one(l))
            l->table[l->n++] = (struct leaving_table){
                .root = *root, .first = named_first(l, root, 0), .entry = next->entry, .since = -1
            };
    }
    take_newest(l, before, next);
}

void leaving_remove(struct leaving *l, const struct index_folder *files, uint64_t witnessed,
                    int64_t now, int64_t keep, bool (*needed)(void *ctx, const struct hash *root),
                    void *ctx)
{
    size_t left = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct leaving_table t = l->table[i];
        if (t.first < witnessed && witnessed <= t.entry)
            t.since = -1;
        else if (t.since < 0)
            t.since = now;
        if (t.since < 0 || now - t.since < keep)
            l->table[left++] = t;
        else if (!needed(ctx, &t.root))
            table_file_remove(files, &t.root);
    }
    l->n = left;
}
