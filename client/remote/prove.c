#include "client/remote/prove.h"

#include <stdlib.h>
#include <time.h>

#include "client/base/lost.h"
#include "proto/record/entry.h"
#include "proto/verify/extension.h"

enum verdict accepted_open(struct accepted *out, const struct trust *t, struct findings *f)
{
    return accepted_judge(out, t->policy, t->max_age, (int64_t)time(NULL), f);
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

enum verdict prove_entry(struct proven *out, struct logfiles *l, uint64_t size,
                         const struct hash *root, uint64_t index, struct refusal *why)
{
    return proven_fetch(out, logfiles_source(l), size, root, index, why);
}

/* ---- a log as one that says something -------------------------------------------------------- */

static bool is_shown(const struct log_said *s, uint64_t index)
{
    for (size_t i = 0; i < s->entries; i++)
        if (s->entry[i]->entry.index == index)
            return true;
    return false;
}

static void tell_of_memory(struct findings *f)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    findings_tell(f, VERDICT_UNDECIDED, &why);
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
    struct proven *p = calloc(1, sizeof *p);
    if (p == NULL) {
        tell_of_memory(f);
        return false;
    }
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
    struct entry e = { .index = 0 };
    struct record r;
    struct refusal why;
    for (size_t i = 0; i < s->entries; i++) {
        const struct proven_entry *p = &s->entry[i]->entry;
        if (p->index != 0)
            continue;
        if (entry_parse(&e, p->bytes, &why) != 0 || record_parse(&r, e.note, &why) != 0) {
            lost_to_memory(&why);
            continue;
        }
        const struct value *member = value_member(r.object, "skew");
        if (r.kind == KIND_GENESIS && member != NULL)
            skew = value_integer(member) * 1000;
        record_free(&r);
    }
    return skew;
}

struct contradiction_teller {
    struct findings *f;
    struct buf *evidence;
};

static void tell_contradiction(void *ctx, const struct contradiction *c)
{
    struct contradiction_teller *t = ctx;
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
    struct contradiction_teller telling = { f, evidence };
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
            tell_of_memory(f);
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

/* ---- evidence -------------------------------------------------------------------------------- */

void prove_bad_entry(struct buf *out, const struct trust *t, struct logfiles *l,
                     const struct accepted *cp, const struct finding *f)
{
    evidence_of_finding(out, t->policy, trust_pin(t), logfiles_source(l), cp, f);
}

void prove_findings(struct buf *out, const struct trust *t, struct logfiles *l,
                    const struct accepted *cp, const struct findings *f)
{
    evidence_of_findings(out, t->policy, trust_pin(t), logfiles_source(l), cp, f);
}
