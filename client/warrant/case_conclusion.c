/* What can be said of the lines of a case once the whole log was seen: the answers of the rules
 * about them, whether they keep within their warrants, and why a request has none. */
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/warrant/warrant_case.h"

/* The answers stand ordered by entry. */
static void find_answers(const struct warrant_case *c, struct case_line *l)
{
    const struct shelf *list = &c->audit->answers.list;
    uint64_t low = 0, high = list->n;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct rule_answer *a = shelf_at(list, middle);
        if (a->entry < l->entry)
            low = middle + 1;
        else
            high = middle;
    }
    l->answers = 0;
    l->answer = list->n == 0 ? NULL : shelf_at(list, low);
    while (low + l->answers < list->n && l->answer[l->answers].entry == l->entry)
        l->answers++;
}

bool rule_tells_scope(uint8_t rule)
{
    return rule == R05 || rule == R07 || rule == R08 || rule == R10 || rule == R19 || rule == R20;
}

/* Of what uses the answer to a request: no better than the request itself. */
static bool inherits_scope(enum kind k)
{
    return k == KIND_RESPONSE || k == KIND_TRANSFER || k == KIND_PRODUCT;
}

static void find_scope(const struct warrant_case *c, struct case_line *l)
{
    static const enum scope of_result[RESULTS] = { [RESULT_PASS] = SCOPE_INSIDE,
                                                   [RESULT_NOT_EVALUABLE] = SCOPE_UNKNOWN,
                                                   [RESULT_FINDING] = SCOPE_OUTSIDE };
    for (size_t i = 0; i < l->answers; i++)
        if (rule_tells_scope(l->answer[i].rule) && of_result[l->answer[i].result] > l->scope)
            l->scope = of_result[l->answer[i].result];
    for (size_t i = 0; inherits_scope(l->kind) && i < l->abouts; i++)
        if (c->line[case_numbers(c, l->about)[i]].scope > l->scope)
            l->scope = c->line[case_numbers(c, l->about)[i]].scope;
}

/* Warrants that have the reference. */
struct cited {
    uint64_t entry;
    const char *court;
};

struct cited_list {
    struct cited *by_entry, *by_court; /* by court, then by entry */
    size_t n, other;                   /* the first of another court than the first one's */
};

static int compare_by_court(const void *x, const void *y)
{
    const struct cited *a = x, *b = y;
    int courts = strcmp(a->court, b->court);
    return courts != 0 ? courts : (a->entry > b->entry) - (a->entry < b->entry);
}

static void add_cited(struct cited_list *list, const struct casebook *cb, uint64_t entry)
{
    list->by_entry[list->n++] =
        (struct cited){ entry, casebook_text(cb, casebook_warrant(cb, entry)->court) };
}

/* In the order of entries: those of the case, or those that `court` leaves out. */
static void list_cited(struct cited_list *list, const struct warrant_case *c, bool elsewhere)
{
    size_t most = elsewhere ? c->elsewheres : c->lines;
    size_t warrants = elsewhere ? c->elsewheres : warrant_case_warrants(c);
    list->by_entry = kept(calloc(warrants + 1, sizeof *list->by_entry));
    list->by_court = kept(calloc(warrants + 1, sizeof *list->by_court));
    if (list->by_entry == NULL || list->by_court == NULL)
        return;
    for (size_t i = 0; i < most; i++)
        if (elsewhere)
            add_cited(list, &c->audit->cb, c->elsewhere[i]);
        else if (c->line[i].kind == KIND_WARRANT)
            add_cited(list, &c->audit->cb, c->line[i].entry);
    memcpy(list->by_court, list->by_entry, list->n * sizeof *list->by_court);
    qsort(list->by_court, list->n, sizeof *list->by_court, compare_by_court);
    while (list->other < list->n &&
           strcmp(list->by_entry[list->other].court, list->by_entry[0].court) == 0)
        list->other++;
}

static void free_cited(struct cited_list *list)
{
    free(list->by_entry);
    free(list->by_court);
}

