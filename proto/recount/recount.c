#include "proto/recount/recount.h"

#include <stdlib.h>

#include "proto/recount/recount_inner.h"

struct recount *recount_new(const struct recount_setup *setup)
{
    struct recount *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    x->setup = *setup;
    x->cover.entry = NO_ENTRY;
    if (x->setup.memory == 0)
        x->setup.memory = RECOUNT_ROWS;
    return x;
}

void recount_free(struct recount *x)
{
    if (x == NULL)
        return;
    known_keys_free(&x->known);
    free(x->unknown);
    free(x);
}

/* ---- one cover ------------------------------------------------------------------------------- */

/* The number of that table among those in force; TABLES_MAX: it is new. */
static size_t number_before(const struct recount *x, const struct index_table *t)
{
    const struct index_table *old =
        x->cover.entry == NO_ENTRY ? NULL : cover_same_table(&x->cover, t);
    return old == NULL ? TABLES_MAX : (size_t)(old - x->cover.table);
}

/* The first table of a cover that is wrong, or could not be computed; TABLES_MAX: none. */
struct first_fault {
    size_t wrong, unread;
};

static void compute_cover(struct recount *x, const struct cover *cover,
                          struct table_rows rows[static TABLES_MAX], struct first_fault *fault)
{
    struct waiting_rows w;
    bool carried[TABLES_MAX] = { false };
    waiting_rows_open(&w, x);
    for (size_t i = 0; i < cover->tables && !x->failed; i++) {
        size_t before = number_before(x, &cover->table[i]);
        if (before < TABLES_MAX) {
            rows[i] = x->table[before];
            carried[before] = true;
            continue;
        }
        enum computed c = recount_table(x, &cover->table[i], &w, &rows[i]);
        if (c == COMPUTED_WRONG && fault->wrong == TABLES_MAX)
            fault->wrong = i;
        if (c == COMPUTED_UNREAD && fault->unread == TABLES_MAX)
            fault->unread = i;
    }
    for (size_t i = 0; i < x->cover.tables; i++)
        if (!carried[i] && x->table[i].at_hand)
            recount_forget(x, &x->table[i].run);
    tape_forget(&x->tape[TAPE_PENDING], x->pending, w.at);
    x->pending = w.at;
}

static void tell_fault(const struct recount *x, const struct cover *cover,
                       const struct table_rows *rows, const struct first_fault *fault)
{
    if (x->failed)
        x->setup.lacks(x->setup.ctx, cover, 0, RECOUNT_MEMORY);
    else if (fault->wrong < TABLES_MAX)
        x->setup.wrong(x->setup.ctx, &(struct recount_wrong){ .cover = cover,
                                                              .number = fault->wrong,
                                                              .tape = &x->tape[TAPE_RUNS],
                                                              .run = &rows[fault->wrong].run });
    else if (fault->unread < TABLES_MAX)
        x->setup.lacks(x->setup.ctx, cover, fault->unread, RECOUNT_UNREAD);
}

void recount_cover(struct recount *x, const struct cover *cover, const struct hash *leaf)
{
    struct table_rows rows[TABLES_MAX] = { { .right = false } };
    struct first_fault fault = { TABLES_MAX, TABLES_MAX };
    if (!x->failed)
        compute_cover(x, cover, rows, &fault);
    tell_fault(x, cover, rows, &fault);
    x->cover = *cover;
    x->leaf = *leaf;
    x->covers++;
    memcpy(x->table, rows, sizeof rows);
}

/* ---- files ----------------------------------------------------------------------------------- */

static int build_row(void *ctx, const struct index_row *row)
{
    return index_table_builder_add(ctx, row);
}

int recount_files(struct recount *x, size_t number, index_table_file_fn *file, void *ctx)
{
    const struct table_rows *rows = &x->table[number];
    struct index_table made;
    if (!rows->at_hand)
        return -1;
    index_table_builder_begin(&x->builder, file, ctx);
    int failed = row_runs_merge(&x->tape[TAPE_RUNS], &rows->run, 1, build_row, &x->builder);
    return failed != 0 ? failed : index_table_builder_end(&x->builder, &made);
}

/* ---- what was known before, and is known now ------------------------------------------------- */

void recount_resume(struct recount *x, const struct cover *cover, const struct hash *leaf,
                    const bool *right)
{
    x->cover = *cover;
    x->leaf = *leaf;
    for (size_t i = 0; i < cover->tables; i++)
        x->table[i] = (struct table_rows){ .right = right != NULL && right[i] };
}

void recount_report(const struct recount *x, struct recount_report *out)
{
    *out = (struct recount_report){ .cover = &x->cover,
                                    .leaf = x->leaf,
                                    .covers = x->covers,
                                    .all_right = x->cover.entry != NO_ENTRY };
    for (size_t i = 0; i < x->cover.tables; i++) {
        out->right[i] = x->table[i].right;
        out->all_right = out->all_right && x->table[i].right;
    }
}
