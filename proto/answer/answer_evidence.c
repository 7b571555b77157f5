#include "proto/answer/answer_evidence.h"

#include <stdlib.h>

#include "proto/tlog/shared_tree.h"
#include "proto/verify/evidence.h"

#define ENTRIES_MOST 250 /* fewer than evidence may have */
#define ENTRIES_FEW 60   /* of those with the key, which one chain of names is enough to show */

/* Evidence in the making. */
struct lie_case {
    const struct answer_part *part;
    const struct index_lie *lie;
    struct shared_tree tree; /* of the part's entries */
    struct placed_leaf *placed;
    struct proven_entry *entry;
    struct hash (*path)[PROOF_MAX];
    size_t entries;
    bool failed;
};

/* NULL: the part lacks that entry, which answer_judge() does not let come so far. */
static void carry(struct lie_case *c, const struct answer_entry *e)
{
    if (e == NULL) {
        c->failed = true;
        return;
    }
    for (size_t i = 0; i < c->entries; i++)
        if (c->entry[i].index == e->index)
            return;
    int length =
        c->entries == ENTRIES_MOST ? -1 : shared_tree_path(&c->tree, e->index, c->path[c->entries]);
    if (length < 0) {
        c->failed = true;
        return;
    }
    c->entry[c->entries] = (struct proven_entry){ .index = e->index,
                                                  .bytes = e->bytes,
                                                  .path = c->path[c->entries],
                                                  .path_length = (size_t)length };
    c->entries++;
}

/* Of an entry that was left out it is enough to show one way in which it has its key. Of one that
 * has not its key everything that it names must be seen. */
static enum named_entry_result read_named(void *ctx, uint64_t index, struct span *bytes,
                                          struct hash *leaf)
{
    struct lie_case *c = ctx;
    const struct answer_entry *e = answer_part_entry(c->part, index);
    if (e == NULL || (c->lie->left_out && (!e->has_key || c->entries >= ENTRIES_FEW)))
        return NAMED_UNKNOWN;
    carry(c, e);
    *bytes = e->bytes;
    *leaf = e->leaf;
    return NAMED_FOUND;
}

/* The `index` entry, the entry that the row is about, genesis, and what that entry names. */
static void carry_all(struct lie_case *c)
{
    struct entry_keys keys = { .n = 0 };
    const struct answer_entry *about = NULL;
    carry(c, answer_part_entry(c->part, c->part->index));
    if (c->lie->row != NULL) {
        about = answer_part_entry(c->part, index_row_entry(c->lie->row));
        carry(c, about);
    }
    carry(c, answer_part_entry(c->part, 0));
    if (about != NULL &&
        entry_keys_read(&keys, about->index, about->bytes, read_named, c) == NAMED_MEMORY)
        c->failed = true;
    entry_keys_free(&keys);
}

/* Sets *first to the first leaf that shows the lie, and returns how many do. */
static size_t choose_leaves(const struct shown_rows *s, const struct index_row *row, size_t *first)
{
    size_t at = 0;
    *first = 0;
    if (s->leaves == 0)
        return 0;
    if (row == NULL) {
        at = shown_rows_wrong(s);
        *first = at > 0 ? at - 1 : 0;
        return at - *first + 1;
    }
    while (at + 1 < s->leaves && index_row_compare(&s->leaf[at + 1].row[0], row) <= 0)
        at++;
    *first = at;
    const struct shown_leaf *leaf = &s->leaf[at];
    size_t n = index_table_leaf_rows(s->table->rows, leaf->number);
    bool inside = index_row_compare(&leaf->row[n - 1], row) >= 0;
    return inside || at + 1 == s->leaves ? 1 : 2;
}

struct hash_list {
    struct hash hash[EVIDENCE_HASHES_MAX];
    size_t n;
};

static int put_hash(void *ctx, const struct hash *hash)
{
    struct hash_list *list = ctx;
    if (list->n == EVIDENCE_HASHES_MAX)
        return -1;
    list->hash[list->n++] = *hash;
    return 0;
}

/* Makes the proof of the chosen leaves out of that of all carried ones. Returns 0 or -1. */
static int prove_leaves(struct shown_rows *out, struct hash_list *list, const struct shown_rows *s,
                        size_t first, size_t n)
{
    uint64_t number[2];
    struct placed_leaf *placed = calloc(s->leaves + 1, sizeof *placed);
    struct shared_tree tree = { .size = index_table_leaves(s->table->rows),
                                .leaf = placed,
                                .leaves = s->leaves,
                                .proof = s->proof,
                                .n = s->hashes };
    if (placed == NULL)
        return -1;
    for (size_t i = 0; i < s->leaves; i++) {
        placed[i].index = s->leaf[i].number;
        index_row_leaf(&placed[i].leaf, s->leaf[i].row,
                       index_table_leaf_rows(s->table->rows, s->leaf[i].number));
    }
    for (size_t i = 0; i < n; i++)
        number[i] = s->leaf[first + i].number;
    int result = n == 0 ? 0
                        : shared_proof_make(tree.size, number, n, shared_tree_subtree, &tree,
                                            put_hash, list);
    free(placed);
    *out = (struct shown_rows){ .table = s->table,
                                .leaf = s->leaf + first,
                                .leaves = n,
                                .proof = list->hash,
                                .hashes = list->n };
    return result;
}

static void write_case(struct buf *out, struct lie_case *c)
{
    struct shown_rows rows;
    size_t first, n = choose_leaves(c->lie->rows, c->lie->row, &first);
    struct hash_list *list = calloc(1, sizeof *list);
    carry_all(c);
    if (list != NULL && !c->failed && prove_leaves(&rows, list, c->lie->rows, first, n) == 0)
        evidence_of_index(out, c->part->checkpoint, c->entry, c->entries, c->lie->table, &rows);
    free(list);
}

void answer_evidence(struct answer_part *part, const struct parsed_part *parsed,
                     const struct index_lie *lie, const struct policy *policy,
                     const struct hash *pin)
{
    struct lie_case c = { .part = part, .lie = lie };
    struct evidence_report report;
    struct buf text = { 0 };
    c.placed = calloc(part->entries, sizeof *c.placed);
    c.entry = calloc(ENTRIES_MOST, sizeof *c.entry);
    c.path = calloc(ENTRIES_MOST, sizeof *c.path);
    if (c.placed != NULL && c.entry != NULL && c.path != NULL) {
        for (size_t i = 0; i < part->entries; i++)
            c.placed[i] = (struct placed_leaf){ part->entry[i].index, part->entry[i].leaf };
        c.tree = (struct shared_tree){ .size = part->cp.checkpoint.size,
                                       .leaf = c.placed,
                                       .leaves = part->entries,
                                       .proof = parsed->proof,
                                       .n = parsed->hashes };
        write_case(&text, &c);
    }
    if (!text.failed && text.n > 0 && evidence_judge(&report, policy, buf_span(&text), pin) == 0)
        buf_add_span(&part->evidence, buf_span(&text));
    buf_free(&text);
    free(c.placed);
    free(c.entry);
    free(c.path);
}
