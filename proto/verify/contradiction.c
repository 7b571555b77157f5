#include "proto/verify/contradiction.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/verify/clocks.h"
#include "proto/verify/evidence.h"

#define NONE SIZE_MAX

/* An entry that one of the statements holds. */
struct fact {
    struct span origin;
    size_t statement;
    const struct proven_entry *proven;
    struct hash leaf;
    bool has_header;
    struct hash link;
    int64_t accepted;
};

struct comparing {
    const struct policy *policy;
    const struct shown_tree *said;
    size_t statements;
    size_t *by_size;   /* statements: by origin, size, root */
    struct fact *fact; /* by origin, index, leaf; of those that agree in all three one */
    size_t facts;
    /* Of the witness that is looked at; one item for each place i of by_size, about statements of
     * the same origin. latest[i]: of those at places up to i, the one that the witness cosigned
     * last. earliest[i]: of those from i on, the one that it cosigned first. NONE: it cosigned none
     * of them. */
    size_t *latest, *earliest;
    contradiction_fn *found;
    void *ctx;
};

static int compare_spans(struct span a, struct span b)
{
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static const struct checkpoint *tree_of(const struct shown_tree *s)
{
    return &s->cp->checkpoint;
}

static void tell_contradiction(const struct comparing *c, struct contradiction *x)
{
    x->said = c->said;
    x->verdict = x->kind == CONTRADICTION_CLOCKS ? VERDICT_UNDECIDED : VERDICT_BAD;
    c->found(c->ctx, x);
}

/* ---- trees ----------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b, void *ctx)
{
    const struct shown_tree *said = ctx;
    const struct checkpoint *x = tree_of(&said[*(const size_t *)a]),
                            *y = tree_of(&said[*(const size_t *)b]);
    int c = compare_spans(x->origin, y->origin);
    if (c == 0)
        c = (x->size > y->size) - (x->size < y->size);
    return c != 0 ? c : memcmp(x->root.b, y->root.b, HASH_BYTES);
}

static bool one_log(const struct comparing *c, size_t a, size_t b)
{
    return span_eq(tree_of(&c->said[a])->origin, tree_of(&c->said[b])->origin);
}

static uint64_t size_of(const struct comparing *c, size_t statement)
{
    return tree_of(&c->said[statement])->size;
}

static void tell_sizes(const struct comparing *c, enum contradiction_kind kind, enum reason reason,
                       size_t a, size_t b)
{
    struct contradiction x = { .kind = kind, .entry = NO_ENTRY, .a = a, .b = b };
    char sizes[64];
    snprintf(sizes, sizeof sizes, "%llu, %llu", (unsigned long long)size_of(c, a),
             (unsigned long long)size_of(c, b));
    refuse(&x.why, reason, sizes);
    tell_contradiction(c, &x);
}

static void compare_roots(const struct comparing *c)
{
    for (size_t i = 1; i < c->statements; i++) {
        size_t a = c->by_size[i - 1], b = c->by_size[i];
        if (one_log(c, a, b) && size_of(c, a) == size_of(c, b) &&
            !hash_eq(&tree_of(&c->said[a])->root, &tree_of(&c->said[b])->root))
            tell_sizes(c, CONTRADICTION_ROOTS, REASON_FORK, a, b);
    }
}

/* ---- entries --------------------------------------------------------------------------------- */

static int by_index(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    int c = compare_spans(x->origin, y->origin);
    if (c == 0)
        c = (x->proven->index > y->proven->index) - (x->proven->index < y->proven->index);
    return c != 0 ? c : memcmp(x->leaf.b, y->leaf.b, HASH_BYTES);
}

static void take_fact(struct comparing *c, size_t statement, const struct proven_entry *proven)
{
    struct fact *f = &c->fact[c->facts++];
    struct entry e;
    struct refusal why;
    *f = (struct fact){ .origin = tree_of(&c->said[statement])->origin,
                        .statement = statement,
                        .proven = proven };
    hash_leaf(&f->leaf, proven->bytes);
    f->has_header = entry_parse(&e, proven->bytes, &why) == 0;
    if (f->has_header) {
        f->link = e.link;
        f->accepted = e.accepted;
    }
}

static void take_facts(struct comparing *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->statements; i++)
        for (size_t k = 0; k < c->said[i].entries; k++)
            take_fact(c, i, &c->said[i].entry[k]);
    qsort(c->fact, c->facts, sizeof *c->fact, by_index);
    for (size_t i = 0; i < c->facts; i++)
        if (kept == 0 || by_index(&c->fact[kept - 1], &c->fact[i]) != 0)
            c->fact[kept++] = c->fact[i];
    c->facts = kept;
}

static void tell_entries(const struct comparing *c, enum contradiction_kind kind,
                         enum reason reason, const struct fact *x, const struct fact *y)
{
    struct contradiction found = { .kind = kind,
                                   .entry = y->proven->index,
                                   .a = x->statement,
                                   .b = y->statement,
                                   .in_a = x->proven,
                                   .in_b = y->proven };
    refuse_number(&found.why, reason, y->proven->index);
    tell_contradiction(c, &found);
}

