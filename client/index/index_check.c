#include "client/index/index_check.h"

#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/index/entry_keys.h"
#include "proto/record/entry.h"
#include "proto/recount/table_leaves.h"

/* ---- the newest cover ------------------------------------------------------------------------ */

static enum verdict read_proven(struct index_check *x, uint64_t index, struct proven *out,
                                struct refusal *why)
{
    const struct checkpoint *cp = &x->now->cp.checkpoint;
    return prove_entry(out, x->files, cp->size, &cp->root, index, why);
}

/* Takes the cover of a proven entry. Returns false if it is no `index` that is known. */
static bool take_cover_of(struct index_check *x, const struct proven *p)
{
    struct entry e;
    struct record r;
    if (entry_parse(&e, p->entry.bytes, &x->why) != 0 || record_parse(&r, e.note, &x->why) != 0)
        return false;
    bool known = r.kind == KIND_INDEX && cover_of(&x->cover, p->entry.index, &r);
    record_free(&r);
    if (!known)
        refuse_number(&x->why, REASON_ANSWER_INDEX, p->entry.index);
    return known;
}

static void find_cover(struct index_check *x)
{
    struct proven p;
    uint64_t entry;
    x->asked = true;
    x->cover.entry = NO_ENTRY;
    x->why.reason = REASON_NONE;
    enum fetch got = logfiles_index_newest(x->files, &entry, &x->why);
    if (got == FETCH_MISSING)
        x->why.reason = REASON_NONE; /* so it is in logs without an index */
    if (got != FETCH_OK)
        return;
    if (entry >= x->now->cp.checkpoint.size) { /* it is newer than the checkpoint */
        refuse_number(&x->why, REASON_ANSWER_INDEX, entry);
        return;
    }
    if (read_proven(x, entry, &p, &x->why) != VERDICT_GOOD || !take_cover_of(x, &p))
        x->cover.entry = NO_ENTRY;
    proven_free(&p);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static int read_of_log(void *ctx, const struct hash *root, const struct index_table_file *f,
                       struct buf *out)
{
    struct index_check *x = ctx;
    return logfiles_index_file(x->files, root, f, out, &x->why) == FETCH_OK ? 0 : -1;
}

static bool is_shown(const struct shown_rows *s, const struct index_row *row)
{
    for (size_t i = 0; i < s->leaves; i++)
        for (size_t k = 0; k < index_table_leaf_rows(s->table->rows, s->leaf[i].number); k++)
            if (index_row_compare(&s->leaf[i].row[k], row) == 0)
                return true;
    return false;
}

/* Looks for one row in its table. */
static enum index_checked look_for_row(struct index_check *x, const struct index_table *t,
                                       const struct index_row *row, struct table_leaves *leaves)
{
    struct said_files files = { t, read_of_log, x };
    struct refusal why;
    x->why.reason = REASON_NONE;
    if (table_leaves_around(leaves, &files, row) != 0) {
        if (x->why.reason == REASON_NONE)
            refuse(&x->why, REASON_UNREADABLE, "index/");
        return INDEX_UNCHECKED;
    }
    enum verdict v = t->rows == 0 ? VERDICT_GOOD : shown_rows_prove(&leaves->shown, &why);
    if (v == VERDICT_BAD && why.reason == REASON_INDEX_ROWS)
        return INDEX_LACKS; /* the table convicts itself */
    if (v != VERDICT_GOOD) {
        x->why = why;
        return INDEX_UNCHECKED;
    }
    if (is_shown(&leaves->shown, row))
        return INDEX_HAS;
    return t->rows == 0 || shown_rows_lack(&leaves->shown, row) ? INDEX_LACKS : INDEX_UNCHECKED;
}

/* ---- one entry ------------------------------------------------------------------------------- */

/* Reads what an entry names. */
struct reading_named {
    struct index_check *x;
    struct proven last;
};

static enum named_entry_result read_in_log(void *ctx, uint64_t index, struct span *bytes,
                                           struct hash *leaf)
{
    struct reading_named *r = ctx;
    proven_free(&r->last);
    if (read_proven(r->x, index, &r->last, &r->x->why) != VERDICT_GOOD)
        return r->x->why.reason == REASON_MEMORY ? NAMED_MEMORY : NAMED_UNKNOWN;
    *bytes = r->last.entry.bytes;
    *leaf = r->last.leaf;
    return NAMED_FOUND;
}

/* The keys of the entry, if it is the one of that leaf hash. */
static bool keys_of_entry(struct index_check *x, uint64_t index, const struct hash *leaf,
                          struct entry_keys *keys)
{
    struct reading_named r = { .x = x };
    struct proven p;
    bool known = read_proven(x, index, &p, &x->why) == VERDICT_GOOD && hash_eq(&p.leaf, leaf) &&
                 entry_keys_read(keys, index, p.entry.bytes, read_in_log, &r) == NAMED_FOUND;
    proven_free(&p);
    proven_free(&r.last);
    return known;
}

static size_t table_with(const struct cover *c, uint64_t index)
{
    size_t n = 0;
    while (c->table[n].to <= index)
        n++;
    return n;
}

static void tell_left_out(struct index_check *x, uint64_t index, size_t number,
                          const struct table_leaves *leaves, struct finding *f,
                          struct buf *evidence)
{
    struct wrong_rows wrong = {
        .index = x->cover.entry, .number = number, .about = index, .rows = &leaves->shown
    };
    struct buf made = { 0 };
    evidence_of_table(&made, x->trust->policy, trust_pin(x->trust), logfiles_source(x->files),
                      x->now, &wrong);
    *f = (struct finding){ .verdict = made.n > 0 ? VERDICT_BAD : VERDICT_UNDECIDED,
                           .entry = x->cover.entry,
                           .related = index };
    refuse_number(&f->why, REASON_INDEX_LEFT_OUT, index);
    if (evidence->n == 0)
        buf_add_span(evidence, buf_span(&made));
    buf_free(&made);
}

static enum index_checked look_for_keys(struct index_check *x, uint64_t index,
                                        const struct entry_keys *keys, struct finding *f,
                                        struct buf *evidence)
{
    struct table_leaves *leaves = kept(malloc(sizeof *leaves));
    size_t number = table_with(&x->cover, index);
    enum index_checked all = leaves == NULL ? INDEX_UNCHECKED : INDEX_HAS;
    for (size_t i = 0; i < keys->n && all == INDEX_HAS; i++) {
        struct index_row row;
        index_row_set(&row, &keys->key[i], index);
        all = look_for_row(x, &x->cover.table[number], &row, leaves);
    }
    if (all == INDEX_LACKS)
        tell_left_out(x, index, number, leaves, f, evidence);
    free(leaves);
    return all;
}

enum index_checked index_check_entry(struct index_check *x, uint64_t index, const struct hash *leaf,
                                     struct finding *f, struct buf *evidence)
{
    struct entry_keys keys = { .n = 0 };
    if (!x->asked)
        find_cover(x);
    f->why = x->why;
    if (x->cover.entry == NO_ENTRY)
        return x->why.reason == REASON_NONE ? INDEX_NOT_YET : INDEX_UNCHECKED;
    if (index >= x->cover.end)
        return INDEX_NOT_YET;
    enum index_checked checked = INDEX_UNCHECKED;
    if (keys_of_entry(x, index, leaf, &keys))
        checked = look_for_keys(x, index, &keys, f, evidence);
    if (checked == INDEX_UNCHECKED)
        f->why = x->why;
    entry_keys_free(&keys);
    return checked;
}

enum index_checked index_check_receipt(struct index_check *x, struct receipt_check *c,
                                       struct buf *evidence)
{
    struct finding f;
    struct buf sentence = { 0 };
    enum index_checked checked =
        index_check_entry(x, c->report.index, &c->report.leaf, &f, evidence);
    if (checked == INDEX_LACKS)
        findings_add(&c->findings, &f);
    if (checked != INDEX_UNCHECKED)
        return checked;
    refusal_sentence(&sentence, &f.why, language_get());
    say(TR("%s: whether the log's index lists the entry could not be looked up: %s",
           "%s: no se pudo consultar si el índice de la bitácora registra el asiento: %s"),
        c->path, kept_text(&sentence));
    buf_free(&sentence);
    return checked;
}

json_t *index_checked_json(enum index_checked checked)
{
    return checked == INDEX_HAS || checked == INDEX_LACKS
               ? json_made(json_boolean(checked == INDEX_HAS))
               : json_null();
}
