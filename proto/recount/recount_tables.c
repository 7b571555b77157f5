/* One table, of the rows of earlier ones and of those that wait. */
#include "proto/recount/recount_inner.h"

/* ---- rows that wait for a cover -------------------------------------------------------------- */

static void next_waiting(struct waiting_rows *w)
{
    w->at += sizeof w->row;
    w->left = w->source.next(w->source.ctx, &w->row);
}

void waiting_rows_open(struct waiting_rows *w, const struct recount *x)
{
    const struct tape *tape = &x->tape[TAPE_PENDING];
    struct row_run all = { x->pending, (tape->length - x->pending) / sizeof(struct index_row) };
    row_reader_open(&w->reader, tape, &all);
    w->source = row_reader_source(&w->reader);
    w->at = x->pending - sizeof w->row;
    next_waiting(w);
}

/* Passes those of entries below `to` on to the sorter; NULL: they are left out. Returns 0 or -1. */
static int take_waiting(struct waiting_rows *w, uint64_t to, struct row_sorter *sorter)
{
    while (w->left == 1 && index_row_entry(&w->row) < to) {
        if (sorter != NULL && row_sorter_add(sorter, &w->row) != 0)
            return -1;
        next_waiting(w);
    }
    return w->left < 0 ? -1 : 0;
}

/* ---- making a table -------------------------------------------------------------------------- */

/* The table that rows make, and the run that they are kept as. */
struct making_table {
    struct recount *x;
    const struct index_table *said;
    struct row_writer writer;
};

static int make_row(void *ctx, const struct index_row *row)
{
    struct making_table *m = ctx;
    int failed = index_table_builder_add(&m->x->builder, row);
    return failed != 0 ? failed : row_writer_add(&m->writer, row);
}

static void begin_making(struct making_table *m, struct recount *x, const struct index_table *said)
{
    m->x = x;
    m->said = said;
    index_table_builder_begin(&x->builder, NULL, NULL);
    row_writer_begin(&m->writer, &x->tape[TAPE_RUNS]);
}

/* Returns 0, or -1 if there is no room. */
static int end_making(struct making_table *m, struct index_table *table, struct row_run *run)
{
    return index_table_builder_end(&m->x->builder, table) == 0 ? row_writer_end(&m->writer, run)
                                                               : -1;
}

static bool is_table(const struct index_table *made, const struct index_table *said)
{
    return made->rows == said->rows && made->unkeyed == said->unkeyed &&
           hash_eq(&made->root, &said->root);
}

void recount_forget(struct recount *x, const struct row_run *run)
{
    tape_forget(&x->tape[TAPE_RUNS], run->at, run->at + run->rows * sizeof(struct index_row));
}

/* ---- the rows of earlier tables -------------------------------------------------------------- */

/* Adds the rows of a table's pages. Returns 0, or -1 if one is not there, or cannot be its. */
static int make_of_pages(struct making_table *m)
{
    const struct recount_setup *setup = &m->x->setup;
    struct buf page = { 0 };
    const struct index_row *row;
    size_t n;
    int failed = 0;
    for (uint64_t p = 0; !failed && p < index_table_files(m->said->rows, 0); p++) {
        failed = index_table_page(&page, &row, &n, m->said, p, setup->file, setup->ctx);
        for (size_t i = 0; !failed && i < n; i++)
            failed = make_row(m, &row[i]);
    }
    buf_free(&page);
    return failed ? -1 : 0;
}

/* From its files, if an earlier run found it right and they have its root. Returns whether its rows
 * are at hand. */
static bool load_table(struct recount *x, const struct index_table *t, struct table_rows *out)
{
    struct making_table m;
    struct index_table made;
    if (!out->right || x->setup.file == NULL)
        return false;
    begin_making(&m, x, t);
    bool whole = make_of_pages(&m) == 0;
    if (end_making(&m, &made, &out->run) != 0)
        x->failed = true;
    out->at_hand = whole && !x->failed && is_table(&made, t);
    if (!out->at_hand)
        recount_forget(x, &out->run);
    return out->at_hand;
}

/* What a table is made of. */
struct ingredients {
    struct row_run run[TABLES_MAX + 1];
    size_t runs;
    struct row_sorter *sorter;
};

/* Takes in the earlier tables in its range: by their runs, or else by their entries. */
static void gather_earlier(struct recount *x, const struct index_table *t, struct ingredients *in)
{
    for (size_t i = 0; i < x->cover.tables && !x->failed; i++) {
        const struct index_table *old = &x->cover.table[i];
        struct table_rows *rows = &x->table[i];
        if (old->from < t->from || old->to > t->to)
            continue;
        if (rows->at_hand || load_table(x, old, rows))
            in->run[in->runs++] = rows->run;
        else
            recount_sort_again(x, old->from, old->to, in->sorter);
    }
}

/* ---- one table ------------------------------------------------------------------------------- */

/* Makes the table of what was gathered. Returns 0, or -1 if there is no room. */
static int make_table(struct recount *x, const struct index_table *said, struct ingredients *in,
                      struct index_table *made, struct row_run *run)
{
    struct making_table m;
    struct row_writer w;
    struct tape *tape = &x->tape[TAPE_RUNS];
    if (in->runs == 0) {
        begin_making(&m, x, said);
        return row_sorter_end(in->sorter, make_row, &m) == 0 ? end_making(&m, made, run) : -1;
    }
    row_writer_begin(&w, tape);
    if (row_sorter_end(in->sorter, row_writer_add, &w) != 0 ||
        row_writer_end(&w, &in->run[in->runs]) != 0)
        return -1;
    begin_making(&m, x, said);
    int failed = row_runs_merge(tape, in->run, in->runs + 1, make_row, &m);
    recount_forget(x, &in->run[in->runs]);
    return failed == 0 ? end_making(&m, made, run) : -1;
}

/* Gathers and makes, if all is known that it takes. */
static enum rests_on gather_and_make(struct recount *x, const struct index_table *t,
                                     struct waiting_rows *w, struct ingredients *in,
                                     struct table_rows *out)
{
    struct index_table made;
    bool known = recount_rests_on(x, t->from, t->to) == ALL_KNOWN;
    if (known)
        gather_earlier(x, t, in);
    if (!x->failed && take_waiting(w, t->to, known ? in->sorter : NULL) != 0)
        x->failed = true;
    enum rests_on rests = recount_rests_on(x, t->from, t->to); /* it was read again meanwhile */
    if (x->failed || rests != ALL_KNOWN)
        return rests;
    x->failed = make_table(x, t, in, &made, &out->run) != 0;
    out->at_hand = !x->failed;
    out->right = out->at_hand && is_table(&made, t);
    return rests;
}

enum computed recount_table(struct recount *x, const struct index_table *t, struct waiting_rows *w,
                            struct table_rows *out)
{
    struct ingredients in = { .sorter = row_sorter_new(&x->tape[TAPE_RUNS], x->setup.memory) };
    enum rests_on rests = ALL_KNOWN;
    *out = (struct table_rows){ .right = false };
    if (in.sorter == NULL)
        x->failed = true;
    else
        rests = gather_and_make(x, t, w, &in, out);
    row_sorter_free(in.sorter);
    if (x->failed || rests == SOME_TOLD)
        return COMPUTED_NOT;
    return rests == SOME_UNREAD ? COMPUTED_UNREAD : out->right ? COMPUTED_RIGHT : COMPUTED_WRONG;
}
