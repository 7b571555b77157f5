#include "proto/verify/proven.h"

#include <stdlib.h>

#include "proto/index/entry_keys.h"
#include "proto/record/entry.h"
#include "proto/verify/evidence.h"

#define FUTURE_SECONDS 600 /* by which a witness's clock may be ahead of ours */
#define CHAIN_MAX 256      /* entries that evidence may need */
#define TRIES_MAX 16       /* findings that evidence is looked for */

/* ---- checkpoints ----------------------------------------------------------------------------- */

void accepted_free(struct accepted *a)
{
    buf_free(&a->note);
}

bool cosigned_lately(const struct policy *policy, const struct signed_checkpoint *cp,
                     int64_t max_age, int64_t now, struct refusal *why)
{
    if (max_age < 0)
        return true;
    /* A clock that was never set shows nothing to be fresh. */
    if (now >= 0 &&
        policy_quorum_between(policy, cp, now <= max_age ? 1 : (uint64_t)(now - max_age),
                              (uint64_t)now + FUTURE_SECONDS))
        return true;
    refuse(why, REASON_OLD_COSIGNATURE, "--max-age");
    return false;
}

enum verdict accepted_judge(struct accepted *out, const struct policy *policy, int64_t max_age,
                            int64_t now, struct findings *f)
{
    struct refusal why;
    if (out->note.failed) {
        refuse(&why, REASON_MEMORY, ""); /* half a note is no bad one */
        findings_tell(f, VERDICT_UNDECIDED, &why);
        return VERDICT_UNDECIDED;
    }
    if (policy_open(&out->cp, policy, buf_span(&out->note), &why) != 0) {
        bool undecided = why.reason == REASON_MEMORY || why.reason == REASON_CHECKPOINT_TYPE;
        enum verdict v = undecided ? VERDICT_UNDECIDED : VERDICT_BAD;
        findings_tell(f, v, &why);
        return v;
    }
    if (!out->cp.quorum) {
        policy_refuse_quorum(policy, &out->cp, &why);
        findings_tell(f, VERDICT_UNDECIDED, &why);
    } else if (!cosigned_lately(policy, &out->cp, max_age, now, &why)) {
        findings_tell(f, VERDICT_UNDECIDED, &why);
    }
    return VERDICT_GOOD;
}

/* ---- entries --------------------------------------------------------------------------------- */

void proven_free(struct proven *p)
{
    buf_free(&p->bundle);
}

enum verdict proven_fetch(struct proven *out, const struct source *source, uint64_t size,
                          const struct hash *root, uint64_t index, struct refusal *why)
{
    struct source_tiles tiles = { .source = source };
    struct tile_source proofs = { .read = source_read_tile, .ctx = &tiles, .size = size };
    uint64_t n = index / TILE_WIDTH;
    unsigned at = (unsigned)(index % TILE_WIDTH);
    struct tile t = { .level = TILE_ENTRIES, .n = n, .width = tile_width(size, 0, n) };
    struct span entry[TILE_WIDTH];
    struct hash got;
    char path[TILE_PATH_MAX];
    *out = (struct proven){ .entry = { .index = index } };
    tile_path(path, &t);
    enum fetch fetched =
        index < size
            ? source->tile(source->ctx, &t, (size_t)t.width * (2 + ENTRY_MAX), &out->bundle, why)
            : FETCH_MISSING;
    if (fetched == FETCH_MISSING)
        refuse(why, REASON_MISSING, path);
    if (fetched == FETCH_OK && out->bundle.failed)
        refuse(why, REASON_MEMORY, "");
    if (fetched != FETCH_OK || out->bundle.failed)
        return VERDICT_UNDECIDED;
    if (bundle_split(entry, t.width, buf_span(&out->bundle)) <= at) {
        refuse(why, REASON_BUNDLE, path);
        return VERDICT_BAD;
    }
    out->entry.bytes = entry[at];
    hash_leaf(&out->leaf, entry[at]);
    int length = proof_inclusion(out->path, &proofs, index);
    if (length < 0) {
        *why = tiles.why;
        return tiles.why.reason == REASON_TILE ? VERDICT_BAD : VERDICT_UNDECIDED;
    }
    out->entry.path = out->path;
    out->entry.path_length = (size_t)length;
    if (tree_root_of_inclusion(&got, index, size, &out->leaf, out->path, (size_t)length) == 0 &&
        hash_eq(&got, root))
        return VERDICT_GOOD;
    refuse(why, REASON_LEAF, path);
    return VERDICT_BAD;
}

static enum kind kind_of_entry(struct span bytes)
{
    struct refusal why = { .reason = REASON_NONE };
    struct entry e;
    struct record record = { .kind = KIND_NONE };
    enum kind kind = KIND_NONE;
    if (entry_parse(&e, bytes, &why) == 0 && record_parse(&record, e.note, &why) == 0)
        kind = record.kind;
    else if (why.reason == REASON_VERSION || why.reason == REASON_MEMORY)
        kind = KIND_UNDECIDED;
    record_free(&record);
    return kind;
}