/* The first one after an entry, of that court (NULL: of any); NULL if there is none. */
static const struct cited *first_after(const struct cited_list *list, const char *court,
                                       uint64_t entry)
{
    const struct cited *all = court == NULL ? list->by_entry : list->by_court;
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int courts = court == NULL ? 0 : strcmp(all[middle].court, court);
        if (courts < 0 || (courts == 0 && all[middle].entry <= entry))
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < list->n && (court == NULL || strcmp(all[low].court, court) == 0);
    return there ? &all[low] : NULL;
}

/* The first one before an entry that is not of that court, or NULL. */
static const struct cited *first_of_others(const struct cited_list *list, const char *court,
                                           uint64_t entry)
{
    size_t i = list->n > 0 && strcmp(list->by_entry[0].court, court) == 0 ? list->other : 0;
    return i < list->n && list->by_entry[i].entry < entry ? &list->by_entry[i] : NULL;
}

/* What stands against one of these being meant. */
static void hold_against(struct case_line *l, const struct cited_list *list, const char *court,
                         uint64_t named)
{
    const struct cited *later = named == NO_ENTRY ? first_after(list, court, l->entry) : NULL,
                       *of_other = court == NULL ? NULL : first_of_others(list, court, l->entry);
    bool before = list->n > 0 && list->by_entry[0].entry < l->entry;
    enum unresolved why = later != NULL      ? UNRESOLVED_LATER
                          : of_other != NULL ? UNRESOLVED_COURT
                          : before           ? UNRESOLVED_ENTRY
                                             : UNRESOLVED_ABSENT;
    if (why < l->unresolved) {
        l->unresolved = why;
        l->other = later != NULL ? later->entry : of_other != NULL ? of_other->entry : NO_ENTRY;
    }
}

static void find_reason(const struct warrant_case *c, struct case_line *l, enum resolved resolved,
                        const struct value *named, const struct cited_list lists[static 2])
{
    uint64_t entry = reference_entry(named);
    if (!case_has_ref(c, named)) {
        l->unresolved = UNRESOLVED_REF;
        l->other = entry;
    } else if (resolved == RESOLVED_SEVERAL) {
        l->unresolved = UNRESOLVED_SEVERAL;
    } else {
        l->unresolved = UNRESOLVED_ABSENT;
        for (int i = 0; i < 2; i++)
            hold_against(l, &lists[i], object_text(named, "court"), entry);
    }
}

static void find_reasons(const struct warrant_case *c, const struct cited_list lists[static 2])
{
    for (size_t i = 0; i < c->lines; i++) {
        struct case_line *l = &c->line[i];
        if (l->kind != KIND_REQUEST || l->apart)
            continue;
        enum resolved resolved = (enum resolved)casebook_request(&c->audit->cb, l->entry)->resolved;
        if (resolved == RESOLVED)
            continue;
        struct case_line open = case_line_open(c, i);
        find_reason(c, l, resolved, value_member(open.object, "warrant"), lists);
        case_line_close(&open);
    }
}

/* A blob may have been ordered erased by an entry that named nothing of the case yet. */
static void find_erasures(struct warrant_case *c)
{
    const struct registry *registry = judge_registry(c->audit->r->judge);
    for (uint64_t i = 0; i < c->sealed.namings.n; i++) {
        const struct case_naming *naming = shelf_at(&c->sealed.namings, i);
        const struct case_hash *h = shelf_at(&c->sealed.hashes, naming->hash);
        uint64_t by = registry_erased(registry, h->hash);
        if (by != NO_ENTRY && by < c->line[naming->line].entry)
            c->line[naming->line].erased_before = by;
    }
}

void warrant_case_conclude(struct warrant_case *c)
{
    struct cited_list lists[2] = { { 0 }, { 0 } };
    for (int i = 0; i < 2; i++)
        list_cited(&lists[i], c, i == 1);
    for (size_t i = 0; i < c->lines; i++) {
        find_answers(c, &c->line[i]);
        find_scope(c, &c->line[i]);
    }
    find_reasons(c, lists);
    for (int i = 0; i < 2; i++)
        free_cited(&lists[i]);
    find_erasures(c);
}
