#include "proto/answer/answer_evidence.h"
#include "proto/answer/answer_inner.h"
#include "proto/record/entry.h"

enum cover_read part_take_cover(struct part_judging *j, struct cover *out, uint64_t index)
{
    struct refusal why;
    struct entry e;
    struct record r;
    *out = (struct cover){ .entry = index };
    if (entry_parse(&e, answer_part_entry(j->part, index)->bytes, &why) != 0 ||
        record_parse(&r, e.note, &why) != 0)
        return why.reason == REASON_MEMORY    ? COVER_MEMORY
               : why.reason == REASON_VERSION ? COVER_UNREAD
                                              : COVER_NONE;
    enum cover_read read = COVER_NONE;
    if (r.kind == KIND_INDEX)
        read = cover_of(out, index, &r) ? COVER_READ : COVER_OTHER_VERSION;
    record_free(&r);
    if (read != COVER_READ)
        *out = (struct cover){ .entry = index };
    return read;
}

bool part_read_cover(struct part_judging *j)
{
    uint64_t index = j->part->index;
    switch (part_take_cover(j, &j->part->cover, index)) {
    case COVER_READ:
        return true;
    case COVER_MEMORY:
        return part_tell_memory(j);
    case COVER_OTHER_VERSION:
    case COVER_UNREAD:
        return part_tell_number(j, VERDICT_UNDECIDED, REASON_ANSWER_VERSION, index, index);
    default:
        return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_INDEX, index, index);
    }
}

bool part_check_range(struct part_judging *j)
{
    const struct answer_part *p = j->part;
    if (p->end >= p->cover.end && p->end <= p->cp.checkpoint.size)
        return true;
    return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_RANGE, NO_ENTRY, p->end);
}

/* A table of the cover, as far as a part shows it. */
struct shown_table {
    struct part_judging *j;
    uint64_t number;
    struct shown_rows rows;
    bool unkeyed; /* take_row() is called for unkeyed rows */
};

/* Tells that the index is wrong, with evidence. */
static bool tell_lie(struct shown_table *t, const struct refusal *why, const struct index_row *row)
{
    struct part_judging *j = t->j;
    struct index_lie lie = { .table = t->number,
                             .rows = &t->rows,
                             .row = row,
                             .left_out = why->reason == REASON_INDEX_LEFT_OUT };
    answer_evidence(j->part, &j->parsed, &lie, j->policy, j->pin);
    return part_tell(j, VERDICT_BAD, j->part->index, row == NULL ? NO_ENTRY : index_row_entry(row),
                     why);
}

static bool tell_wrong_row(struct shown_table *t, enum reason reason, const struct index_key *key,
                           uint64_t entry)
{
    struct refusal why;
    struct index_row row;
    index_row_set(&row, key, entry);
    refuse_number(&why, reason, entry);
    return tell_lie(t, &why, &row);
}

/* Takes an entry that the index lists. Returns 1 if that is wrong, which it has told. */
static int take_row(void *ctx, uint64_t index)
{
    struct shown_table *t = ctx;
    struct answer_entry *e = answer_part_entry(t->j->part, index);
    if (e == NULL) {
        part_tell_missing(t->j, index);
        return 1;
    }
    const struct key_state *s = &t->j->state[e - t->j->part->entry];
    if (t->unkeyed) {
        if (!e->unkeyed)
            tell_wrong_row(t, REASON_INDEX_ROW, &INDEX_UNKEYED, index);
        return !e->unkeyed;
    }
    if (s->has == HAS_UNKNOWN)
        part_tell_missing(t->j, s->lacks);
    else if (s->has == HAS_NOT)
        tell_wrong_row(t, REASON_INDEX_ROW, &t->j->part->question.key, index);
    e->asked = s->has == HAS_KEY;
    return !e->asked;
}

/* All rows with a key, for the part's range. */
static bool take_rows(struct shown_table *t, const struct index_key *key, uint64_t from,
                      uint64_t to)
{
    struct refusal why;
    int result = shown_rows_all(&t->rows, key, from, to, take_row, t, &why);
    if (result < 0)
        part_tell(t->j, VERDICT_BAD, NO_ENTRY, NO_ENTRY, &why);
    return result == 0;
}

