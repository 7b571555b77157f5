#include "proto/index/row_sorter.h"

#include <stdlib.h>

#define FAN 64        /* runs of one level that are merged into one of the next */
#define ROWS_FIRST 64 /* that room is made for at first */

/* ---- runs ------------------------------------------------------------------------------------ */

void row_writer_begin(struct row_writer *w, struct tape *tape)
{
    w->tape = tape;
    w->run = (struct row_run){ .at = tape->length };
    w->n = 0;
}

static int flush_rows(struct row_writer *w)
{
    int failed = w->n == 0 ? 0 : tape_append(w->tape, w->row, w->n * sizeof *w->row);
    w->n = 0;
    return failed;
}

int row_writer_add(void *row_writer, const struct index_row *row)
{
    struct row_writer *w = row_writer;
    if (w->n == ROW_BUFFER && flush_rows(w) != 0)
        return -1;
    w->row[w->n++] = *row;
    w->run.rows++;
    return 0;
}

int row_writer_end(struct row_writer *w, struct row_run *out)
{
    *out = w->run;
    return flush_rows(w);
}

void row_reader_open(struct row_reader *r, const struct tape *tape, const struct row_run *run)
{
    r->tape = tape;
    r->left = *run;
    r->n = r->next = 0;
}

static int fill_rows(struct row_reader *r)
{
    r->next = 0;
    r->n = r->left.rows < ROW_BUFFER ? (size_t)r->left.rows : ROW_BUFFER;
    if (tape_read(r->tape, r->left.at, r->row, r->n * sizeof *r->row) != 0)
        return -1;
    r->left.at += r->n * sizeof *r->row;
    r->left.rows -= r->n;
    return 0;
}

static int next_row(void *ctx, struct index_row *out)
{
    struct row_reader *r = ctx;
    if (r->next == r->n && r->left.rows == 0)
        return 0;
    if (r->next == r->n && fill_rows(r) != 0)
        return -1;
    *out = r->row[r->next++];
    return 1;
}

struct index_row_source row_reader_source(struct row_reader *r)
{
    return (struct index_row_source){ .next = next_row, .ctx = r };
}

/* Merges n runs, and the rows of one source more if it is not NULL. */
static int merge(const struct tape *tape, const struct row_run *run, size_t n,
                 const struct index_row_source *more, index_row_sink_fn *sink, void *ctx)
{
    struct row_reader *reader = calloc(n + 1, sizeof *reader);
    struct index_row_source *source = calloc(n + 1, sizeof *source);
    int result = -1;
    if (reader != NULL && source != NULL) {
        for (size_t i = 0; i < n; i++) {
            row_reader_open(&reader[i], tape, &run[i]);
            source[i] = row_reader_source(&reader[i]);
        }
        if (more != NULL)
            source[n++] = *more;
        result = index_rows_merge(source, n, sink, ctx);
    }
    free(reader);
    free(source);
    return result;
}

int row_runs_merge(const struct tape *tape, const struct row_run *run, size_t n,
                   index_row_sink_fn *sink, void *ctx)
{
    return merge(tape, run, n, NULL, sink, ctx);
}

/* ---- sorting --------------------------------------------------------------------------------- */

struct sorted_run {
    struct row_run run;
    unsigned level; /* how often its rows were merged; never more than that of the run before */
};

struct row_sorter {
    struct tape *tape;
    struct index_row *row;
    size_t n, cap, most;
    size_t next; /* while they are read, sorted */
    struct sorted_run *run;
    size_t runs, run_cap;
};

struct row_sorter *row_sorter_new(struct tape *tape, size_t rows)
{
    struct row_sorter *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->tape = tape;
    s->most = rows;
    return s;
}

void row_sorter_free(struct row_sorter *s)
{
    if (s == NULL)
        return;
    free(s->row);
    free(s->run);
    free(s);
}

static int by_bytes(const void *a, const void *b)
{
    return index_row_compare(a, b);
}

/* The rows in memory, sorted, none twice: a source. */
static int next_in_memory(void *ctx, struct index_row *out)
{
    struct row_sorter *s = ctx;
    while (s->next > 0 && s->next < s->n &&
           index_row_compare(&s->row[s->next], &s->row[s->next - 1]) == 0)
        s->next++;
    if (s->next == s->n)
        return 0;
    *out = s->row[s->next++];
    return 1;
}

static struct index_row_source rows_in_memory(struct row_sorter *s)
{
    if (s->n > 1)
        qsort(s->row, s->n, sizeof *s->row, by_bytes);
    s->next = 0;
    return (struct index_row_source){ .next = next_in_memory, .ctx = s };
}

static int room_for_run(struct row_sorter *s)
{
    if (s->runs < s->run_cap)
        return 0;
    size_t cap = s->run_cap == 0 ? FAN : 2 * s->run_cap;
    struct sorted_run *more = realloc(s->run, cap * sizeof *more);
    if (more == NULL)
        return -1;
    s->run = more;
    s->run_cap = cap;
    return 0;
}

/* Merges the last n runs and, if there is one, a source into a new run in their place. */
static int replace_runs(struct row_sorter *s, size_t n, const struct index_row_source *more,
                        unsigned level)
{
    struct row_writer w;
    struct row_run old[FAN];
    struct sorted_run new = { .level = level };
    if (room_for_run(s) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        old[i] = s->run[s->runs - n + i].run;
    row_writer_begin(&w, s->tape);
    if (merge(s->tape, old, n, more, row_writer_add, &w) != 0 || row_writer_end(&w, &new.run) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        tape_forget(s->tape, old[i].at, old[i].at + old[i].rows * sizeof(struct index_row));
    s->runs -= n;
    s->run[s->runs++] = new;
    return 0;
}

/* How many of the last runs are of the last one's level. */
static size_t runs_alike(const struct row_sorter *s)
{
    size_t n = 0;
    while (n < s->runs && s->run[s->runs - 1 - n].level == s->run[s->runs - 1].level)
        n++;
    return n;
}

static int spill(struct row_sorter *s)
{
    struct index_row_source rows = rows_in_memory(s);
    int failed = replace_runs(s, 0, &rows, 0);
    s->n = 0;
    while (!failed && runs_alike(s) == FAN)
        failed = replace_runs(s, FAN, NULL, s->run[s->runs - 1].level + 1);
    return failed;
}

static int room_for_row(struct row_sorter *s)
{
    if (s->n < s->cap)
        return 0;
    if (s->n == s->most)
        return spill(s);
    size_t cap = s->cap == 0 ? ROWS_FIRST : 2 * s->cap;
    cap = cap > s->most ? s->most : cap;
    struct index_row *more = realloc(s->row, cap * sizeof *more);
    if (more == NULL)
        return -1;
    s->row = more;
    s->cap = cap;
    return 0;
}

int row_sorter_add(struct row_sorter *s, const struct index_row *row)
{
    if (room_for_row(s) != 0)
        return -1;
    s->row[s->n++] = *row;
    return 0;
}

int row_sorter_end(struct row_sorter *s, index_row_sink_fn *sink, void *ctx)
{
    struct index_row_source rows = rows_in_memory(s);
    struct row_run *run = calloc(s->runs + 1, sizeof *run);
    if (run == NULL)
        return -1;
    for (size_t i = 0; i < s->runs; i++)
        run[i] = s->run[i].run;
    int result = merge(s->tape, run, s->runs, &rows, sink, ctx);
    for (size_t i = 0; i < s->runs; i++)
        tape_forget(s->tape, run[i].at, run[i].at + run[i].rows * sizeof(struct index_row));
    free(run);
    s->runs = s->n = 0;
    return result;
}
