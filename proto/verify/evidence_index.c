#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/index/cover.h"
#include "proto/index/entry_keys.h"
#include "proto/verify/evidence_inner.h"

/* ---- reading --------------------------------------------------------------------------------- */

static int parse_leaf(struct evidence_table *t, const json_t *v, size_t *rows)
{
    json_int_t number;
    const char *text;
    size_t length, n;
    if (json_unpack((json_t *)(uintptr_t)v, "{s:I,s:s% !}", "leaf", &number, "rows", &text,
                    &length) != 0 ||
        number < 0 || number > INTEGER_MAX)
        return -1;
    struct shown_leaf *leaf = &t->leaf[t->leaves];
    leaf->number = (uint64_t)number;
    leaf->row = &t->row[*rows];
    if ((t->leaves > 0 && leaf->number <= leaf[-1].number) ||
        base64_decode(t->row[*rows].b, LEAF_ROWS * ROW_BYTES, &n, span_of(text, length)) != 0 ||
        n == 0 || n % ROW_BYTES != 0)
        return -1;
    *rows += n / ROW_BYTES;
    t->rows[t->leaves++] = (uint8_t)(n / ROW_BYTES);
    return 0;
}

int evidence_table_parse(struct evidence *e, const json_t *v, struct refusal *why)
{
    json_int_t number;
    json_t *leaves, *hashes;
    size_t rows = 0;
    if (json_unpack((json_t *)(uintptr_t)v, "{s:I,s:o,s:o !}", "number", &number, "leaves", &leaves,
                    "hashes", &hashes) != 0 ||
        number < 0 || number > INTEGER_MAX || !json_is_array(leaves) ||
        json_array_size(leaves) > EVIDENCE_LEAVES_MAX)
        return bad_form(why, "table");
    struct evidence_table *t = e->table = calloc(1, sizeof *t);
    if (t == NULL)
        return refuse(why, REASON_MEMORY, "");
    t->number = (uint64_t)number;
    for (size_t i = 0; i < json_array_size(leaves); i++)
        if (parse_leaf(t, json_array_get(leaves, i), &rows) != 0)
            return bad_form(why, "table");
    if (evidence_hashes(t->hash, &t->hashes, EVIDENCE_HASHES_MAX, hashes) != 0)
        return bad_form(why, "table");
    return 0;
}

/* ---- judging --------------------------------------------------------------------------------- */

/* The cover of the first entry, which nothing may be wrong with. */
static int take_cover(struct cover *out, const struct evidence *e, struct refusal *why)
{
    struct entry header;
    struct record r;
    const struct proven_entry *index = &e->entry[0].proven;
    bool known = false;
    if (entry_parse(&header, index->bytes, why) == 0 && record_parse(&r, header.note, why) == 0) {
        known = r.kind == KIND_INDEX && cover_of(out, index->index, &r);
        record_free(&r);
    } else if (why->reason == REASON_MEMORY) {
        return -1;
    }
    return known ? 0 : not_proven(why, "the first entry is no index that is in force");
}

/* The rows that are carried, of the table that they say. */
static int take_rows(struct shown_rows *out, const struct evidence *e, const struct cover *cover,
                     struct refusal *why)
{
    const struct evidence_table *t = e->table;
    if (t->number >= cover->tables)
        return not_proven(why, "the index has no such table");
    *out = (struct shown_rows){ .table = &cover->table[t->number],
                                .leaf = t->leaf,
                                .leaves = t->leaves,
                                .proof = t->hash,
                                .hashes = t->hashes };
    for (size_t i = 0; i < t->leaves; i++)
        if (t->rows[i] != index_table_leaf_rows(out->table->rows, t->leaf[i].number))
            return not_proven(why, "the rows are not the table's");
    return 0;
}

/* Whether the rows are the table's. Returns 1 if they are, and convict it by themselves, with *why
 * saying how; 0 if they do not; -1 with *why. No rows at all are the table's, too. */