/* Whether each leaf has as many rows as its place in the table says. */
static bool leaves_fit(const struct index_table *table, const struct parsed_table *parsed)
{
    for (size_t i = 0; i < parsed->leaves; i++)
        if (parsed->leaf[i].number >= index_table_leaves(table->rows) ||
            parsed->rows[i] != index_table_leaf_rows(table->rows, parsed->leaf[i].number))
            return false;
    return true;
}

/* Carried entries of the table's range that have the key, or no form, and of which the leaves show
 * that they have no row. */
static bool check_left_out(struct shown_table *t)
{
    const struct answer_part *p = t->j->part;
    const struct index_table *table = t->rows.table;
    for (size_t i = part_place_of(p, table->from); i < p->entries && p->entry[i].index < table->to;
         i++) {
        const struct answer_entry *e = &p->entry[i];
        const struct index_key *key = e->unkeyed ? &INDEX_UNKEYED : &p->question.key;
        struct index_row row;
        index_row_set(&row, key, e->index);
        if ((e->unkeyed && table->unkeyed == 0) ||
            ((e->unkeyed || e->has_key) && shown_rows_lack(&t->rows, &row)))
            return tell_wrong_row(t, REASON_INDEX_LEFT_OUT, key, e->index);
    }
    return true;
}

static bool check_shown(struct shown_table *t, const struct parsed_table *parsed, uint64_t from,
                        uint64_t to)
{
    struct part_judging *j = t->j;
    struct refusal why;
    if (!leaves_fit(t->rows.table, parsed))
        return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_TABLE, NO_ENTRY, t->number);
    enum verdict proven = shown_rows_prove(&t->rows, &why);
    if (proven == VERDICT_UNDECIDED)
        return part_tell_memory(j);
    if (proven == VERDICT_BAD)
        return why.reason == REASON_INDEX_ROWS
                   ? tell_lie(t, &why, NULL)
                   : part_tell(j, VERDICT_BAD, NO_ENTRY, NO_ENTRY, &why);
    t->unkeyed = false;
    if (!take_rows(t, &j->part->question.key, from, to))
        return false;
    t->unkeyed = true;
    if (t->rows.table->unkeyed > 0 && !take_rows(t, &INDEX_UNKEYED, from, to))
        return false;
    return check_left_out(t);
}

bool part_check_tables(struct part_judging *j)
{
    const struct answer_part *p = j->part;
    const struct parsed_table *parsed = j->parsed.table;
    const struct parsed_table *end = parsed + j->parsed.tables;
    for (size_t k = 0; k < p->cover.tables; k++) {
        const struct index_table *table = &p->cover.table[k];
        uint64_t from = table->from > p->from ? table->from : p->from;
        uint64_t to = table->to < p->to ? table->to : p->to;
        struct shown_table t = { .j = j, .number = k, .rows = { .table = table } };
        bool carried = parsed < end && parsed->number == k;
        if (carried != (from < to && table->rows > 0))
            return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_ROWS, NO_ENTRY, k);
        if (!carried) {
            if (from < to && !check_left_out(&t))
                return false;
            continue;
        }
        t.rows.leaf = parsed->leaf;
        t.rows.leaves = parsed->leaves;
        t.rows.proof = parsed->proof;
        t.rows.hashes = parsed->hashes;
        if (!check_shown(&t, parsed++, from, to))
            return false;
    }
    return parsed == end ||
           part_tell_number(j, VERDICT_BAD, REASON_ANSWER_TABLE, NO_ENTRY, parsed->number);
}

bool part_check_tail(struct part_judging *j)
{
    struct answer_part *p = j->part;
    uint64_t index = p->cover.end > p->from ? p->cover.end : p->from;
    for (size_t i = part_place_of(p, index); index < p->to; i++, index++) {
        if (i == p->entries || p->entry[i].index != index)
            return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_RANGE, NO_ENTRY, index);
        if (j->state[i].has == HAS_UNKNOWN)
            return part_tell_missing(j, j->state[i].lacks);
        p->entry[i].asked = j->state[i].has == HAS_KEY;
    }
    return true;
}