enum lookup proven_known(const struct source *source, const struct checkpoint *tree, uint64_t index,
                         struct known_entry *out)
{
    struct proven p;
    struct refusal why;
    enum verdict v = proven_fetch(&p, source, tree->size, &tree->root, index, &why);
    if (v == VERDICT_GOOD)
        *out = (struct known_entry){ kind_of_entry(p.entry.bytes), p.leaf };
    proven_free(&p);
    return v == VERDICT_GOOD ? LOOKUP_FOUND : LOOKUP_FAILED;
}

/* ---- bundles --------------------------------------------------------------------------------- */

void proven_bundle_free(struct proven_bundle *b)
{
    buf_free(&b->bytes);
}

/* Tiles of a source, but for the one of a bundle: that is computed from the bundle. */
struct tiles_over_bundle {
    struct source_tiles below;
    const struct proven_bundle *bundle;
    uint64_t number;
};

static int read_over_bundle(void *ctx, const struct tile *t, struct hash *out)
{
    struct tiles_over_bundle *o = ctx;
    if (t->level != 0 || t->n != o->number)
        return source_read_tile(&o->below, t, out);
    memcpy(out, o->bundle->leaf, t->width * sizeof *out);
    return 0;
}

/* The path of any entry holds the hashes of all others of its bundle. */
static enum verdict prove_bundle(const struct proven_bundle *b, const struct source *source,
                                 const struct checkpoint *tree, uint64_t number,
                                 struct refusal *why)
{
    struct hash path[PROOF_MAX], got;
    struct tiles_over_bundle over = { .below.source = source, .bundle = b, .number = number };
    struct tile_source proofs = { .read = read_over_bundle, .ctx = &over, .size = tree->size };
    uint64_t index = number * TILE_WIDTH;
    int length = proof_inclusion(path, &proofs, index);
    if (length < 0) {
        *why = over.below.why;
        return why->reason == REASON_TILE ? VERDICT_BAD : VERDICT_UNDECIDED;
    }
    if (tree_root_of_inclusion(&got, index, tree->size, &b->leaf[0], path, (size_t)length) == 0 &&
        hash_eq(&got, &tree->root))
        return VERDICT_GOOD;
    refuse(why, REASON_LEAF, "");
    return VERDICT_BAD;
}

enum verdict proven_fetch_bundle(struct proven_bundle *out, const struct source *source,
                                 const struct checkpoint *tree, uint64_t number,
                                 struct refusal *why)
{
    struct tile t = { .level = TILE_ENTRIES,
                      .n = number,
                      .width = tile_width(tree->size, 0, number) };
    char path[TILE_PATH_MAX];
    out->bytes = (struct buf){ 0 };
    out->n = 0;
    tile_path(path, &t);
    enum fetch fetched =
        t.width > 0
            ? source->tile(source->ctx, &t, (size_t)t.width * (2 + ENTRY_MAX), &out->bytes, why)
            : FETCH_MISSING;
    if (fetched == FETCH_MISSING)
        refuse(why, REASON_MISSING, path);
    if (fetched == FETCH_OK && out->bytes.failed)
        refuse(why, REASON_MEMORY, "");
    if (fetched != FETCH_OK || out->bytes.failed)
        return VERDICT_UNDECIDED;
    out->n = bundle_split(out->entry, t.width, buf_span(&out->bytes));
    for (unsigned i = 0; i < out->n; i++)
        hash_leaf(&out->leaf[i], out->entry[i]);
    if (out->n == t.width)
        return prove_bundle(out, source, tree, number, why);
    refuse(why, REASON_BUNDLE, path);
    return VERDICT_BAD;
}

/* ---- evidence of a bad entry ----------------------------------------------------------------- */

struct collection {
    struct proven *list[CHAIN_MAX];
    size_t n;
};

static bool has(const struct collection *c, uint64_t index)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i]->entry.index == index)
            return true;
    return false;
}

static void collection_free(struct collection *c)
{
    for (size_t i = 0; i < c->n; i++) {
        proven_free(c->list[i]);
        free(c->list[i]);
    }
}

/* One entry more. NULL if it could not be proven, or there is no room. */
static const struct proven *collect_one(struct collection *c, const struct source *source,
                                        const struct checkpoint *cp, uint64_t index)
{
    struct refusal why;
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i]->entry.index == index)
            return c->list[i];
    struct proven *p = c->n == CHAIN_MAX ? NULL : calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    c->list[c->n++] = p;
    return proven_fetch(p, source, cp->size, &cp->root, index, &why) == VERDICT_GOOD ? p : NULL;
}