/* Whether y stands `apart` entries behind x. */
static bool follows(const struct fact *x, const struct fact *y, uint64_t apart)
{
    return span_eq(x->origin, y->origin) && y->proven->index - x->proven->index == apart;
}

static void compare_leaves(const struct comparing *c)
{
    for (size_t i = 1; i < c->facts; i++)
        if (follows(&c->fact[i - 1], &c->fact[i], 0))
            tell_entries(c, CONTRADICTION_LEAVES, REASON_FORK, &c->fact[i - 1], &c->fact[i]);
}

/* The first of the entries before it that its link does not name. */
static void compare_links(const struct comparing *c)
{
    size_t before = 0;
    for (size_t i = 0; i < c->facts; i++) {
        const struct fact *f = &c->fact[i];
        while (before < i && !follows(&c->fact[before], f, 1) && !follows(&c->fact[before], f, 0))
            before++;
        for (size_t k = before; f->has_header && k < i && follows(&c->fact[k], f, 1); k++)
            if (!hash_eq(&f->link, &c->fact[k].leaf)) {
                tell_entries(c, CONTRADICTION_LINK, REASON_LINK_OTHER, &c->fact[k], f);
                break;
            }
    }
}

/* ---- witnesses ------------------------------------------------------------------------------- */

static uint64_t time_of(const struct comparing *c, size_t statement, size_t witness)
{
    return statement == NONE ? 0 : c->said[statement].cp->cosigned_at[witness];
}

static void rank(struct comparing *c, size_t witness)
{
    for (size_t i = 0; i < c->statements; i++) {
        size_t s = c->by_size[i];
        size_t best = i > 0 && one_log(c, c->by_size[i - 1], s) ? c->latest[i - 1] : NONE;
        c->latest[i] = time_of(c, s, witness) > time_of(c, best, witness) ? s : best;
    }
    for (size_t i = c->statements; i-- > 0;) {
        size_t s = c->by_size[i];
        bool more = i + 1 < c->statements && one_log(c, c->by_size[i + 1], s);
        size_t best = more ? c->earliest[i + 1] : NONE;
        uint64_t at = time_of(c, s, witness);
        c->earliest[i] = at != 0 && (best == NONE || at < time_of(c, best, witness)) ? s : best;
    }
}

/* The place of the first statement of that origin whose tree is larger than that size, or the place
 * where one would stand. */
static size_t first_larger(const struct comparing *c, struct span origin, uint64_t size)
{
    size_t low = 0, high = c->statements;
    while (low < high) {
        size_t at = low + (high - low) / 2;
        const struct checkpoint *t = tree_of(&c->said[c->by_size[at]]);
        int order = compare_spans(t->origin, origin);
        if (order < 0 || (order == 0 && t->size <= size))
            low = at + 1;
        else
            high = at;
    }
    return low;
}

/* Who cosigned at or before that place latest, or from it on earliest; of that origin. */
static size_t ranked(const struct comparing *c, const size_t *by, size_t place, struct span origin)
{
    bool there =
        place < c->statements && span_eq(tree_of(&c->said[c->by_size[place]])->origin, origin);
    return there ? by[place] : NONE;
}

static void compare_times(const struct comparing *c, size_t witness)
{
    for (size_t i = 0; i < c->statements; i++) {
        size_t s = c->by_size[i];
        struct span origin = tree_of(&c->said[s])->origin;
        size_t larger = ranked(c, c->earliest, first_larger(c, origin, size_of(c, s)), origin);
        if (larger != NONE && time_of(c, s, witness) > time_of(c, larger, witness))
            tell_sizes(c, CONTRADICTION_ROLLBACK, REASON_ROLLED_BACK, s, larger);
    }
}

static void tell_clocks(const struct comparing *c, const struct fact *f, size_t statement,
                        size_t witness, enum clocks_side side)
{
    const struct shown_tree *s = &c->said[statement];
    struct contradiction x = {
        .kind = CONTRADICTION_CLOCKS, .entry = f->proven->index, .a = statement, .b = f->statement
    };
    if (clocks_agree(s->cp->cosigned_at[witness], side, f->accepted, c->said[f->statement].skew))
        return;
    refuse(&x.why, REASON_CLOCKS, policy_witness(c->policy, witness)->name);
    tell_contradiction(c, &x);
}

/* An entry against the cosignatures of trees that do not hold it, and of those that do. What a
 * statement's own cosignatures say of its entries is judged with it, not here. */
static void compare_clocks(const struct comparing *c, size_t witness)
{
    for (size_t i = 0; i < c->facts; i++) {
        const struct fact *f = &c->fact[i];
        size_t larger = first_larger(c, f->origin, f->proven->index);
        size_t without = larger == 0 ? NONE : ranked(c, c->latest, larger - 1, f->origin);
        size_t with = ranked(c, c->earliest, larger, f->origin);
        if (f->has_header && without != NONE)
            tell_clocks(c, f, without, witness, CLOCKS_FROM);
        if (f->has_header && with != NONE && with != f->statement)
            tell_clocks(c, f, with, witness, CLOCKS_BELOW);
    }
}

