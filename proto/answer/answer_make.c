#include "proto/answer/answer_make.h"

#include <stdlib.h>

#include "proto/answer/answer_rows.h"
#include "proto/answer/answer_write.h"
#include "proto/record/entry.h"
#include "proto/tlog/shared_proof.h"

#define ASKED_DEFAULT 1000
#define BYTES_DEFAULT (4 * 1024 * 1024)
#define CARRIED_MOST 12000 /* that leaves room for what one more entry rests on */
#define ANCHORS_LOOKED_AT 64

/* ---- a part in the making -------------------------------------------------------------------- */

struct answer_making {
    const struct answer_ask *ask;
    const struct answer_source *source;
    struct gathering g;
    struct kept_table_files files;
    struct cover cover;
    uint64_t to, end; /* T, E */
    uint64_t audit;
    size_t asked;
    uint64_t fit_to; /* T, and how many are carried, of what is known to fit; `from`: nothing is */
    size_t fit_carried;
    bool cut; /* what came behind that did not fit */
    struct written_table table[TABLES_MAX];
    size_t tables;
    struct buf proof;
};

/* Whether no more entries should go into this part. */
static bool is_full(const struct answer_making *m)
{
    size_t asked = m->ask->entries_max == 0 ? ASKED_DEFAULT : m->ask->entries_max;
    size_t bytes = m->ask->bytes_max == 0 ? BYTES_DEFAULT : m->ask->bytes_max;
    return m->asked >= asked || m->g.bytes >= bytes || m->g.carried >= CARRIED_MOST;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What is carried by now makes a part that ends at `to`, unless it is too much for one: then the
 * part ends where the last one did that fitted. The first is taken in any case. */
static enum answer_made part_may_end(struct answer_making *m, uint64_t to)
{
    bool fits;
    enum answer_made made = gather_fits(&m->g, m->ask->hashes_max, &fits);
    if (made != ANSWER_MADE)
        return made;
    if (fits || m->fit_to == m->ask->from) {
        m->fit_to = to;
        m->fit_carried = m->g.carried;
    } else {
        gather_put_back(&m->g, m->fit_carried);
        m->to = m->fit_to;
        m->cut = true;
    }
    return ANSWER_MADE;
}

/* Carries the entries of rows with the key, and of unkeyed ones, in the order of the entries, from
 * `from` up to `to` or until the part is full. */
static enum answer_made gather_rows(struct answer_making *m, const struct index_table *table,
                                    uint64_t from, uint64_t to)
{
    struct row_walk w[2] = {
        { .files = &m->files, .table = table, .key = m->ask->question.key, .to = to },
        { .files = &m->files, .table = table, .key = INDEX_UNKEYED, .to = to },
    };
    size_t walks = table->unkeyed > 0 ? 2 : 1;
    enum answer_made made = ANSWER_MADE;
    m->to = to;
    for (size_t i = 0; made == ANSWER_MADE && i < walks; i++)
        made = row_find(&m->files, table, &w[i].key, from, &w[i].place);
    while (made == ANSWER_MADE) {
        uint64_t entry[2] = { NO_ENTRY, NO_ENTRY };
        for (size_t i = 0; made == ANSWER_MADE && i < walks; i++)
            made = row_next(&w[i], &entry[i]);
        size_t first = entry[1] < entry[0];
        if (made != ANSWER_MADE || entry[first] == NO_ENTRY)
            break;
        w[first].place++;
        uint64_t behind = lower(to, higher(from, entry[first]) + 1);
        made = gather_with_key(&m->g, entry[first]);
        m->asked++;
        if (made == ANSWER_MADE)
            made = part_may_end(m, behind);
        if (m->cut)
            break;
        if (is_full(m)) {
            m->to = behind;
            break;
        }
    }
    buf_free(&w[0].page);
    buf_free(&w[1].page);
    return made;
}

/* ---- what a part answers for ----------------------------------------------------------------- */

static enum answer_made take_index(struct answer_making *m)
{
    struct gathered *e = NULL;
    struct record r;
    enum answer_made made = gather_carry(&m->g, 0);
    if (made == ANSWER_MADE)
        made = gather_carry(&m->g, m->ask->index);
    if (made == ANSWER_MADE)
        made = gather_read(&m->g, m->ask->index, &e);
    if (made != ANSWER_MADE)
        return made;
    int form = gathered_record(&r, e);
    if (form <= 0)
        return form < 0 ? ANSWER_MEMORY : ANSWER_NO_INDEX;
    bool known = cover_of(&m->cover, e->index, &r);
    record_free(&r);
    if (!known)
        return ANSWER_NO_INDEX;
    m->end = m->ask->tail ? higher(m->ask->size, m->cover.end) : m->cover.end;
    m->to = m->fit_to = m->ask->from;
    return m->ask->from < m->end ? ANSWER_MADE : ANSWER_RANGE;
}

static enum answer_made gather_tail(struct answer_making *m)
{
    enum answer_made made = ANSWER_MADE;
    while (made == ANSWER_MADE && !m->cut && m->to < m->end &&
           (m->to == m->ask->from || !is_full(m))) {
        made = gather_with_key(&m->g, m->to++);
        if (made == ANSWER_MADE)
            made = part_may_end(m, m->to);
    }
    return made;
}

/* Sets m->to, and carries what is asked up to there. */
static enum answer_made gather_asked(struct answer_making *m)
{
    enum answer_made made = ANSWER_MADE;
    for (size_t i = 0; made == ANSWER_MADE && i < m->cover.tables; i++) {
        const struct index_table *t = &m->cover.table[i];
        uint64_t from = higher(t->from, m->to), to = t->to;
        if (from >= to)
            continue;
        made = gather_rows(m, t, from, to);
        if (m->to < to)
            return made; /* the part is full */
    }
    if (made == ANSWER_MADE)
        made = gather_tail(m);
    if (made == ANSWER_MADE)
        made = gather_carry(&m->g, m->to - 1);
    return made == ANSWER_MADE ? part_may_end(m, m->to) : made;
}

/* ---- the auditor's word ---------------------------------------------------------------------- */

/* Whether a carried entry enrols an auditor. */
static enum answer_made is_auditor(struct answer_making *m, uint64_t enrolment, bool *is)
{
    struct gathered *e;
    struct record r;
    *is = false;
    if (enrolment == NO_ENTRY)
        return ANSWER_MADE;
    enum answer_made made = gather_read(&m->g, enrolment, &e);
    if (made != ANSWER_MADE)
        return made;
    int form = gathered_record(&r, e);
    if (form <= 0)
        return form < 0 ? ANSWER_MEMORY : ANSWER_MADE;
    const char *role = record_string(&r, "role");
    *is = r.kind == KIND_ENROLL && role != NULL && role_of_name(role) == ROLE_AUDITOR;
    record_free(&r);
    return ANSWER_MADE;
}

/* The `index` entry that an auditor's anchor names; NO_ENTRY if it is no such anchor. */
static enum answer_made index_of_anchor(struct answer_making *m, uint64_t anchor, uint64_t *index)
{
    struct gathered *e;
    struct record r;
    struct entry_ref ref;
    bool by_auditor;
    *index = NO_ENTRY;
    enum answer_made made = gather_read(&m->g, anchor, &e);
    if (made != ANSWER_MADE)
        return made;
    int form = gathered_record(&r, e);
    if (form <= 0)
        return form < 0 ? ANSWER_MEMORY : ANSWER_MADE;
    if (r.kind == KIND_ANCHOR && entry_ref_parse(&ref, value_member(r.object, "index")) == 0 &&
        ref.entry < anchor)
        *index = ref.entry;
    record_free(&r);
    made = is_auditor(m, e->under, &by_auditor);
    if (!by_auditor)
        *index = NO_ENTRY;
    return made;
}

/* Whether that entry is an `index` of our version. */
static enum answer_made is_known_index(struct answer_making *m, uint64_t index, bool *is)
{
    struct gathered *e;
    struct record r;
    struct cover cover;
    enum answer_made made = gather_read(&m->g, index, &e);
    *is = false;
    if (made != ANSWER_MADE)
        return made;
    int form = gathered_record(&r, e);
    if (form <= 0)
        return form < 0 ? ANSWER_MEMORY : ANSWER_MADE;
    *is = cover_of(&cover, index, &r);
    record_free(&r);
    return ANSWER_MADE;
}

/* Carries an anchor and the index that it names, if it is an auditor's. */
static enum answer_made try_anchor(struct answer_making *m, uint64_t anchor)
{
    uint64_t index;
    bool known = false;
    enum answer_made made = index_of_anchor(m, anchor, &index);
    if (made == ANSWER_MADE && index != NO_ENTRY)
        made = is_known_index(m, index, &known);
    if (made != ANSWER_MADE || !known)
        return made;
    m->audit = anchor;
    made = gather_carry(&m->g, anchor);
    return made == ANSWER_MADE ? gather_carry(&m->g, index) : made;
}

/* The newest of the auditors' anchors that the index lists. */
static enum answer_made find_audit(struct answer_making *m)
{
    struct index_key key;
    enum answer_made made = ANSWER_MADE;
    size_t looked_at = 0;
    index_key_of(&key, INDEX_KEY_AUDITED, span_of("", 0));
    for (size_t i = m->cover.tables; made == ANSWER_MADE && m->audit == NO_ENTRY && i-- > 0;) {
        const struct index_table *table = &m->cover.table[i];
        struct row_walk w = { .files = &m->files, .table = table };
        struct index_row row;
        uint64_t place = 0;
        made = row_find(&m->files, table, &key, table->to, &place);
        while (made == ANSWER_MADE && m->audit == NO_ENTRY && place-- > 0 &&
               looked_at++ < ANCHORS_LOOKED_AT) {
            made = row_at(&w, place, &row);
            if (made != ANSWER_MADE || !index_row_has_key(&row, &key))
                break;
            made = try_anchor(m, index_row_entry(&row));
        }
        buf_free(&w.page);
    }
    return made;
}

/* ---- proofs ---------------------------------------------------------------------------------- */

static int put_hash(void *hashes, const struct hash *hash)
{
    struct buf *out = hashes;
    buf_add(out, hash->b, HASH_BYTES);
    return out->failed || out->n > (size_t)ANSWER_HASHES_MAX * HASH_BYTES ? -2 : 0;
}

static enum answer_made of_result(const struct answer_making *m, int result,
                                  const struct buf *hashes)
{
    if (result == 0)
        return ANSWER_MADE;
    return hashes->failed || m->files.memory ? ANSWER_MEMORY : ANSWER_UNREAD;
}

static enum answer_made prove_entries(struct answer_making *m)
{
    uint64_t *index;
    enum answer_made made = gather_indexes(&m->g, &index);
    if (made != ANSWER_MADE)
        return made;
    int result = shared_proof_make(m->ask->size, index, m->g.carried, tile_subtree,
                                   (void *)(uintptr_t)m->source->tiles, put_hash, &m->proof);
    free(index);
    return of_result(m, result, &m->proof);
}

/* Whether a place is that of the first row not below (key, entry), as far as its neighbours say. */
static enum answer_made check_place(struct answer_making *m, const struct index_table *table,
                                    const struct index_key *key, uint64_t entry, uint64_t place)
{
    struct row_walk w = { .files = &m->files, .table = table };
    struct index_row sought, row;
    enum answer_made made = ANSWER_MADE;
    index_row_set(&sought, key, entry);
    for (uint64_t at = place == 0 ? 0 : place - 1;
         made == ANSWER_MADE && at <= place && at < table->rows; at++) {
        made = row_at(&w, at, &row);
        if (made == ANSWER_MADE && (index_row_compare(&row, &sought) < 0) != (at < place))
            made = ANSWER_UNREAD;
    }
    buf_free(&w.page);
    return made;
}

/* Whether the leaves that are shown are those of the table's root. */
static enum answer_made check_leaves(const struct written_table *t)
{
    const struct index_row *row = (const struct index_row *)(const void *)t->rows.p;
    struct placed_leaf *leaf = calloc(t->leaves, sizeof *leaf);
    struct hash root;
    if (leaf == NULL)
        return ANSWER_MEMORY;
    for (size_t i = 0; i < t->leaves; i++) {
        size_t n = index_table_leaf_rows(t->table->rows, t->leaf[i]);
        leaf[i].index = t->leaf[i];
        index_row_leaf(&leaf[i].leaf, row, n);
        row += n;
    }
    int led =
        shared_proof_root(&root, index_table_leaves(t->table->rows), leaf, t->leaves,
                          (const struct hash *)(const void *)t->proof.p, t->proof.n / HASH_BYTES);
    free(leaf);
    return led == 0 && hash_eq(&root, &t->table->root) ? ANSWER_MADE : ANSWER_UNREAD;
}

/* The leaves that show all rows of a key between two entries: also the rows directly before and
 * behind them. */
static enum answer_made leaves_of_key(struct answer_making *m, const struct index_table *table,
                                      const struct index_key *key, uint64_t from, uint64_t to,
                                      uint64_t leaf[static 2])
{
    uint64_t first = 0, behind = 0;
    enum answer_made made = row_find(&m->files, table, key, from, &first);
    if (made == ANSWER_MADE)
        made = row_find(&m->files, table, key, to, &behind);
    if (made == ANSWER_MADE && m->ask->own_tables)
        made = check_place(m, table, key, from, first);
    if (made == ANSWER_MADE && m->ask->own_tables)
        made = check_place(m, table, key, to, behind);
    leaf[0] = (first > 0 ? first - 1 : 0) / LEAF_ROWS;
    leaf[1] = lower(behind, table->rows - 1) / LEAF_ROWS;
    return made == ANSWER_MADE && leaf[0] > leaf[1] ? ANSWER_UNREAD : made;
}

/* Sets the table's leaf numbers to those of two stretches, ascending, none twice. */
static enum answer_made number_leaves(struct written_table *t, uint64_t stretch[static 2][2],
                                      size_t stretches)
{
    uint64_t n = 0;
    for (size_t i = 0; i < stretches; i++)
        n += stretch[i][1] - stretch[i][0] + 1;
    if (n > ANSWER_LEAVES_MAX)
        return ANSWER_UNREAD;
    t->leaf = calloc((size_t)n, sizeof *t->leaf);
    if (t->leaf == NULL)
        return ANSWER_MEMORY;
    for (size_t i = 0; i < stretches; i++)
        for (uint64_t leaf = stretch[i][0]; leaf <= stretch[i][1]; leaf++)
            if (t->leaves == 0 || t->leaf[t->leaves - 1] < leaf)
                t->leaf[t->leaves++] = leaf;
    return ANSWER_MADE;
}

static enum answer_made read_leaves(struct answer_making *m, struct written_table *t)
{
    struct row_walk w = { .files = &m->files, .table = t->table };
    enum answer_made made = ANSWER_MADE;
    for (size_t i = 0; made == ANSWER_MADE && i < t->leaves; i++)
        for (size_t k = 0;
             made == ANSWER_MADE && k < index_table_leaf_rows(t->table->rows, t->leaf[i]); k++) {
            struct index_row row;
            made = row_at(&w, t->leaf[i] * LEAF_ROWS + k, &row);
            if (made == ANSWER_MADE)
                buf_add(&t->rows, row.b, ROW_BYTES);
        }
    buf_free(&w.page);
    return t->rows.failed ? ANSWER_MEMORY : made;
}

static enum answer_made show_table(struct answer_making *m, struct written_table *t)
{
    const struct index_table *table = t->table;
    uint64_t from = higher(table->from, m->ask->from), to = lower(table->to, m->to);
    uint64_t stretch[2][2];
    size_t n = 0;
    enum answer_made made = ANSWER_MADE;
    if (table->unkeyed > 0) /* their rows come first */
        made = leaves_of_key(m, table, &INDEX_UNKEYED, from, to, stretch[n++]);
    if (made == ANSWER_MADE)
        made = leaves_of_key(m, table, &m->ask->question.key, from, to, stretch[n++]);
    if (made == ANSWER_MADE)
        made = number_leaves(t, stretch, n);
    if (made == ANSWER_MADE)
        made = read_leaves(m, t);
    if (made != ANSWER_MADE)
        return made;
    struct index_table_tree tree = { .table = table, .read = table_files_read, .ctx = &m->files };
    made = of_result(m,
                     shared_proof_make(index_table_leaves(table->rows), t->leaf, t->leaves,
                                       index_table_subtree, &tree, put_hash, &t->proof),
                     &t->proof);
    return made == ANSWER_MADE && m->ask->own_tables ? check_leaves(t) : made;
}

static enum answer_made show_tables(struct answer_making *m)
{
    enum answer_made made = ANSWER_MADE;
    for (size_t i = 0; made == ANSWER_MADE && i < m->cover.tables; i++) {
        const struct index_table *t = &m->cover.table[i];
        if (t->rows == 0 || t->to <= m->ask->from || t->from >= m->to)
            continue;
        m->table[m->tables] = (struct written_table){ .number = i, .table = t };
        made = show_table(m, &m->table[m->tables++]);
    }
    return made;
}

/* ---- a part ---------------------------------------------------------------------------------- */

static enum answer_made write_part(struct buf *out, const struct answer_making *m)
{
    struct written_part p = { .question = &m->ask->question,
                              .from = m->ask->from,
                              .to = m->to,
                              .end = m->end,
                              .index = m->ask->index,
                              .audit = m->audit,
                              .checkpoint = m->ask->checkpoint,
                              .entries = &m->g,
                              .proof = &m->proof,
                              .table = m->table,
                              .tables = m->tables };
    answer_write(out, &p);
    return out->failed ? ANSWER_MEMORY : ANSWER_MADE;
}

static void making_free(struct answer_making *m)
{
    gathering_free(&m->g);
    table_files_free(&m->files);
    for (size_t i = 0; i < m->tables; i++) {
        free(m->table[i].leaf);
        buf_free(&m->table[i].rows);
        buf_free(&m->table[i].proof);
    }
    buf_free(&m->proof);
    free(m);
}

enum answer_made answer_make(struct buf *out, const struct answer_ask *ask,
                             const struct answer_source *source, uint64_t *to, uint64_t *end)
{
    struct answer_making *m = calloc(1, sizeof *m);
    if (m == NULL)
        return ANSWER_MEMORY;
    m->ask = ask;
    m->source = source;
    m->audit = NO_ENTRY;
    m->files.source = source;
    m->g.source = source;
    m->g.question = &ask->question;
    m->g.size = ask->size;
    enum answer_made made = take_index(m);
    if (made == ANSWER_MADE)
        made = find_audit(m);
    if (made == ANSWER_MADE)
        made = gather_asked(m);
    if (made == ANSWER_MADE)
        made = prove_entries(m);
    if (made == ANSWER_MADE)
        made = show_tables(m);
    if (made == ANSWER_MADE)
        made = write_part(out, m);
    *to = m->to;
    *end = m->end;
    making_free(m);
    return made;
}