static int judge_rows(const struct shown_rows *s, struct refusal *why)
{
    if (s->leaves == 0)
        return s->hashes == 0 ? 0 : not_proven(why, "the rows are not the table's");
    enum verdict proven = shown_rows_prove(s, why);
    if (proven == VERDICT_GOOD)
        return 0;
    if (why->reason == REASON_INDEX_ROWS)
        return 1;
    return proven == VERDICT_UNDECIDED ? -1 : not_proven(why, "the rows are not the table's");
}

static enum named_entry_result read_carried(void *ctx, uint64_t index, struct span *bytes,
                                            struct hash *leaf)
{
    const struct evidence *e = ctx;
    for (size_t i = 0; i < e->entries; i++)
        if (e->entry[i].proven.index == index) {
            *bytes = e->entry[i].proven.bytes;
            hash_leaf(leaf, *bytes);
            return NAMED_FOUND;
        }
    return NAMED_UNKNOWN;
}

/* Whether a row names the entry under a key that it does not have. */
static bool row_added(const struct shown_rows *s, uint64_t entry, const struct entry_keys *keys)
{
    for (size_t i = 0; i < s->leaves; i++)
        for (size_t k = 0; k < index_table_leaf_rows(s->table->rows, s->leaf[i].number); k++) {
            const struct index_row *row = &s->leaf[i].row[k];
            struct index_key key;
            memcpy(key.b, row->b, sizeof key.b);
            if (index_row_entry(row) == entry && !entry_keys_have(keys, &key))
                return true;
        }
    return false;
}

/* Whether there is no row for one of the entry's keys. A table that says that it has no unkeyed
 * rows has none. */
static bool row_left_out(const struct shown_rows *s, uint64_t entry, const struct entry_keys *keys)
{
    for (size_t i = 0; i < keys->n; i++) {
        struct index_row row;
        index_row_set(&row, &keys->key[i], entry);
        if ((index_row_has_key(&row, &INDEX_UNKEYED) && s->table->unkeyed == 0) ||
            shown_rows_lack(s, &row))
            return true;
    }
    return false;
}

/* Whether the rows are wrong about the second entry. */
static int judge_second(const struct evidence *e, const struct shown_rows *s, struct finding *f)
{
    static const char nothing[] = "nothing is wrong with the table, as far as this shows";
    struct entry_keys keys = { .n = 0 };
    if (e->entries < 2)
        return not_proven(&f->why, nothing);
    uint64_t entry = e->entry[1].proven.index;
    if (entry < s->table->from || entry >= s->table->to)
        return not_proven(&f->why, nothing);
    enum named_entry_result known =
        entry_keys_read(&keys, entry, e->entry[1].proven.bytes, read_carried, (void *)(uintptr_t)e);
    int result = 0;
    if (known == NAMED_MEMORY)
        result = refuse(&f->why, REASON_MEMORY, "");
    else if (row_left_out(s, entry, &keys))
        refuse_number(&f->why, REASON_INDEX_LEFT_OUT, entry);
    else if (known == NAMED_FOUND && row_added(s, entry, &keys))
        refuse_number(&f->why, REASON_INDEX_ROW, entry);
    else
        result = not_proven(&f->why, nothing);
    entry_keys_free(&keys);
    f->related = result == 0 ? entry : NO_ENTRY;
    return result;
}

int evidence_judge_index(const struct evidence *e, const struct policy *policy,
                         const struct hash *pin, struct finding *f)
{
    struct wanted w;
    struct cover cover;
    struct shown_rows rows;
    if (evidence_judge_entries(&w, e, policy, pin, &f->why) != 0)
        return -1;
    if (w.found || w.undecided)
        return not_proven(&f->why, "the first entry is no index that is in force");
    if (take_cover(&cover, e, &f->why) != 0 || take_rows(&rows, e, &cover, &f->why) != 0)
        return -1;
    int wrong = judge_rows(&rows, &f->why);
    if (wrong < 0 || (wrong == 0 && judge_second(e, &rows, f) != 0))
        return -1;
    f->entry = w.entry;
    return 0;
}
