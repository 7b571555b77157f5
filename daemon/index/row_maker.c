#include "daemon/index/row_maker.h"

#include <limits.h>
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/record/entry.h"

#define RECENT 4096       /* entries, by the last bits of their index */
#define NAMED 8192        /* entries that others named, of any age */
#define REMEMBERED_KEYS 4 /* warrant keys of one; an entry that has more is read again */

struct remembered {
    uint64_t number; /* index + 1; 0: none */
    struct hash leaf;
    enum kind kind;
    unsigned about;
    size_t warrants;
    struct index_key warrant[REMEMBERED_KEYS];
};

struct row_maker {
    struct entry_keys keys;  /* of the entry whose rows are made */
    struct entry_keys named; /* of the last one that it names and that was read */
    struct buf bytes, reading;
    struct store_txn *txn;
    unsigned reads;           /* of entries of the store that are allowed yet */
    enum store_result failed; /* why a look-up has failed; STORE_ABSENT: none was allowed */
    struct remembered recent[RECENT];
    struct remembered named_before[NAMED]; /* a warrant is named for years */
};

struct row_maker *row_maker_new(void)
{
    return calloc(1, sizeof(struct row_maker));
}

void row_maker_free(struct row_maker *m)
{
    if (m == NULL)
        return;
    entry_keys_free(&m->keys);
    entry_keys_free(&m->named);
    buf_free(&m->bytes);
    buf_free(&m->reading);
    free(m);
}

void row_maker_forget(struct row_maker *m)
{
    memset(m->recent, 0, sizeof m->recent);
    memset(m->named_before, 0, sizeof m->named_before);
}

static void remember(struct remembered *r, uint64_t index, const struct hash *leaf, enum kind kind,
                     const struct entry_keys *keys)
{
    r->number = keys->warrants > REMEMBERED_KEYS ? 0 : index + 1;
    if (r->number == 0)
        return;
    r->leaf = *leaf;
    r->kind = kind;
    r->about = keys->about;
    r->warrants = keys->warrants;
    if (keys->warrants > 0)
        memcpy(r->warrant, keys->warrant, keys->warrants * sizeof *keys->warrant);
}

/* ---- entries that others name ---------------------------------------------------------------- */

/* The kind stands on the record's first line: that the rest has its form was seen to when it
 * came. */
static enum kind kind_of_entry(struct span bytes)
{
    struct entry e;
    struct refusal why;
    struct span word = { 0 };
    if (entry_parse(&e, bytes, &why) != 0)
        return KIND_UNDECIDED;
    struct scan s = scan_of(e.note);
    return version_line(scan_line(&s), &word) == 1 ? kind_of_name(word) : KIND_UNDECIDED;
}

/* An entry that is remembered, or NULL. Of two that have one place the one that was named last
 * stays. */
static const struct remembered *recall(struct row_maker *m, uint64_t index)
{
    const struct remembered *r = &m->recent[index % RECENT];
    struct remembered *named = &m->named_before[index % NAMED];
    if (named->number == index + 1)
        return named;
    if (r->number != index + 1)
        return NULL;
    *named = *r;
    return named;
}

static enum named_entry_result failed(struct row_maker *m, enum store_result r)
{
    m->failed = r;
    return r == STORE_MEMORY ? NAMED_MEMORY : NAMED_UNKNOWN;
}

static enum named_entry_result read_for_keys(void *ctx, uint64_t index, struct span *bytes,
                                             struct hash *leaf)
{
    struct row_maker *m = ctx;
    if (m->reads == 0)
        return failed(m, STORE_ABSENT);
    m->reads--;
    buf_clear(&m->reading);
    enum store_result r = store_entry(m->txn, index, &m->reading, leaf);
    if (r != STORE_OK)
        return failed(m, r == STORE_ABSENT ? STORE_DAMAGED : r);
    *bytes = buf_span(&m->reading);
    return NAMED_FOUND;
}

