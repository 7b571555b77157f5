#include "daemon/append/append.h"

#include <errno.h>

#include "daemon/state/find_terms.h"
#include "proto/tlog/checkpoint.h"

void append_begin(struct append *a, struct store_txn *txn, const struct tip *tip)
{
    a->txn = txn;
    a->next = *tip;
    a->signer = LOG_SIGNER_OK;
    a->journaled = false;
    if (a->journal != NULL)
        batch_journal_begin(a->journal, &tip->edge);
}

void append_free(struct append *a)
{
    buf_free(&a->bytes);
}

#define ENTRY_HEADER_MAX 128 /* about: no more than a hint */

static int put_full(void *ctx, const struct tile *t, const struct hash *hashes)
{
    struct append *a = ctx;
    return (int)store_put_tile(a->txn, t, hashes);
}

struct term_target {
    struct append *append;
    uint64_t index;
};

static enum store_result put_term(void *ctx, enum store_list list, struct span name)
{
    const struct term_target *target = ctx;
    return store_put_list(target->append->txn, list, name, target->index);
}

static enum store_result put_indexes(struct append *a, const struct record *record, uint32_t signer,
                                     uint64_t index)
{
    struct term_target target = { .append = a, .index = index };
    const struct reference_source where = { .memory = a->memory, .txn = a->txn };
    enum store_result r = STORE_OK;
    if (record->kind != KIND_GENESIS)
        r = store_put_id(a->txn, record->id, signer, index);
    return r == STORE_OK ? find_terms_visit(record, &where, put_term, &target) : r;
}

enum store_result append_record(struct append *a, const struct record *record, uint32_t signer,
                                int64_t accepted, struct buf *bytes, uint64_t *index,
                                struct hash *leaf)
{
    struct entry e = { .index = a->next.edge.frontier.size,
                       .accepted = accepted,
                       .link = a->next.last_leaf,
                       .note = record->note };
    if (bytes->failed)
        buf_free(bytes);
    buf_clear(bytes);
    buf_reserve(bytes, e.note.n + ENTRY_HEADER_MAX);
    entry_format(bytes, &e);
    if (bytes->failed)
        return STORE_MEMORY;
    if (a->journal != NULL)
        batch_journal_add(a->journal, buf_span(bytes));
    hash_leaf(leaf, buf_span(bytes));
    enum store_result r = store_put_entry(a->txn, e.index, buf_span(bytes), leaf);
    if (r == STORE_OK)
        r = (enum store_result)edge_append(&a->next.edge, leaf, put_full, a);
    if (r == STORE_OK)
        r = put_indexes(a, record, signer, e.index);
    if (record->kind == KIND_INDEX && !cover_of(&a->next.cover, e.index, record))
        r = STORE_DAMAGED; /* note_judge.c lets no other through */
    a->next.last_leaf = *leaf;
    a->next.last_time = accepted;
    *index = e.index;
    return r;
}

/* Partial tiles of the levels above 0; those of level 0 are the tail. */
static enum store_result put_partial_tiles(struct append *a)
{
    enum store_result r = STORE_OK;
    uint64_t size = a->next.edge.frontier.size;
    for (int level = 1; r == STORE_OK && level < TILE_LEVELS; level++) {
        struct tile t = { .level = level, .n = size >> 8 >> (8 * level) };
        t.width = edge_width(&a->next.edge, level);
        if (t.width > 0)
            r = store_put_tile(a->txn, &t, a->next.edge.tile[level]);
    }
    return r;
}

/* ---- the signature --------------------------------------------------------------------------- */

struct written_tiles {
    struct store_txn *txn;
    enum store_result read;
};

static int read_written(void *ctx, const struct tile *t, struct hash *out)
{
    struct written_tiles *w = ctx;
    struct buf file = { 0 };
    w->read = store_tile(w->txn, t, &file);
    if (w->read == STORE_OK)
        memcpy(out, file.p, t->width * sizeof *out);
    buf_free(&file);
    return w->read == STORE_OK ? 0 : -1;
}

/* How the tree extends what the signer signed last; nothing where it does not, or need not be
 * shown. */
static enum store_result prove(const struct append *a, const struct log_signer *signer,
                               struct hash proof[static PROOF_MAX], size_t *n)
{
    const struct last_signed *last = log_signer_last(signer);
    struct written_tiles w = { .txn = a->txn, .read = STORE_OK };
    const struct tile_source source = { .read = read_written,
                                        .ctx = &w,
                                        .size = a->next.edge.frontier.size };
    *n = 0;
    if (last == NULL || last->size == 0 || last->size >= source.size)
        return STORE_OK;
    int length = proof_consistency(proof, &source, last->size, false);
    *n = length < 0 ? 0 : (size_t)length;
    return length < 0 ? w.read : STORE_OK;
}

/* After that the signer may be asked. */
static enum store_result write_journal(struct append *a)
{
    if (a->journal == NULL)
        return STORE_OK;
    if (batch_journal_write(a->journal) != 0)
        return errno == ENOSPC || errno == EDQUOT ? STORE_FULL
               : errno == ENOMEM                  ? STORE_MEMORY
                                                  : STORE_IO;
    a->journaled = true;
    return STORE_OK;
}

static enum store_result sign_checkpoint(struct append *a, struct log_signer *signer)
{
    struct hash root, proof[PROOF_MAX];
    struct buf text = { 0 }, note = { 0 };
    struct log_signer_text t = { .ask = ASK_CHECKPOINT, .proof = proof };
    edge_root(&a->next.edge, &root);
    checkpoint_format(&text, log_signer_vkey(signer)->name, a->next.edge.frontier.size, &root);
    enum store_result r = text.failed ? STORE_MEMORY : prove(a, signer, proof, &t.n);
    if (r == STORE_OK)
        r = write_journal(a);
    t.text = buf_span(&text);
    if (r == STORE_OK)
        a->signer = log_signer_sign(signer, &t, &note);
    if (a->signer != LOG_SIGNER_OK || note.n > OWN_CHECKPOINT_MAX)
        r = STORE_MEMORY;
    if (r == STORE_OK)
        r = store_put_head(a->txn, buf_span(&note));
    if (r == STORE_OK) {
        memcpy(a->next.checkpoint, note.p, note.n);
        a->next.checkpoint_length = note.n;
    }
    buf_free(&text);
    buf_free(&note);
    return r;
}

enum store_result append_finish(struct append *a, struct log_signer *signer)
{
    bool anew;
    a->signer = log_signer_reach(signer, &anew);
    if (anew) /* what it signed last is to be compared with the store first */
        a->signer = LOG_SIGNER_AWAY;
    if (a->signer != LOG_SIGNER_OK)
        return STORE_MEMORY;
    enum store_result r = put_partial_tiles(a);
    return r == STORE_OK ? sign_checkpoint(a, signer) : r;
}
