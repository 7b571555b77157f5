#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/answer/answer_parse.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"

/* ---- the log --------------------------------------------------------------------------------- */

static int read_tile(void *ctx, const struct tile *t, struct hash *out)
{
    const struct indexed *x = ctx;
    uint64_t each = 1;
    for (int level = 0; level < t->level; level++)
        each *= TILE_WIDTH;
    for (unsigned i = 0; i < t->width; i++) {
        uint64_t from = (t->n * TILE_WIDTH + i) * each;
        if (from + each > x->l.n)
            return -1;
        plain_root(&out[i], x->l.leaf + from, each);
    }
    return 0;
}

static uint64_t add_warrant(struct indexed *x, const char *ref)
{
    const char *least = strstr(log_members(&x->l, KIND_WARRANT), "\"matter\"");
    return log_add(&x->l,
                   BY(JUDGE, KIND_WARRANT, .members = text_of("\"ref\":\"%s\",%s", ref, least)));
}

uint64_t add_request(struct indexed *x, uint64_t warrant, const char *ref)
{
    const char *at = log_ref(&x->l, warrant);
    const char *members =
        text_of("%s,\"warrant\":{\"ref\":\"%s\",%s", log_members(&x->l, KIND_REQUEST), ref, at + 1);
    return log_add(&x->l, BY(REQUESTER, KIND_REQUEST, .members = members));
}

uint64_t add_correction(struct indexed *x, uint64_t about)
{
    return log_add(
        &x->l, BY(OVERSIGHT, KIND_CORRECTION,
                  .members = text_of("\"about\":%s,\"cause\":\"other\"", log_ref(&x->l, about))));
}

static uint64_t add_response(struct indexed *x, uint64_t request)
{
    uint64_t usual = x->l.request;
    x->l.request = request;
    uint64_t index = log_add(&x->l, BY(HOLDER, KIND_RESPONSE));
    x->l.request = usual;
    return index;
}

uint64_t add_unkeyed(struct indexed *x, bool version)
{
    struct buf text = { 0 };
    buf_adds(&text, version ? "bitacora/v2 request\n{}\n" : "bitacora/v1 nonsense\n{}\n");
    struct buf note = { 0 };
    note_sign(&note, buf_span(&text), &x->l.who[REQUESTER].key);
    uint64_t index = log_add_note(&x->l, buf_span(&note));
    buf_free(&text);
    buf_free(&note);
    return index;
}

void indexed_start(struct indexed *x)
{
    *x = (struct indexed){ .files = 0 };
    log_start(&x->l, "");
    x->policy = log_policy(&x->l);
    x->tiles = (struct tile_source){ .read = read_tile, .ctx = x };
    x->warrant[0] = add_warrant(x, REFERENCE);
    x->other = add_warrant(x, "99/2025");
    x->warrant[1] = add_warrant(x, "37 / 2O26");
    for (int i = 0; i < 3; i++) {
        uint64_t request = add_request(x, x->warrant[0], REFERENCE);
        add_response(x, request);
        add_correction(x, request);
        add_response(x, add_request(x, x->other, "99/2025"));
    }
    add_request(x, x->warrant[1], "37 / 2O26");
}

