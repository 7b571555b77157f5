#include "proto/index/index_row.h"

#include <stdlib.h>

void index_row_set(struct index_row *out, const struct index_key *key, uint64_t entry)
{
    memcpy(out->b, key->b, INDEX_KEY_LENGTH);
    for (int i = 0; i < 8; i++)
        out->b[INDEX_KEY_LENGTH + i] = (uint8_t)(entry >> (56 - 8 * i));
}

uint64_t index_row_entry(const struct index_row *r)
{
    uint64_t entry = 0;
    for (int i = INDEX_KEY_LENGTH; i < ROW_BYTES; i++)
        entry = entry << 8 | r->b[i];
    return entry;
}

void index_row_leaf(struct hash *out, const struct index_row *rows, size_t n)
{
    hash_leaf(out, span_of(rows, n * sizeof *rows));
}

/* ---- merging --------------------------------------------------------------------------------- */

struct stream {
    struct index_row row; /* its next */
    const struct index_row_source *source;
};

/* A heap of streams, the one with the lowest row first. */
struct merging {
    struct stream *stream;
    size_t n;
};

/* Moves the stream at a place down to where it belongs. */
static void sink_stream(struct merging *m, size_t at)
{
    struct stream moved = m->stream[at];
    for (size_t child; (child = 2 * at + 1) < m->n; at = child) {
        if (child + 1 < m->n &&
            index_row_compare(&m->stream[child + 1].row, &m->stream[child].row) < 0)
            child++;
        if (index_row_compare(&moved.row, &m->stream[child].row) <= 0)
            break;
        m->stream[at] = m->stream[child];
    }
    m->stream[at] = moved;
}

static int begin_merging(struct merging *m, const struct index_row_source *source, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct stream *s = &m->stream[m->n];
        int got = source[i].next(source[i].ctx, &s->row);
        if (got < 0)
            return -1;
        s->source = &source[i];
        m->n += got > 0;
    }
    for (size_t i = m->n / 2; i-- > 0;)
        sink_stream(m, i);
    return 0;
}

static int merge_on(struct merging *m, index_row_sink_fn *sink, void *ctx)
{
    struct index_row last;
    bool any = false;
    while (m->n > 0) {
        struct stream *s = &m->stream[0];
        if (!any || index_row_compare(&last, &s->row) != 0) {
            last = s->row;
            any = true;
            int stop = sink(ctx, &last);
            if (stop != 0)
                return stop;
        }
        int got = s->source->next(s->source->ctx, &s->row);
        if (got < 0)
            return -1;
        if (got == 0)
            *s = m->stream[--m->n];
        if (m->n > 0)
            sink_stream(m, 0);
    }
    return 0;
}

int index_rows_merge(const struct index_row_source *source, size_t n, index_row_sink_fn *sink,
                     void *ctx)
{
    struct merging m = { .stream = calloc(n + 1, sizeof *m.stream) };
    if (m.stream == NULL)
        return -1;
    int result = begin_merging(&m, source, n);
    if (result == 0)
        result = merge_on(&m, sink, ctx);
    free(m.stream);
    return result;
}
