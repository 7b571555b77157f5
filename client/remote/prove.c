#include "client/remote/prove.h"

#include <stdlib.h>

#include "proto/record/entry.h"
#include "proto/verify/extension.h"

void accepted_free(struct accepted *a)
{
    buf_free(&a->note);
}

enum verdict accepted_open(struct accepted *out, const struct trust *t, struct findings *f)
{
    struct refusal why;
    if (policy_open(&out->cp, t->policy, buf_span(&out->note), &why) != 0) {
        bool undecided = why.reason == REASON_MEMORY || why.reason == REASON_CHECKPOINT_TYPE;
        enum verdict v = undecided ? VERDICT_UNDECIDED : VERDICT_BAD;
        findings_tell(f, v, &why);
        return v;
    }
    if (!out->cp.quorum) {
        policy_refuse_quorum(t->policy, &out->cp, &why);
        findings_tell(f, VERDICT_UNDECIDED, &why);
    } else if (!trust_fresh(t, &out->cp, &why)) {
        findings_tell(f, VERDICT_UNDECIDED, &why);
    }
    return VERDICT_GOOD;
}

enum verdict accepted_fetch(struct accepted *out, const struct trust *t, struct logfiles *l,
                            struct findings *f)
{
    struct refusal why;
    buf_clear(&out->note);
    if (logfiles_checkpoint(l, &out->note, &why) != FETCH_OK) {
        findings_tell(f, VERDICT_UNDECIDED, &why);
        return VERDICT_UNDECIDED;
    }
    return accepted_open(out, t, f);
}

enum verdict prove_extends(const struct trust *t, const struct accepted *older,
                           const struct accepted *newer, struct logfiles *l, struct findings *f,
                           struct buf *evidence)
{
    const struct shown_tree old = { .cp = &older->cp, .note = buf_span(&older->note) };
    const struct shown_tree new = { .cp = &newer->cp, .note = buf_span(&newer->note) };
    struct refusal why;
    enum verdict v = extension_by_tiles(t->policy, &old, &new, logfiles_source(l), &why, evidence);
    if (v != VERDICT_GOOD)
        findings_tell(f, v, &why);
    return v;
}

void proven_free(struct proven *p)
{
    buf_free(&p->bundle);
}