void indexed_free(struct indexed *x)
{
    for (size_t i = 0; i < x->files; i++)
        buf_free(&x->file[i].bytes);
    policy_free(x->policy);
    log_free(&x->l);
    x->files = 0;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static enum named_entry_result read_log(void *ctx, uint64_t index, struct span *bytes,
                                        struct hash *leaf)
{
    const struct log *l = ctx;
    *bytes = buf_span(&l->entry[index]);
    *leaf = l->leaf[index];
    return NAMED_FOUND;
}

static int compare_rows(const void *a, const void *b)
{
    return memcmp(a, b, ROW_BYTES);
}

size_t honest_rows(struct indexed *x, uint64_t from, uint64_t to, struct index_row **out)
{
    struct entry_keys k = { .n = 0 };
    struct index_row *rows = calloc(40 * (to - from) + 1, sizeof *rows);
    size_t n = 0;
    assert_non_null(rows);
    for (uint64_t i = from; i < to; i++) {
        assert_int_equal(entry_keys_read(&k, i, buf_span(&x->l.entry[i]), read_log, &x->l),
                         NAMED_FOUND);
        assert_in_range(k.n, 0, 40);
        for (size_t key = 0; key < k.n; key++)
            index_row_set(&rows[n++], &k.key[key], i);
    }
    entry_keys_free(&k);
    qsort(rows, n, sizeof *rows, compare_rows);
    *out = rows;
    return n;
}

static void keep_file(struct indexed *x, const struct hash *root, unsigned level, uint64_t n,
                      struct span bytes)
{
    assert_in_range(x->files, 0, COUNT(x->file) - 1);
    struct table_file_kept *f = &x->file[x->files++];
    *f = (struct table_file_kept){ .root = *root, .f = { .level = level, .n = n } };
    buf_add_span(&f->bytes, bytes);
}

/* The hashes of the leaves of these rows; the caller frees them. */
static struct hash *leaves_of(const struct index_row *rows, size_t n)
{
    struct hash *leaf = calloc(n / LEAF_ROWS + 1, sizeof *leaf);
    assert_non_null(leaf);
    for (size_t at = 0; at < n; at += LEAF_ROWS)
        index_row_leaf(&leaf[at / LEAF_ROWS], rows + at, n - at < LEAF_ROWS ? n - at : LEAF_ROWS);
    return leaf;
}

void put_table(struct indexed *x, struct index_table *out, uint64_t from, uint64_t to,
               const struct index_row *rows, size_t n, uint64_t unkeyed)
{
    struct hash *leaf = leaves_of(rows, n);
    size_t leaves = (n + LEAF_ROWS - 1) / LEAF_ROWS;
    struct buf directory = { 0 };
    *out = (struct index_table){ .from = from, .to = to, .rows = n, .unkeyed = unkeyed };
    plain_root(&out->root, leaf, leaves);
    for (size_t at = 0; at < n; at += PAGE_ROWS) {
        struct hash root;
        size_t first = at / LEAF_ROWS;
        plain_root(&root, leaf + first,
                   leaves - first < PAGE_LEAVES ? leaves - first : PAGE_LEAVES);
        buf_add(&directory, rows[at].b, ROW_BYTES);
        buf_add(&directory, root.b, HASH_BYTES);
        keep_file(x, &out->root, 0, at / PAGE_ROWS,
                  span_of(rows + at, (n - at < PAGE_ROWS ? n - at : PAGE_ROWS) * ROW_BYTES));
    }
    if (n > PAGE_ROWS)
        keep_file(x, &out->root, 1, 0, buf_span(&directory));
    buf_free(&directory);
    free(leaf);
}

void put_honest_table(struct indexed *x, struct index_table *out, uint64_t from, uint64_t to)
{
    struct index_row *rows;
    size_t n = honest_rows(x, from, to, &rows), unkeyed = 0;
    while (unkeyed < n && index_row_has_key(&rows[unkeyed], &INDEX_UNKEYED))
        unkeyed++;
    put_table(x, out, from, to, rows, n, unkeyed);
    free(rows);
}

uint64_t add_index(struct indexed *x, const struct cover *cover)
{
    struct buf json = { 0 };
    cover_json(&json, cover);
    uint64_t index =
        log_add(&x->l, BY(THE_LOG, KIND_INDEX, .members = text_of("%s", buf_str(&json))));
    buf_free(&json);
    return index;
}

uint64_t add_honest_index(struct indexed *x, const uint64_t *ends, size_t tables, struct cover *out)
{
    struct cover cover = { .tables = tables };
    for (size_t i = 0; i < tables; i++)
        put_honest_table(x, &cover.table[i], i == 0 ? 0 : ends[i - 1], ends[i]);
    cover.end = ends[tables - 1];
    cover.entry = add_index(x, &cover);
    if (out != NULL)
        *out = cover;
    return cover.entry;
}

uint64_t add_anchor(struct indexed *x, uint64_t index, enum who who)
{
    return log_add(&x->l, BY(who, KIND_ANCHOR,
                             .members = text_of("%s,\"index\":%s", log_members(&x->l, KIND_ANCHOR),
                                                log_ref(&x->l, index))));
}

/* ---- what is read ---------------------------------------------------------------------------- */

static bool read_fails(struct indexed *x)
{
    return x->reads_left > 0 && --x->reads_left == 0;
}

static int give_entry(void *ctx, uint64_t index, struct buf *out)
{
    struct indexed *x = ctx;
    assert_in_range(index, 0, x->l.n - 1);
    if (read_fails(x))
        return -1;
    buf_add_span(out, buf_span(&x->l.entry[index]));
    return 0;
}

static int give_file(void *ctx, const struct hash *root, const struct index_table_file *f,
                     struct buf *out)
{
    struct indexed *x = ctx;
    if (read_fails(x))
        return -1;
    for (size_t i = 0; i < x->files; i++)
        if (hash_eq(&x->file[i].root, root) && x->file[i].f.level == f->level &&
            x->file[i].f.n == f->n) {
            buf_add_span(out, buf_span(&x->file[i].bytes));
            return 0;
        }
    return -1;
}

struct answer_source source_of(struct indexed *x)
{
    return (struct answer_source){
        .entry = give_entry, .table = give_file, .tiles = &x->tiles, .ctx = x
    };
}

struct answer_question question_of(enum index_key_type type, const char *value)
{
    struct answer_question q;
    struct refusal why;
    assert_int_equal(answer_question_of(&q, type, span_str(value), &why), 0);
    return q;
}

struct answer_ask ask_of(struct indexed *x, uint64_t index, const struct answer_question *q)
{
    x->tiles.size = x->l.n;
    return (struct answer_ask){ .question = *q, .index = index, .size = x->l.n };
}

void make_answer(struct buf *out, struct indexed *x, const struct answer_ask *ask)
{
    struct answer_source source = source_of(x);
    struct answer_ask each = *ask;
    struct buf checkpoint = { 0 };
    uint64_t end;
    log_checkpoint(&checkpoint, &x->l, ask->size);
    each.checkpoint = buf_span(&checkpoint);
    x->tiles.size = ask->size;
    do {
        uint64_t before = each.from;
        assert_int_equal(answer_make(out, &each, &source, &each.from, &end), ANSWER_MADE);
        assert_true(each.from > before);
    } while (each.from < end);
    buf_free(&checkpoint);
}

/* ---- parts by hand --------------------------------------------------------------------------- */

void draft_read(struct part_draft *out, struct span part)
{
    struct parsed_part p;
    struct refusal why;
    size_t used;
    assert_int_equal(answer_parse(&p, &used, part, &why), 0);
    const uint8_t *line = memchr(part.p, '\n', part.n);
    line = memchr(line + 1, '\n', part.n - (size_t)(line + 1 - part.p));
    struct checkpoint cp;
    struct note note;
    assert_int_equal(note_parse(&note, p.checkpoint, &why), 0);
    assert_int_equal(checkpoint_parse(&cp, note.text, &why), 0);
    *out = (struct part_draft){ .head = span_of(part.p, (size_t)(line + 1 - part.p)),
                                .from = p.from,
                                .to = p.to,
                                .end = p.end,
                                .index = p.index,
                                .audit = p.audit,
                                .size = cp.size,
                                .entries = p.entries,
                                .tables = p.tables };
    assert_true(p.entries <= COUNT(out->entry) && p.tables <= COUNT(out->table));
    for (size_t i = 0; i < p.entries; i++)
        out->entry[i] = p.entry[i].index;
    for (size_t i = 0; i < p.tables; i++) {
        out->table[i].number = p.table[i].number;
        out->table[i].leaves = p.table[i].leaves;
        assert_true(p.table[i].leaves <= COUNT(out->table[i].leaf));
        for (size_t k = 0; k < p.table[i].leaves; k++)
            out->table[i].leaf[k] = p.table[i].leaf[k].number;
    }
    parsed_part_free(&p);
}

void draft_drop(struct part_draft *d, uint64_t index)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->entries; i++)
        if (d->entry[i] != index)
            d->entry[kept++] = d->entry[i];
    assert_int_equal(kept, d->entries - 1);
    d->entries = kept;
}

