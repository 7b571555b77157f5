#include "proto/index/cover.h"

#include "proto/base/base64.h"

bool cover_of(struct cover *out, uint64_t entry, const struct record *record)
{
    const struct value *tables = value_member(record->object, "tables");
    *out = (struct cover){ .entry = entry };
    if (record->kind != KIND_INDEX ||
        value_integer(value_member(record->object, "version")) != INDEX_VERSION)
        return false;
    value_foreach (tables, v) {
        struct index_table *t = &out->table[out->tables];
        if (out->tables == TABLES_MAX ||
            base64_decode_exact(t->root.b, HASH_BYTES, value_span(value_member(v, "root"))) != 0)
            return false;
        t->from = out->end;
        out->end = t->to = t->from + (uint64_t)value_integer(value_member(v, "entries"));
        t->rows = (uint64_t)value_integer(value_member(v, "rows"));
        t->unkeyed = (uint64_t)value_integer(value_member(v, "unkeyed"));
        out->tables++;
    }
    return true;
}

/* Whether entries are divided there. */
static bool has_bound(const struct cover *cover, uint64_t bound)
{
    for (size_t i = 0; i < cover->tables; i++)
        if (cover->table[i].to == bound)
            return true;
    return false;
}

static const struct index_table *table_of_bounds(const struct cover *cover, uint64_t from,
                                                 uint64_t to)
{
    for (size_t i = 0; i < cover->tables; i++)
        if (cover->table[i].from == from && cover->table[i].to == to)
            return &cover->table[i];
    return NULL;
}

static bool same_rows(const struct index_table *a, const struct index_table *b)
{
    return a->rows == b->rows && a->unkeyed == b->unkeyed && hash_eq(&a->root, &b->root);
}

static int table_follows(const struct cover *earlier, const struct cover *later, size_t number,
                         struct refusal *why)
{
    const struct index_table *t = &later->table[number];
    const struct index_table *before = table_of_bounds(earlier, t->from, t->to);
    if (t->unkeyed > t->rows)
        return refuse_number(why, REASON_INDEX_UNKEYED, number);
    if (t->to < earlier->end && !has_bound(earlier, t->to))
        return refuse_number(why, REASON_INDEX_BOUNDS, t->to);
    if (before != NULL && !same_rows(before, t))
        return refuse_number(why, REASON_INDEX_CHANGED, number);
    return 0;
}

int cover_follows(const struct cover *earlier, const struct cover *later, struct refusal *why)
{
    static const struct cover nothing = { .entry = NO_ENTRY };
    bool first = earlier->entry == NO_ENTRY;
    if (!first && later->end <= earlier->end)
        return refuse_number(why, REASON_INDEX_AGAIN, later->end);
    for (size_t i = 0; i < later->tables; i++)
        if (table_follows(first ? &nothing : earlier, later, i, why) != 0)
            return -1;
    return 0;
}

const struct index_table *cover_same_table(const struct cover *earlier,
                                           const struct index_table *table)
{
    const struct index_table *t =
        earlier->entry == NO_ENTRY ? NULL : table_of_bounds(earlier, table->from, table->to);
    return t != NULL && same_rows(t, table) ? t : NULL;
}

bool cover_has_root(const struct cover *cover, const struct hash *root)
{
    for (size_t i = 0; i < cover->tables; i++)
        if (hash_eq(&cover->table[i].root, root))
            return true;
    return false;
}

void cover_json(struct buf *out, const struct cover *cover)
{
    buf_addf(out, "\"version\":%d,\"tables\":[", INDEX_VERSION);
    for (size_t i = 0; i < cover->tables; i++) {
        const struct index_table *t = &cover->table[i];
        buf_adds(out, i == 0 ? "{\"entries\":" : ",{\"entries\":");
        buf_add_decimal(out, t->to - t->from);
        buf_adds(out, ",\"rows\":");
        buf_add_decimal(out, t->rows);
        if (t->unkeyed > 0) {
            buf_adds(out, ",\"unkeyed\":");
            buf_add_decimal(out, t->unkeyed);
        }
        buf_adds(out, ",\"root\":\"");
        buf_add_base64(out, t->root.b, HASH_BYTES);
        buf_adds(out, "\"}");
    }
    buf_adds(out, "]");
}
