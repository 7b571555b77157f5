#include "proto/verify/index_replay.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/recount/table_leaves.h"

#define TRIES_MAX 4 /* wrong tables that evidence is looked for of */

struct index_replay {
    struct index_replay_setup setup;
    struct recount *recount;
    struct proven read; /* the entry that was read last */
    uint64_t before;    /* `index` entries of earlier runs */
    struct buf evidence;
    unsigned tries; /* at it */
};

/* ---- entries that are read again ------------------------------------------------------------- */

/* Where a bundle is not the tree's as a whole, an entry of it may be. */
static bool is_as_judged(const struct index_replay *x, uint64_t index, const struct hash *leaf)
{
    struct known_entry known;
    return x->setup.recall != NULL &&
           x->setup.recall(x->setup.recall_ctx, index, &known) == LOOKUP_FOUND &&
           hash_eq(&known.leaf, leaf);
}

/* Hands over entries of one bundle, from `from` up to, and without, `to`. */
static void hand_over_bundle(struct index_replay *x, struct recount *recount, uint64_t from,
                             uint64_t to)
{
    static const struct hash none;
    struct proven_bundle b;
    struct refusal why;
    enum verdict v = proven_fetch_bundle(&b, x->setup.again, &x->setup.cp->cp.checkpoint,
                                         from / TILE_WIDTH, &why);
    for (uint64_t index = from; index < to; index++) {
        unsigned at = (unsigned)(index % TILE_WIDTH);
        bool good = at < b.n && (v == VERDICT_GOOD || is_as_judged(x, index, &b.leaf[at]));
        struct recount_entry e = { .index = index, .leaf = &none, .readable = good };
        if (good) {
            e.leaf = &b.leaf[at];
            e.bytes = b.entry[at];
        }
        recount_read_entry(recount, &e);
    }
    proven_bundle_free(&b);
}

static void read_again(void *ctx, struct recount *recount, uint64_t from, uint64_t to)
{
    while (from < to) {
        uint64_t next = (from / TILE_WIDTH + 1) * TILE_WIDTH;
        next = next < to ? next : to;
        hand_over_bundle(ctx, recount, from, next);
        from = next;
    }
}

static enum named_entry_result read_one(void *ctx, uint64_t index, struct span *bytes,
                                        struct hash *leaf)
{
    struct index_replay *x = ctx;
    const struct checkpoint *tree = &x->setup.cp->cp.checkpoint;
    struct refusal why;
    proven_free(&x->read);
    if (proven_fetch(&x->read, x->setup.again, tree->size, &tree->root, index, &why) !=
        VERDICT_GOOD)
        return why.reason == REASON_MEMORY ? NAMED_MEMORY : NAMED_UNKNOWN;
    *bytes = x->read.entry.bytes;
    *leaf = x->read.leaf;
    return NAMED_FOUND;
}

static int read_their_file(void *ctx, const struct hash *root, const struct index_table_file *f,
                           struct buf *out)
{
    const struct index_replay *x = ctx;
    return x->setup.file(x->setup.file_ctx, root, f, out);
}

/* ---- findings -------------------------------------------------------------------------------- */

static void tell_index(struct index_replay *x, const struct cover *cover, enum verdict verdict,
                       enum reason reason, size_t table)
{
    struct finding f = { .verdict = verdict, .entry = cover->entry, .related = NO_ENTRY };
    refuse_number(&f.why, reason, table);
    x->setup.found(x->setup.found_ctx, &f);
}

/* Where the table's files differ from its right rows. */
static void look_for_evidence(struct index_replay *x, const struct recount_wrong *w)
{
    struct said_files files = { &w->cover->table[w->number], read_their_file, x };
    struct table_leaves *leaves = malloc(sizeof *leaves);
    struct table_difference d;
    struct wrong_rows wrong = { .index = w->cover->entry, .number = w->number, .about = NO_ENTRY };
    table_compare(&d, &files, w->tape, w->run);
    if (d.differs == TABLE_LACKS_ROW || d.differs == TABLE_ADDS_ROW)
        wrong.about = index_row_entry(&d.row);
    if (leaves != NULL && d.differs != TABLE_SAME && d.differs != TABLE_UNREAD &&
        table_leaves_read(leaves, &files, d.from, d.to) == 0) {
        wrong.rows = &leaves->shown;
        evidence_of_table(&x->evidence, x->setup.policy, x->setup.pin, x->setup.again, x->setup.cp,
                          &wrong);
    }
    free(leaves);
}

static void tell_wrong(void *ctx, const struct recount_wrong *w)
{
    struct index_replay *x = ctx;
    tell_index(x, w->cover, VERDICT_BAD, REASON_INDEX_TABLE, w->number);
    if (x->setup.file != NULL && x->evidence.n == 0 && x->tries++ < TRIES_MAX)
        look_for_evidence(x, w);
}

