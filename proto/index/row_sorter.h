/* Sorting more rows than memory holds. Rows go in in any order; each time that the memory is full
 * they are sorted and kept on a tape as a run; in the end the runs are merged. One thread. */
#ifndef PROTO_INDEX_ROW_SORTER_H
#define PROTO_INDEX_ROW_SORTER_H

#include "proto/base/tape.h"
#include "proto/index/index_row.h"

/* Rows one behind the other on a tape, ascending, none twice. */
struct row_run {
    uint64_t at; /* place of the first, in bytes */
    uint64_t rows;
};

#define ROW_BUFFER 512 /* rows, 12 kB */

/* Writes one run. Nothing else may be added to the tape from begin to end. */
struct row_writer {
    struct tape *tape;
    struct row_run run; /* so far */
    size_t n;           /* of them in the buffer */
    struct index_row row[ROW_BUFFER];
};

void row_writer_begin(struct row_writer *w, struct tape *tape);
/* Adds the next row, which is higher than the last; an index_row_sink_fn. Returns 0, or -1 if there
 * is no room. */
int row_writer_add(void *row_writer, const struct index_row *row);
/* Writes what is left, and sets *out. Returns 0 or -1. */
MUST_USE int row_writer_end(struct row_writer *w, struct row_run *out);

/* Reads one run. */
struct row_reader {
    const struct tape *tape;
    struct row_run left; /* not in the buffer yet */
    size_t n, next;
    struct index_row row[ROW_BUFFER];
};

void row_reader_open(struct row_reader *r, const struct tape *tape, const struct row_run *run);
/* Its rows; lasts as long as *r. */
struct index_row_source row_reader_source(struct row_reader *r);

/* Gives the rows of n runs (at most 4,096) to sink; returns as index_rows_merge() does. */
MUST_USE int row_runs_merge(const struct tape *tape, const struct row_run *run, size_t n,
                            index_row_sink_fn *sink, void *ctx);

struct row_sorter;

/* Keeps that many rows in memory, at least 1; what is more goes to the tape, which must outlive the
 * sorter. The memory is taken as it is needed. NULL when out of memory. free(NULL) is harmless. */
struct row_sorter *row_sorter_new(struct tape *tape, size_t rows);
void row_sorter_free(struct row_sorter *s);

/* Adds a row. Returns 0, or -1 when out of memory or of room on the tape: then the sorter can only
 * be freed. */
MUST_USE int row_sorter_add(struct row_sorter *s, const struct index_row *row);

/* Gives all rows to sink, ascending, each once. The sorter is empty then, and may be used again.
 * sink may add to the tape. Returns 0; -1 when out of memory or of room, or if the tape cannot be
 * read; else what sink returned. */
MUST_USE int row_sorter_end(struct row_sorter *s, index_row_sink_fn *sink, void *ctx);

#endif