/* The entry and its chain of `under`, down to genesis. Returns whether all could be proven. */
static bool collect(struct collection *c, const struct source *source, const struct checkpoint *cp,
                    uint64_t index)
{
    while (!has(c, index)) {
        struct refusal why;
        struct entry e;
        struct record r;
        const struct proven *p = collect_one(c, source, cp, index);
        if (p == NULL)
            return false;
        if (entry_parse(&e, p->entry.bytes, &why) != 0 || record_parse(&r, e.note, &why) != 0)
            return true; /* it names nothing that could be carried */
        bool more = r.kind != KIND_GENESIS && r.under.entry < index;
        index = more ? r.under.entry : index;
        record_free(&r);
    }
    return true;
}

static void write_if_convincing(struct buf *out, const struct policy *policy,
                                const struct hash *pin, const struct accepted *cp,
                                const struct collection *c)
{
    struct proven_entry entries[CHAIN_MAX];
    struct evidence_report report;
    for (size_t i = 0; i < c->n; i++)
        entries[i] = c->list[i]->entry;
    evidence_of_entry(out, buf_span(&cp->note), entries, c->n);
    if (out->failed || evidence_judge(&report, policy, buf_span(out), pin) != 0)
        buf_clear(out);
}

void evidence_of_finding(struct buf *out, const struct policy *policy, const struct hash *pin,
                         const struct source *source, const struct accepted *cp,
                         const struct finding *f)
{
    struct collection c = { .n = 0 };
    if (collect(&c, source, &cp->cp.checkpoint, f->entry) &&
        (f->related == NO_ENTRY || collect(&c, source, &cp->cp.checkpoint, f->related)))
        write_if_convincing(out, policy, pin, cp, &c);
    collection_free(&c);
}

/* ---- evidence of a wrong table --------------------------------------------------------------- */

/* Reads what an entry names, and collects it. */
struct collecting_named {
    struct collection *c;
    const struct source *source;
    const struct checkpoint *cp;
};

static enum named_entry_result collect_named(void *ctx, uint64_t index, struct span *bytes,
                                             struct hash *leaf)
{
    const struct collecting_named *n = ctx;
    const struct proven *p = collect_one(n->c, n->source, n->cp, index);
    if (p == NULL)
        return NAMED_UNKNOWN;
    *bytes = p->entry.bytes;
    *leaf = p->leaf;
    return NAMED_FOUND;
}

/* The `index` entry, then the one that its rows are wrong about with all that its keys rest on, and
 * genesis, which says what the others are judged by. */
static bool collect_wrong(struct collection *c, const struct source *source,
                          const struct checkpoint *cp, uint64_t index, uint64_t about)
{
    struct collecting_named named = { c, source, cp };
    struct entry_keys keys = { .n = 0 };
    const struct proven *p = collect_one(c, source, cp, index);
    if (p != NULL && about != NO_ENTRY) {
        p = collect_one(c, source, cp, about);
        if (p != NULL &&
            entry_keys_read(&keys, about, p->entry.bytes, collect_named, &named) != NAMED_FOUND)
            p = NULL;
        entry_keys_free(&keys);
    }
    return p != NULL && collect_one(c, source, cp, 0) != NULL;
}

void evidence_of_table(struct buf *out, const struct policy *policy, const struct hash *pin,
                       const struct source *source, const struct accepted *cp,
                       const struct wrong_rows *wrong)
{
    struct collection c = { .n = 0 };
    struct proven_entry entries[CHAIN_MAX];
    struct evidence_report report;
    if (collect_wrong(&c, source, &cp->cp.checkpoint, wrong->index, wrong->about)) {
        for (size_t i = 0; i < c.n; i++)
            entries[i] = c.list[i]->entry;
        evidence_of_index(out, buf_span(&cp->note), entries, c.n, wrong->number, wrong->rows);
        if (out->failed || evidence_judge(&report, policy, buf_span(out), pin) != 0)
            buf_clear(out);
    }
    collection_free(&c);
}

/* Whether it is about what the log signed, not about the files that were shown. */
static bool may_convict(const struct finding *f, const struct accepted *cp)
{
    return f->verdict == VERDICT_BAD && f->entry < cp->cp.checkpoint.size &&
           f->why.reason != REASON_LEAF && f->why.reason != REASON_BUNDLE;
}

void evidence_of_findings(struct buf *out, const struct policy *policy, const struct hash *pin,
                          const struct source *source, const struct accepted *cp,
                          const struct findings *f)
{
    size_t tries = TRIES_MAX;
    for (size_t i = 0; i < f->kept && out->n == 0 && tries > 0; i++)
        if (may_convict(&f->list[i], cp)) {
            evidence_of_finding(out, policy, pin, source, cp, &f->list[i]);
            tries--;
        }
}
