/* The rows of a table: docs/FORMATS.md, 24.2. */
#ifndef PROTO_INDEX_INDEX_ROW_H
#define PROTO_INDEX_INDEX_ROW_H

#include "proto/index/index_key.h"

#define ROW_BYTES 24
#define LEAF_ROWS 16
#define PAGE_ROWS 1024
#define PAGE_LEAVES (PAGE_ROWS / LEAF_ROWS)

struct index_row {
    uint8_t b[ROW_BYTES]; /* key, entry as uint64: in the order of its bytes */
};

void index_row_set(struct index_row *out, const struct index_key *key, uint64_t entry);
uint64_t index_row_entry(const struct index_row *r);
/* < 0, 0, > 0 as memcmp. */
static inline int index_row_compare(const struct index_row *a, const struct index_row *b)
{
    return memcmp(a->b, b->b, ROW_BYTES);
}
/* Whether it has that key. */
static inline bool index_row_has_key(const struct index_row *r, const struct index_key *key)
{
    return memcmp(r->b, key->b, INDEX_KEY_LENGTH) == 0;
}

/* The hash of a leaf of 1 to LEAF_ROWS rows. */
void index_row_leaf(struct hash *out, const struct index_row *rows, size_t n);

/* Called for each row, ascending. Returns 0 to go on. */
typedef int index_row_sink_fn(void *ctx, const struct index_row *row);

/* Rows that are read one after the other: sets *out to the next. Returns 1, 0 at the end, or -1 if
 * they cannot be read; ctx keeps why. */
struct index_row_source {
    int (*next)(void *ctx, struct index_row *out);
    void *ctx;
};

/* Gives the rows of n ascending sources (at most 4,096) to sink, ascending; what is there twice,
 * once. Returns 0; -1 if a source cannot be read, or when out of memory; else what sink
 * returned. */
MUST_USE int index_rows_merge(const struct index_row_source *source, size_t n,
                              index_row_sink_fn *sink, void *ctx);

#endif
