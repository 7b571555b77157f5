#include "daemon/index/leaving.h"

#include <stdlib.h>

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

static bool has_root(const struct cover *c, const struct hash *root)
{
    for (size_t i = 0; i < c->tables; i++)
        if (hash_eq(&c->table[i].root, root))
            return true;
    return false;
}

void leaving_add(struct leaving *l, const struct cover *before, const struct cover *next)
{
    for (size_t i = 0; i < before->tables; i++)
        if (!has_root(next, &before->table[i].root) && room_for_one(l))
            l->table[l->n++] = (struct leaving_table){ .root = before->table[i].root,
                                                       .entry = next->entry,
                                                       .since = -1 };
}

void leaving_remove(struct leaving *l, const struct index_folder *files, uint64_t witnessed,
                    int64_t now, int64_t keep, bool (*needed)(void *ctx, const struct hash *root),
                    void *ctx)
{
    size_t left = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct leaving_table t = l->table[i];
        if (t.since < 0 && t.entry < witnessed)
            t.since = now;
        if (t.since < 0 || now - t.since < keep)
            l->table[left++] = t;
        else if (!needed(ctx, &t.root))
            table_file_remove(files, &t.root);
    }
    l->n = left;
}
