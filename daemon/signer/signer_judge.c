#include "daemon/signer/signer_judge.h"

#include "proto/judge/registry.h"
#include "proto/record/entry.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/tree.h"

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The three lines, and no byte more: what was parsed is what is signed. */
static bool parse_exactly(struct checkpoint *cp, const struct vkey *key, struct span text,
                          enum signer_refusal *why)
{
    struct refusal cause;
    struct buf again = { 0 };
    *why = SIGNER_FORM;
    if (checkpoint_parse(cp, text, &cause) != 0)
        return false;
    if (!span_is(cp->origin, key->name)) {
        *why = SIGNER_ORIGIN;
        return false;
    }
    checkpoint_format(&again, key->name, cp->size, &cp->root);
    bool same = !again.failed && span_eq(buf_span(&again), text);
    buf_free(&again);
    return same;
}

static enum signer_refusal judge_checkpoint(struct last_signed *next,
                                            const struct last_signed *last, const struct vkey *key,
                                            const struct signer_request *r)
{
    struct checkpoint cp;
    enum signer_refusal why;
    if (!parse_exactly(&cp, key, r->text, &why))
        return why;
    if (last->size == 0)
        return SIGNER_EMPTY;
    if (cp.size < last->size)
        return SIGNER_OLDER;
    if (cp.size == last->size) /* asked once more: the same signature does no harm */
        return hash_eq(&cp.root, &last->root) ? SIGNER_NONE : SIGNER_FORK;
    if (last->freeze == FREEZE_ENDED)
        return SIGNER_FROZEN;
    if (r->old_size != last->size)
        return SIGNER_BASE;
    if (!tree_consistent(last->size, &last->root, cp.size, &cp.root, r->proof, r->n))
        return SIGNER_PROOF;
    next->size = cp.size;
    next->root = cp.root;
    if (last->freeze == FREEZE_SIGNED)
        next->freeze = FREEZE_ENDED;
    return SIGNER_NONE;
}

/* ---- records --------------------------------------------------------------------------------- */

static enum signer_refusal judge_record(struct last_signed *next, const struct last_signed *last,
                                        const struct signer_request *r)
{
    struct record record;
    struct refusal cause;
    if (record_parse_text(&record, r->text, &cause) != 0)
        return SIGNER_FORM;
    enum kind kind = record.kind;
    uint64_t under = record.under.entry;
    record_free(&record);
    if (!kind_is_logs(kind) || kind == KIND_GENESIS)
        return SIGNER_KIND;
    if (under != 0)
        return SIGNER_UNDER;
    if (last->size == 0)
        return SIGNER_EMPTY;
    if (last->freeze == FREEZE_ENDED || (last->freeze == FREEZE_SIGNED && kind != KIND_FREEZE))
        return SIGNER_FROZEN;
    if (kind == KIND_FREEZE)
        next->freeze = FREEZE_SIGNED;
    return SIGNER_NONE;
}

static enum signer_refusal judge_genesis(const struct last_signed *last, const struct vkey *key,
                                         const struct signer_request *r)
{
    struct record record;
    struct refusal cause;
    if (last->size > 1) /* at size 1 it may be the same once more */
        return SIGNER_BEGUN;
    if (record_parse_text(&record, r->text, &cause) != 0)
        return SIGNER_FORM;
    bool genesis = record.kind == KIND_GENESIS;
    bool good = genesis && registry_check_genesis(&record, key, &cause) == 0;
    record_free(&record);
    return good ? SIGNER_NONE : genesis ? SIGNER_ORIGIN : SIGNER_KIND;
}

enum signer_refusal signer_judge_genesis(struct last_signed *next, const struct last_signed *last,
                                         const struct signer_request *r, struct span note)
{
    const struct entry first = { .index = 0, .accepted = r->accepted, .note = note };
    struct buf bytes = { 0 };
    struct hash leaf;
    entry_format(&bytes, &first);
    bool made = !bytes.failed && bytes.n <= ENTRY_MAX;
    hash_leaf(&leaf, buf_span(&bytes)); /* which is the root of a tree of one leaf */
    buf_free(&bytes);
    if (!made)
        return SIGNER_FORM;
    if (last->size > 0)
        return last->size == 1 && hash_eq(&last->root, &leaf) ? SIGNER_NONE : SIGNER_BEGUN;
    *next = (struct last_signed){ .size = 1, .root = leaf };
    return SIGNER_NONE;
}

enum signer_refusal signer_judge(struct last_signed *next, const struct last_signed *last,
                                 const struct vkey *key, const struct signer_request *r)
{
    *next = *last;
    switch (r->ask) {
    case ASK_STATUS:
        break;
    case ASK_GENESIS:
        return judge_genesis(last, key, r);
    case ASK_RECORD:
        return judge_record(next, last, r);
    case ASK_CHECKPOINT:
        return judge_checkpoint(next, last, key, r);
    }
    return SIGNER_NONE;
}