enum verdict prove_entry(struct proven *out, struct logfiles *l, uint64_t size,
                         const struct hash *root, uint64_t index, struct refusal *why)
{
    const struct source *source = logfiles_source(l);
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
    if (fetched != FETCH_OK)
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

/* ---- a log as one that says something -------------------------------------------------------- */

static bool is_shown(const struct log_said *s, uint64_t index)
{
    for (size_t i = 0; i < s->entries; i++)
        if (s->entry[i]->entry.index == index)
            return true;
    return false;
}

bool log_said_add(struct log_said *s, struct logfiles *l, const struct accepted *cp, uint64_t index,
                  struct findings *f)
{
    struct refusal why;
    const struct checkpoint *tree = &cp->cp.checkpoint;
    if (index >= tree->size || is_shown(s, index))
        return true;
    if (s->entries == ENTRIES_SHOWN_MAX)
        return false;
    struct proven *p = must(calloc(1, sizeof *p));
    enum verdict v = prove_entry(p, l, tree->size, &tree->root, index, &why);
    p->entry.path = p->path;
    if (v == VERDICT_GOOD) {
        s->entry[s->entries++] = p;
        return true;
    }
    proven_free(p);
    free(p);
    findings_tell(f, v, &why);
    return false;
}

void log_said_free(struct log_said *s)
{
    while (s->entries > 0) {
        struct proven *p = s->entry[--s->entries];
        proven_free(p);
        free(p);
    }
}

struct shown_tree log_said_statement(const struct log_said *s, const struct accepted *cp,
                                     struct proven_entry list[static ENTRIES_SHOWN_MAX],
                                     int64_t skew)
{
    for (size_t i = 0; i < s->entries; i++)
        list[i] = s->entry[i]->entry;
    return (struct shown_tree){ &cp->cp, buf_span(&cp->note), list, s->entries, skew, KIND_NONE };
}

const struct accepted *accepted_bare(struct accepted *out, const struct accepted *a)
{
    *out = *a;
    memset(out->cp.cosigned_at, 0, sizeof out->cp.cosigned_at);
    return out;
}

/* What entry 0 says of the log's skew, in milliseconds. */
static int64_t skew_of(const struct log_said *s)
{
    int64_t skew = SKEW_DEFAULT_S * INT64_C(1000);
    struct entry e;
    struct record r;
    struct refusal why;
    for (size_t i = 0; i < s->entries; i++) {
        const struct proven_entry *p = &s->entry[i]->entry;
        if (p->index != 0 || entry_parse(&e, p->bytes, &why) != 0 ||
            record_parse(&r, e.note, &why) != 0)
            continue;
        const struct value *member = value_member(r.object, "skew");
        if (r.kind == KIND_GENESIS && member != NULL)
            skew = value_integer(member) * 1000;
        record_free(&r);
    }
    return skew;
}

struct telling {
    struct findings *f;
    struct buf *evidence;
};

static void tell_contradiction(void *ctx, const struct contradiction *c)
{
    struct telling *t = ctx;
    struct finding f = {
        .verdict = c->verdict, .why = c->why, .entry = c->entry, .related = NO_ENTRY
    };
    findings_add(t->f, &f);
    if (t->evidence->n == 0)
        contradiction_evidence(t->evidence, c);
}

/* The first entry behind the older tree, and the last of the newer one. */
static void compare_clocks(const struct trust *t, const struct accepted *older,
                           const struct accepted *newer, struct logfiles *l, struct findings *f,
                           struct buf *evidence)
{
    struct log_said shown = { .entries = 0 };
    struct proven_entry list[ENTRIES_SHOWN_MAX];
    struct telling telling = { f, evidence };
    if (log_said_add(&shown, l, newer, 0, f) &&
        log_said_add(&shown, l, newer, older->cp.checkpoint.size, f) &&
        log_said_add(&shown, l, newer, newer->cp.checkpoint.size - 1, f)) {
        int64_t skew = skew_of(&shown);
        struct accepted bare;
        const struct shown_tree said[] = {
            { &older->cp, buf_span(&older->note), NULL, 0, skew, KIND_NONE },
            { &newer->cp, buf_span(&newer->note), NULL, 0, skew, KIND_NONE },
            log_said_statement(&shown, accepted_bare(&bare, newer), list, skew),
        };
        if (contradictions_find(t->policy, said, 3, tell_contradiction, &telling) != 0)
            die_of_memory();
    }
    log_said_free(&shown);
}

static bool is_cosigned(const struct trust *t, const struct accepted *a)
{
    for (size_t i = 0; i < policy_witnesses(t->policy); i++)
        if (a->cp.cosigned_at[i] != 0)
            return true;
    return false;
}

enum verdict prove_follows(const struct trust *t, const struct accepted *older,
                           const struct accepted *newer, struct logfiles *l, struct findings *f,
                           struct buf *evidence)
{
    struct findings told = { 0 };
    enum verdict verdict = prove_extends(t, older, newer, l, f, evidence);
    if (verdict != VERDICT_GOOD || !(is_cosigned(t, older) || is_cosigned(t, newer)))
        return verdict;
    compare_clocks(t, older, newer, l, &told, evidence);
    verdict = findings_verdict(&told);
    for (size_t i = 0; i < told.kept; i++)
        findings_add(f, &told.list[i]);
    findings_free(&told);
    return verdict;
}

/* ---- evidence of a bad entry --------------------------------------------------------------- */

#define CHAIN_MAX 256
#define TRIES_MAX 16 /* findings that evidence is looked for */

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

/* The entry and its chain of `under`, down to genesis. Returns whether all could be proven. */
static bool collect(struct collection *c, struct logfiles *l, const struct checkpoint *cp,
                    uint64_t index)
{
    while (!has(c, index)) {
        struct refusal why;
        struct entry e;
        struct record r;
        if (c->n == CHAIN_MAX)
            return false;
        struct proven *p = must(calloc(1, sizeof *p));
        enum verdict v = prove_entry(p, l, cp->size, &cp->root, index, &why);
        p->entry.path = p->path;
        c->list[c->n++] = p;
        if (v != VERDICT_GOOD)
            return false;
        if (entry_parse(&e, p->entry.bytes, &why) != 0 || record_parse(&r, e.note, &why) != 0)
            return true; /* it names nothing that could be carried */
        bool more = r.kind != KIND_GENESIS && r.under.entry < index;
        index = more ? r.under.entry : index;
        record_free(&r);
    }
    return true;
}

static void write_if_convincing(struct buf *out, const struct trust *t, const struct accepted *cp,
                                const struct collection *c)
{
    struct proven_entry entries[CHAIN_MAX];
    struct evidence_report report;
    for (size_t i = 0; i < c->n; i++)
        entries[i] = c->list[i]->entry;
    evidence_of_entry(out, buf_span(&cp->note), entries, c->n);
    if (out->failed || evidence_judge(&report, t->policy, buf_span(out), trust_pin(t)) != 0)
        buf_clear(out);
}

void prove_bad_entry(struct buf *out, const struct trust *t, struct logfiles *l,
                     const struct accepted *cp, const struct finding *f)
{
    struct collection c = { .n = 0 };
    if (collect(&c, l, &cp->cp.checkpoint, f->entry) &&
        (f->related == NO_ENTRY || collect(&c, l, &cp->cp.checkpoint, f->related)))
        write_if_convincing(out, t, cp, &c);
    for (size_t i = 0; i < c.n; i++) {
        proven_free(c.list[i]);
        free(c.list[i]);
    }
}

/* Whether it is about what the log signed, not about the files that were shown. */
static bool may_convict(const struct finding *f, const struct accepted *cp)
{
    return f->verdict == VERDICT_BAD && f->entry != NO_ENTRY && f->entry < cp->cp.checkpoint.size &&
           f->why.reason != REASON_LEAF && f->why.reason != REASON_BUNDLE;
}

void prove_findings(struct buf *out, const struct trust *t, struct logfiles *l,
                    const struct accepted *cp, const struct findings *f)
{
    size_t tries = TRIES_MAX;
    for (size_t i = 0; i < f->kept && out->n == 0 && tries > 0; i++)
        if (may_convict(&f->list[i], cp)) {
            prove_bad_entry(out, t, l, cp, &f->list[i]);
            tries--;
        }
}
