#include "proto/index/shown_rows.h"

#include <stdlib.h>

#include "proto/tlog/shared_proof.h"

static size_t rows_of(const struct shown_rows *s, size_t i)
{
    return index_table_leaf_rows(s->table->rows, s->leaf[i].number);
}

static const struct index_row *last_row(const struct shown_rows *s, size_t i)
{
    return &s->leaf[i].row[rows_of(s, i) - 1];
}

/* ---- whether they are the table's ------------------------------------------------------------ */

static enum verdict check_root(const struct shown_rows *s, struct refusal *why)
{
    struct placed_leaf *placed = calloc(s->leaves + 1, sizeof *placed);
    struct hash root;
    if (placed == NULL) {
        refuse(why, REASON_MEMORY, "");
        return VERDICT_UNDECIDED;
    }
    for (size_t i = 0; i < s->leaves; i++) {
        placed[i].index = s->leaf[i].number;
        index_row_leaf(&placed[i].leaf, s->leaf[i].row, rows_of(s, i));
    }
    bool good = shared_proof_root(&root, index_table_leaves(s->table->rows), placed, s->leaves,
                                  s->proof, s->hashes) == 0 &&
                hash_eq(&root, &s->table->root);
    free(placed);
    if (good)
        return VERDICT_GOOD;
    refuse_number(why, REASON_ANSWER_TABLE, s->table->from);
    return VERDICT_BAD;
}

/* Whether a row may stand at that place. */
static bool row_fits(const struct shown_rows *s, const struct index_row *row, uint64_t place)
{
    uint64_t entry = index_row_entry(row);
    return entry >= s->table->from && entry < s->table->to &&
           index_row_has_key(row, &INDEX_UNKEYED) == (place < s->table->unkeyed);
}

/* The first carried leaf with a row that may not stand there, and its place in the table. */
static size_t first_wrong(const struct shown_rows *s, uint64_t *place)
{
    const struct index_row *before = NULL;
    for (size_t i = 0; i < s->leaves; i++)
        for (size_t k = 0; k < rows_of(s, i); k++) {
            const struct index_row *row = &s->leaf[i].row[k];
            *place = s->leaf[i].number * LEAF_ROWS + k;
            if ((before != NULL && index_row_compare(before, row) >= 0) ||
                !row_fits(s, row, *place))
                return i;
            before = row;
        }
    return s->leaves;
}

enum verdict shown_rows_prove(const struct shown_rows *s, struct refusal *why)
{
    uint64_t place;
    enum verdict verdict = check_root(s, why);
    if (verdict != VERDICT_GOOD || first_wrong(s, &place) == s->leaves)
        return verdict;
    refuse_number(why, REASON_INDEX_ROWS, place);
    return VERDICT_BAD;
}

size_t shown_rows_wrong(const struct shown_rows *s)
{
    uint64_t place;
    return first_wrong(s, &place);
}

/* ---- what they show -------------------------------------------------------------------------- */

/* The carried leaves first to last that stand one behind the other, and show all that is in the
 * table from low up to, and without, high. */
struct shown_stretch {
    size_t first, last;
};

/* How many leaves before the one with that place have only rows lower than `row`. */
static size_t leaves_below(const struct shown_rows *s, const struct index_row *row)
{
    size_t low = 0, high = s->leaves;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (index_row_compare(last_row(s, middle), row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool show_all(const struct shown_rows *s, const struct index_row *low,
                     const struct index_row *high, struct shown_stretch *out)
{
    size_t i = leaves_below(s, low);
    bool is_first = i < s->leaves && s->leaf[i].number == 0;
    bool lower_here = i < s->leaves && index_row_compare(&s->leaf[i].row[0], low) < 0;
    if (!is_first && !lower_here) {
        /* Then a lower row must stand directly before. */
        if (i == 0)
            return false;
        i--;
    }
    *out = (struct shown_stretch){ i, i };
    while (index_row_compare(last_row(s, out->last), high) < 0) {
        uint64_t next = s->leaf[out->last].number + 1;
        if (next == index_table_leaves(s->table->rows))
            return true;
        if (out->last + 1 == s->leaves || s->leaf[out->last + 1].number != next)
            return false;
        out->last++;
    }
    return true;
}

int shown_rows_all(const struct shown_rows *s, const struct index_key *key, uint64_t from,
                   uint64_t to, int (*each)(void *ctx, uint64_t entry), void *ctx,
                   struct refusal *why)
{
    struct index_row low, high;
    struct shown_stretch shown;
    if (s->table->rows == 0)
        return 0;
    index_row_set(&low, key, from);
    index_row_set(&high, key, to);
    if (!show_all(s, &low, &high, &shown))
        return refuse_number(why, REASON_ANSWER_ROWS, s->table->from);
    for (size_t i = shown.first; i <= shown.last; i++)
        for (size_t k = 0; k < rows_of(s, i); k++) {
            const struct index_row *row = &s->leaf[i].row[k];
            if (index_row_compare(row, &low) < 0 || index_row_compare(row, &high) >= 0)
                continue;
            int stop = each(ctx, index_row_entry(row));
            if (stop != 0)
                return stop;
        }
    return 0;
}

bool shown_rows_lack(const struct shown_rows *s, const struct index_row *row)
{
    struct shown_stretch shown;
    struct index_row next = *row; /* the lowest that is higher */
    if (s->table->rows == 0)
        return true;
    for (int i = ROW_BYTES; i-- > 0 && ++next.b[i] == 0;)
        ;
    if (!show_all(s, row, &next, &shown))
        return false;
    for (size_t i = shown.first; i <= shown.last; i++)
        for (size_t k = 0; k < rows_of(s, i); k++)
            if (index_row_compare(&s->leaf[i].row[k], row) == 0)
                return false;
    return true;
}