/* ---- what an entry says of those behind it --------------------------------------------------- */

/* That in statement s, about an entry of statement b. Either the tree of b holds the first entry of
 * s, too, or the two are a fork. */
static void tell_behind(const struct comparing *c, struct contradiction *x, size_t s, size_t b)
{
    x->a = s;
    x->b = b;
    x->in_a = &c->said[s].entry[0];
    tell_contradiction(c, x);
}

static void compare_end(const struct comparing *c, size_t s)
{
    uint64_t end = c->said[s].entry[0].index + 1;
    size_t place = first_larger(c, tree_of(&c->said[s])->origin, end);
    struct contradiction x = { .kind = CONTRADICTION_FROZEN, .entry = end - 1 };
    if (place == c->statements || !one_log(c, s, c->by_size[place]))
        return;
    refuse_number(&x.why, REASON_FROZEN, size_of(c, c->by_size[place]));
    tell_behind(c, &x, s, c->by_size[place]);
}

static bool revoked_key(struct vkey *out, const struct proven_entry *revoke)
{
    struct entry e;
    struct record record;
    struct refusal why;
    const char *cause;
    if (entry_parse(&e, revoke->bytes, &why) != 0 || record_parse(&record, e.note, &why) != 0)
        return false;
    const char *text = record_string(&record, "vkey");
    bool good = text != NULL && vkey_parse(out, span_str(text), &cause) == 0;
    record_free(&record);
    return good;
}

static bool is_signed_by(const struct fact *f, const struct vkey *key)
{
    struct entry e;
    struct note note;
    struct refusal why;
    return f->has_header && entry_parse(&e, f->proven->bytes, &why) == 0 &&
           note_parse(&note, e.note, &why) == 0 && note_signed_by(&note, key);
}

static void compare_revocation(const struct comparing *c, size_t s)
{
    const struct proven_entry *revoke = &c->said[s].entry[0];
    struct vkey key;
    if (!revoked_key(&key, revoke))
        return;
    for (size_t i = 0; i < c->facts; i++) {
        const struct fact *f = &c->fact[i];
        struct contradiction x = { .kind = CONTRADICTION_REVOKED,
                                   .entry = f->proven->index,
                                   .in_b = f->proven };
        if (!span_eq(f->origin, tree_of(&c->said[s])->origin) || x.entry <= revoke->index ||
            !is_signed_by(f, &key))
            continue;
        refuse_number(&x.why, REASON_REVOKED_BEFORE, revoke->index);
        tell_behind(c, &x, s, f->statement);
    }
}

static void compare_behind(const struct comparing *c)
{
    for (size_t s = 0; s < c->statements; s++)
        if (c->said[s].kind == KIND_FREEZE)
            compare_end(c, s);
        else if (c->said[s].kind == KIND_REVOKE)
            compare_revocation(c, s);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void compare(struct comparing *c)
{
    for (size_t i = 0; i < c->statements; i++)
        c->by_size[i] = i;
    qsort_r(c->by_size, c->statements, sizeof *c->by_size, by_size, (void *)(uintptr_t)c->said);
    take_facts(c);
    compare_roots(c);
    compare_leaves(c);
    compare_links(c);
    compare_behind(c);
    for (size_t w = 0; w < policy_witnesses(c->policy); w++) {
        rank(c, w);
        compare_times(c, w);
        compare_clocks(c, w);
    }
}

int contradictions_find(const struct policy *policy, const struct shown_tree *said,
                        size_t statements, contradiction_fn *found, void *ctx)
{
    struct comparing c = {
        .policy = policy, .said = said, .statements = statements, .found = found, .ctx = ctx
    };
    size_t entries = 0;
    for (size_t i = 0; i < statements; i++)
        entries += said[i].entries;
    c.by_size = calloc(statements + 1, sizeof *c.by_size);
    c.latest = calloc(statements + 1, sizeof *c.latest);
    c.earliest = calloc(statements + 1, sizeof *c.earliest);
    c.fact = calloc(entries + 1, sizeof *c.fact);
    bool room = c.by_size != NULL && c.latest != NULL && c.earliest != NULL && c.fact != NULL;
    if (room)
        compare(&c);
    free(c.by_size);
    free(c.latest);
    free(c.earliest);
    free(c.fact);
    return room ? 0 : -1;
}

void contradiction_evidence(struct buf *out, const struct contradiction *c)
{
    struct span a = c->said[c->a].note, b = c->said[c->b].note;
    switch (c->kind) {
    case CONTRADICTION_ROOTS:
        evidence_of_fork(out, a, b, NULL, 0);
        break;
    case CONTRADICTION_LEAVES:
        evidence_of_leaves(out, a, c->in_a, b, c->in_b);
        break;
    case CONTRADICTION_LINK:
        evidence_of_link(out, a, c->in_a, b, c->in_b);
        break;
    case CONTRADICTION_ROLLBACK:
    case CONTRADICTION_CLOCKS:
    case CONTRADICTION_FROZEN:
    case CONTRADICTION_REVOKED:
        break;
    }
}