void draft_add(struct part_draft *d, uint64_t index)
{
    size_t at = 0;
    while (at < d->entries && d->entry[at] < index)
        at++;
    if (at < d->entries && d->entry[at] == index)
        return;
    memmove(d->entry + at + 1, d->entry + at, (d->entries - at) * sizeof *d->entry);
    d->entry[at] = index;
    d->entries++;
}

/* RFC 6962's division, as "Shared proof" says it, over all leaves. */
static void plain_proof(struct buf *out, size_t *hashes, const struct hash *leaf, uint64_t from,
                        uint64_t to, const uint64_t *index, size_t n)
{
    size_t inside = 0;
    for (size_t i = 0; i < n; i++)
        inside += index[i] >= from && index[i] < to;
    if (inside == 0) {
        struct hash root;
        plain_root(&root, leaf + from, to - from);
        buf_add_base64(out, root.b, HASH_BYTES);
        buf_adds(out, "\n");
        (*hashes)++;
    } else if (to - from > 1) {
        uint64_t k = 1;
        while (2 * k < to - from)
            k *= 2;
        plain_proof(out, hashes, leaf, from, from + k, index, n);
        plain_proof(out, hashes, leaf, from + k, to, index, n);
    }
}

static struct cover cover_at(struct indexed *x, uint64_t index)
{
    struct entry e;
    struct record r;
    struct refusal why;
    struct cover cover;
    assert_int_equal(entry_parse(&e, buf_span(&x->l.entry[index]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    assert_true(cover_of(&cover, index, &r));
    record_free(&r);
    return cover;
}

static void write_draft_table(struct buf *out, struct indexed *x, const struct part_draft *d,
                              size_t i)
{
    struct cover cover = cover_at(x, d->index);
    const struct index_table *table = &cover.table[d->table[i].number];
    struct index_row *rows = calloc(table->rows + 1, sizeof *rows);
    struct buf proof = { 0 };
    size_t hashes = 0;
    assert_non_null(rows);
    for (uint64_t page = 0; page * PAGE_ROWS < table->rows; page++) {
        struct buf bytes = { 0 };
        assert_int_equal(
            give_file(x, &table->root, &(struct index_table_file){ .n = page }, &bytes), 0);
        memcpy(rows + page * PAGE_ROWS, bytes.p, bytes.n);
        buf_free(&bytes);
    }
    struct hash *leaf = leaves_of(rows, table->rows);
    plain_proof(&proof, &hashes, leaf, 0, index_table_leaves(table->rows), d->table[i].leaf,
                d->table[i].leaves);
    buf_addf(out, "table %llu %zu %zu\n", (unsigned long long)d->table[i].number,
             d->table[i].leaves, hashes);
    for (size_t k = 0; k < d->table[i].leaves; k++) {
        uint64_t at = d->table[i].leaf[k];
        buf_addf(out, "%llu ", (unsigned long long)at);
        buf_add_base64(out, rows + at * LEAF_ROWS,
                       index_table_leaf_rows(table->rows, at) * ROW_BYTES);
        buf_adds(out, "\n");
    }
    buf_add_span(out, buf_span(&proof));
    buf_free(&proof);
    free(leaf);
    free(rows);
}

void draft_write(struct buf *out, struct indexed *x, const struct part_draft *d)
{
    struct buf checkpoint = { 0 }, proof = { 0 };
    size_t hashes = 0, start = out->n;
    log_checkpoint(&checkpoint, &x->l, d->size);
    buf_add_span(out, d->head);
    buf_addf(out, "range %llu %llu %llu\nindex %llu\naudit ", (unsigned long long)d->from,
             (unsigned long long)d->to, (unsigned long long)d->end, (unsigned long long)d->index);
    if (d->audit == NO_ENTRY)
        buf_adds(out, "none");
    else
        buf_add_decimal(out, d->audit);
    buf_addf(out, "\ncheckpoint %zu\n%s", checkpoint.n, buf_str(&checkpoint));
    buf_addf(out, "entries %zu\n", d->entries);
    for (size_t i = 0; i < d->entries; i++) {
        buf_addf(out, "%llu %zu\n", (unsigned long long)d->entry[i], x->l.entry[d->entry[i]].n);
        buf_add_span(out, buf_span(&x->l.entry[d->entry[i]]));
        buf_adds(out, "\n");
    }
    plain_proof(&proof, &hashes, x->l.leaf, 0, d->size, d->entry, d->entries);
    buf_addf(out, "proof %zu\n", hashes);
    buf_add_span(out, buf_span(&proof));
    buf_addf(out, "tables %zu\n", d->tables);
    for (size_t i = 0; i < d->tables; i++)
        write_draft_table(out, x, d, i);
    struct hash sum;
    hash_bytes(&sum, span_of(out->p + start, out->n - start));
    buf_adds(out, "sha256 ");
    buf_add_base64(out, sum.b, HASH_BYTES);
    buf_adds(out, "\n");
    buf_free(&proof);
    buf_free(&checkpoint);
}

void sum_again(struct buf *part)
{
    struct hash sum;
    part->n -= strlen("sha256 ") + 44 + 1;
    hash_bytes(&sum, buf_span(part));
    buf_adds(part, "sha256 ");
    buf_add_base64(part, sum.b, HASH_BYTES);
    buf_adds(part, "\n");
}

void replace(struct buf *part, const char *from, const char *to)
{
    struct buf changed = { 0 };
    const uint8_t *at = memmem(part->p, part->n, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - part->p);
    buf_add(&changed, part->p, before);
    buf_adds(&changed, to);
    buf_add(&changed, at + strlen(from), part->n - before - strlen(from));
    buf_free(part);
    *part = changed;
    sum_again(part);
}

/* ---- judging --------------------------------------------------------------------------------- */

static enum verdict worse(enum verdict a, enum verdict b)
{
    return a == VERDICT_BAD || b == VERDICT_GOOD ? a : b;
}

enum verdict judge_file(struct indexed *x, struct span text, struct found *found,
                        struct answer_part *p)
{
    struct watch watch = { .found = found_add, .ctx = found };
    struct answer_file file = { .parts = 0 };
    struct answer_part part;
    struct refusal why;
    enum verdict worst = VERDICT_GOOD;
    bool whole = true;
    found->n = 0;
    for (size_t at = 0, used; at < text.n; at += used) {
        worst = worse(worst, answer_judge(&part, &used, x->policy,
                                          span_of(text.p + at, text.n - at), NULL, NULL, &watch));
        whole = used > 0 && answer_file_add(&file, &part, &why) == 0 && whole;
        if (p != NULL && (used == 0 || at + used == text.n))
            *p = part;
        else
            answer_part_free(&part);
        if (used == 0)
            break;
    }
    if (!whole || answer_file_end(&file, &why) != 0)
        worst = worse(worst, VERDICT_UNDECIDED);
    return worst;
}