static enum named_entry_result named_in_store(struct row_maker *m, uint64_t index, enum kind target,
                                              struct named_entry *out)
{
    if (m->reads == 0)
        return failed(m, STORE_ABSENT);
    m->reads--;
    buf_clear(&m->bytes);
    enum store_result r = store_entry(m->txn, index, &m->bytes, &out->leaf);
    if (r != STORE_OK)
        return failed(m, r == STORE_ABSENT ? STORE_DAMAGED : r);
    out->kind = kind_of_entry(buf_span(&m->bytes));
    if (target != KIND_ANY && target != out->kind)
        return NAMED_FOUND;
    enum named_entry_result found =
        entry_keys_read(&m->named, index, buf_span(&m->bytes), read_for_keys, m);
    if (found != NAMED_FOUND)
        return found;
    if (m->named.warrants == 0 && m->named.n == 1 &&
        index_key_compare(&m->named.key[0], &INDEX_UNKEYED) == 0)
        out->kind = KIND_NONE;
    remember(&m->named_before[index % NAMED], index, &out->leaf, out->kind, &m->named);
    out->warrant = m->named.warrant;
    out->warrants = m->named.warrants;
    out->about = m->named.about;
    return NAMED_FOUND;
}

static enum named_entry_result look_up(void *ctx, uint64_t index, enum kind target,
                                       struct named_entry *out)
{
    struct row_maker *m = ctx;
    const struct remembered *r = recall(m, index);
    if (r != NULL) {
        *out = (struct named_entry){ .leaf = r->leaf,
                                     .kind = r->kind,
                                     .warrant = r->warrant,
                                     .warrants = r->warrants,
                                     .about = r->about };
        return NAMED_FOUND;
    }
    return named_in_store(m, index, target, out);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void add_rows(struct buf *out, const struct entry_keys *keys, uint64_t index)
{
    struct index_row *row = (struct index_row *)buf_reserve(out, keys->n * ROW_BYTES);
    for (size_t i = 0; row != NULL && i < keys->n; i++)
        index_row_set(&row[i], &keys->key[i], index);
    if (row != NULL)
        out->n += keys->n * ROW_BYTES;
}

static enum store_result rows_of_entry(struct row_maker *m, const struct row_entry *e,
                                       struct buf *out)
{
    m->failed = STORE_OK;
    switch (entry_keys_of(&m->keys, e->index, e->record, look_up, m)) {
    case NAMED_FOUND:
        break;
    case NAMED_UNKNOWN:
        return m->failed != STORE_OK ? m->failed : STORE_DAMAGED;
    case NAMED_MEMORY:
        return STORE_MEMORY;
    }
    remember(&m->recent[e->index % RECENT], e->index, e->leaf,
             e->record == NULL ? KIND_NONE : e->record->kind, &m->keys);
    add_rows(out, &m->keys, e->index);
    return out->failed ? STORE_MEMORY : STORE_OK;
}

enum store_result row_maker_add(struct row_maker *m, const struct row_entry *e,
                                struct store_txn *txn, unsigned *reads, struct buf *out)
{
    m->txn = txn;
    m->reads = *reads;
    enum store_result r = rows_of_entry(m, e, out);
    *reads = m->reads;
    return r;
}

enum store_result row_maker_add_bytes(struct row_maker *m, uint64_t index, struct span bytes,
                                      const struct hash *leaf, struct store_txn *txn,
                                      struct buf *out, int64_t *accepted)
{
    struct entry e = { .accepted = 0 };
    struct record record;
    struct refusal why = { .reason = REASON_NONE };
    struct row_entry row = { .index = index, .leaf = leaf };
    if (entry_parse(&e, bytes, &why) == 0 && record_parse(&record, e.note, &why) == 0)
        row.record = &record;
    else if (why.reason == REASON_MEMORY)
        return STORE_MEMORY;
    *accepted = e.accepted;
    m->txn = txn;
    m->reads = UINT_MAX;
    enum store_result r = rows_of_entry(m, &row, out);
    if (row.record != NULL)
        record_free(&record);
    return r;
}

enum store_result row_maker_read(struct row_maker *m, uint64_t index, struct store_txn *txn,
                                 struct buf *out, int64_t *accepted)
{
    struct buf bytes = { 0 };
    struct hash leaf;
    enum store_result r = store_entry(txn, index, &bytes, &leaf);
    if (r == STORE_OK)
        r = row_maker_add_bytes(m, index, buf_span(&bytes), &leaf, txn, out, accepted);
    buf_free(&bytes);
    return r == STORE_ABSENT ? STORE_DAMAGED : r;
}
