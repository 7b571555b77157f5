#include "proto/verify/finding_list.h"

#include <stdlib.h>
#include <string.h>

#define FINDINGS_ENOUGH 100000

void findings_free(struct findings *f)
{
    free(f->list);
    *f = (struct findings){ 0 };
}

void findings_clear(struct findings *f)
{
    *f = (struct findings){ .list = f->list, .cap = f->cap, .max = f->max };
}

/* Takes the last undecided finding out of a full list. Returns whether there was one. */
static bool drop_undecided(struct findings *f)
{
    size_t i = f->kept;
    while (i > 0 && f->list[i - 1].verdict == VERDICT_BAD)
        i--;
    if (i == 0)
        return false;
    memmove(&f->list[i - 1], &f->list[i], (f->kept - i) * sizeof *f->list);
    f->kept--;
    return true;
}

static bool grow_list(struct findings *f)
{
    size_t cap = f->cap == 0 ? 16 : f->cap * 2;
    struct finding *list = realloc(f->list, cap * sizeof *list);
    if (list == NULL)
        return false;
    f->list = list;
    f->cap = cap;
    return true;
}

void findings_add(void *ctx, const struct finding *finding)
{
    struct findings *f = ctx;
    size_t max = f->max == 0 ? FINDINGS_KEPT_MAX : f->max;
    f->total++;
    f->bad = f->bad || finding->verdict == VERDICT_BAD;
    f->undecided = f->undecided || finding->verdict == VERDICT_UNDECIDED;
    if (f->kept >= max && (finding->verdict != VERDICT_BAD || !drop_undecided(f)))
        return;
    if (f->kept < f->cap || grow_list(f))
        f->list[f->kept++] = *finding;
    else
        f->memory = true;
}

void findings_tell(struct findings *f, enum verdict verdict, const struct refusal *why)
{
    struct finding finding = {
        .verdict = verdict, .why = *why, .entry = NO_ENTRY, .related = NO_ENTRY
    };
    findings_add(f, &finding);
}

static bool is_among(enum reason r, const enum reason *reason, size_t reasons)
{
    for (size_t i = 0; i < reasons; i++)
        if (reason[i] == r)
            return true;
    return false;
}

void findings_forget(struct findings *f, const enum reason *reason, size_t reasons)
{
    struct findings left = { .total = f->total - f->kept, .max = f->max };
    if (left.total > 0) { /* nobody knows the reasons of those that are not listed */
        left.bad = f->bad;
        left.undecided = f->undecided;
    }
    for (size_t i = 0; i < f->kept; i++)
        if (!is_among(f->list[i].why.reason, reason, reasons))
            findings_add(&left, &f->list[i]);
    findings_free(f);
    *f = left;
}

enum verdict findings_verdict(const struct findings *f)
{
    return f->bad ? VERDICT_BAD : f->undecided ? VERDICT_UNDECIDED : VERDICT_GOOD;
}

bool findings_enough(const struct findings *f)
{
    return f->bad && f->total >= FINDINGS_ENOUGH;
}
