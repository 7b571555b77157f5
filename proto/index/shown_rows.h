/* Some leaves of a table, proven into its root, and what they show: docs/FORMATS.md, 25, steps 5
 * and 6. One thread. */
#ifndef PROTO_INDEX_SHOWN_ROWS_H
#define PROTO_INDEX_SHOWN_ROWS_H

#include "proto/base/reason.h"
#include "proto/index/index_table.h"

struct shown_leaf {
    uint64_t number;
    const struct index_row *row; /* as many as that leaf has */
};

/* Leaves (ascending, none twice) with their proof. */
struct shown_rows {
    const struct index_table *table;
    const struct shown_leaf *leaf;
    size_t leaves;
    const struct hash *proof;
    size_t hashes;
};

/* Whether the leaves lead to the table's root, and their rows ascend and are of entries in its
 * range. Returns VERDICT_GOOD; VERDICT_BAD with REASON_ANSWER_TABLE (not the table's leaves) or
 * REASON_INDEX_ROWS (the table is wrong); VERDICT_UNDECIDED when out of memory. */
enum verdict shown_rows_prove(const struct shown_rows *s, struct refusal *why);

/* The first leaf, by its place in s->leaf, in which a row is wrong so that shown_rows_prove() says
 * REASON_INDEX_ROWS: by itself, or against the last row of the leaf before. s->leaves: none is. */
size_t shown_rows_wrong(const struct shown_rows *s);

/* Calls each for every row with that key of an entry from `from` up to, and without, `to`, and
 * returns 0; -1 with REASON_ANSWER_ROWS if the leaves, which were proven, do not show that these
 * are all. Else what each returned. */
MUST_USE int shown_rows_all(const struct shown_rows *s, const struct index_key *key, uint64_t from,
                            uint64_t to, int (*each)(void *ctx, uint64_t entry), void *ctx,
                            struct refusal *why);

/* Whether the proven leaves show that a row is not in the table. */
bool shown_rows_lack(const struct shown_rows *s, const struct index_row *row);

#endif