static void tell_lack(void *ctx, const struct cover *cover, size_t number, enum recount_lack lack)
{
    tell_index(ctx, cover, VERDICT_UNDECIDED,
               lack == RECOUNT_MEMORY ? REASON_MEMORY : REASON_INDEX_UNREAD, number);
}

/* ---- a replay -------------------------------------------------------------------------------- */

static int open_their_tapes(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    const struct index_replay *x = ctx;
    return x->setup.open(x->setup.open_ctx, tape);
}

struct index_replay *index_replay_new(const struct index_replay_setup *setup)
{
    struct index_replay *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    struct recount_setup recount = { .open = open_their_tapes,
                                     .read_again = read_again,
                                     .read = read_one,
                                     .file = setup->file == NULL ? NULL : read_their_file,
                                     .wrong = tell_wrong,
                                     .lacks = tell_lack,
                                     .ctx = x,
                                     .eager = setup->eager };
    x->setup = *setup;
    x->recount = recount_new(&recount);
    if (x->recount != NULL)
        return x;
    free(x);
    return NULL;
}

void index_replay_free(struct index_replay *x)
{
    if (x == NULL)
        return;
    recount_free(x->recount);
    proven_free(&x->read);
    buf_free(&x->evidence);
    free(x);
}

void index_replay_entry(struct index_replay *x, const struct judged *e, const struct cover *cover)
{
    bool covers = cover != NULL && cover->entry == e->index;
    struct recount_entry entry = { .index = e->index,
                                   .leaf = e->leaf,
                                   .readable = e->bytes.n > 0 || e->kind != KIND_UNDECIDED,
                                   .bytes = e->bytes,
                                   .record = e->record,
                                   .covers = covers };
    recount_take(x->recount, &entry);
    if (covers)
        recount_cover(x->recount, cover, e->leaf);
}

int index_replay_files(struct index_replay *x, size_t number, index_table_file_fn *file, void *ctx)
{
    return recount_files(x->recount, number, file, ctx);
}

void index_replay_report(const struct index_replay *x, struct index_replay_report *out)
{
    struct recount_report r;
    recount_report(x->recount, &r);
    *out = (struct index_replay_report){ .entries = x->before + r.covers,
                                         .newest = r.cover->entry,
                                         .leaf = r.leaf,
                                         .end = r.cover->end,
                                         .right = r.all_right };
}

struct span index_replay_evidence(const struct index_replay *x)
{
    return buf_span(&x->evidence);
}

/* ---- state ----------------------------------------------------------------------------------- */

json_t *index_replay_export(const struct index_replay *x)
{
    struct recount_report r;
    char leaf[48];
    recount_report(x->recount, &r);
    if (r.cover->entry == NO_ENTRY)
        return json_null();
    json_t *right = json_array();
    bool all = right != NULL;
    for (size_t i = 0; all && i < r.cover->tables; i++)
        all = json_array_append_new(right, json_boolean(r.right[i])) == 0;
    if (!all) {
        json_decref(right);
        return NULL;
    }
    base64_encode(leaf, r.leaf.b, HASH_BYTES);
    return json_pack("{s:I,s:s,s:I,s:o}", "entry", (json_int_t)r.cover->entry, "leaf", leaf,
                     "entries", (json_int_t)x->before + (json_int_t)r.covers, "right", right);
}

int index_replay_import(struct index_replay *x, const json_t *state, const struct cover *cover)
{
    json_int_t entry, entries;
    const char *leaf_text;
    struct hash leaf = { .b = { 0 } };
    bool right[TABLES_MAX] = { false };
    json_t *list;
    if (cover == NULL || cover->entry == NO_ENTRY)
        return state == NULL || json_is_null(state) ? 0 : -1;
    if (state == NULL || json_is_null(state)) {
        recount_resume(x->recount, cover, &leaf, NULL);
        return 0;
    }
    if (json_unpack((json_t *)(uintptr_t)state, "{s:I,s:s,s:I,s:o}", "entry", &entry, "leaf",
                    &leaf_text, "entries", &entries, "right", &list) != 0 ||
        (uint64_t)entry != cover->entry || entries < 1 ||
        base64_decode_exact(leaf.b, HASH_BYTES, span_str(leaf_text)) != 0 ||
        json_array_size(list) != cover->tables)
        return -1;
    for (size_t i = 0; i < cover->tables; i++)
        right[i] = json_is_true(json_array_get(list, i));
    x->before = (uint64_t)entries;
    recount_resume(x->recount, cover, &leaf, right);
    return 0;
}
