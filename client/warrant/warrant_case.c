#include "client/warrant/warrant_case.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/record/json.h"

#define CITING_FIRST 16

/* A hash that lines seal, and the first and last of its namings, from 1. */
struct case_hash {
    uint8_t hash[HASH_BYTES];
    uint32_t first, last;
    uint64_t lines;
};

struct case_naming {
    uint32_t line, hash, next; /* next from 1; 0 is the end */
};

/* ---- lines ----------------------------------------------------------------------------------- */

static size_t find(const struct warrant_case *c, uint64_t entry)
{
    size_t low = 0, high = c->lines;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->line[middle].entry < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->lines && c->line[low].entry == entry ? low : c->lines;
}

const struct case_line *warrant_case_line(const struct warrant_case *c, uint64_t entry)
{
    size_t i = find(c, entry);
    return i < c->lines ? &c->line[i] : NULL;
}

/* What an entry is about, while it is looked at. */
struct abouts {
    uint32_t *line;
    size_t n, cap;
    uint64_t more;  /* lines that are not listed */
    uint32_t *blob; /* of c->sealed */
    size_t blobs;
};

static void add_about(struct abouts *a, uint32_t line)
{
    if (a->n == a->cap) {
        a->cap = a->cap == 0 ? 4 : a->cap * 2;
        a->line = must(realloc(a->line, a->cap * sizeof *a->line));
    }
    a->line[a->n++] = line;
}

static void add_entry(const struct warrant_case *c, struct abouts *a, uint64_t entry)
{
    size_t i = entry == NO_ENTRY ? c->lines : find(c, entry);
    if (i < c->lines)
        add_about(a, (uint32_t)i);
}

static int compare_numbers(const void *x, const void *y)
{
    const uint32_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static void free_abouts(struct abouts *a)
{
    free(a->line);
    free(a->blob);
}

/* Ascending, each once, no more than are listed. */
static void order_abouts(struct abouts *a)
{
    size_t n = 0;
    if (a->n == 0)
        return;
    qsort(a->line, a->n, sizeof *a->line, compare_numbers);
    for (size_t i = 0; i < a->n; i++)
        if (n == 0 || a->line[n - 1] != a->line[i])
            a->line[n++] = a->line[i];
    a->n = n < ABOUT_MAX ? n : ABOUT_MAX;
    a->more += n - a->n;
}

/* ---- what is sealed -------------------------------------------------------------------------- */

static void seals_open(struct case_seals *s)
{
    shelf_open(&s->hashes, sizeof(struct case_hash));
    shelf_open(&s->namings, sizeof(struct case_naming));
    key_index_open(&s->by_hash);
}

static void seals_close(struct case_seals *s)
{
    shelf_close(&s->hashes);
    shelf_close(&s->namings);
    key_index_close(&s->by_hash);
}

/* The number of a hash; false if no line seals it. */
static bool seals_find(const struct case_seals *s, const uint8_t hash[static HASH_BYTES],
                       uint32_t *number)
{
    uint32_t at = 0;
    while (key_index_next(&s->by_hash, span_of(hash, HASH_BYTES), &at, number))
        if (memcmp(((struct case_hash *)shelf_at(&s->hashes, *number))->hash, hash, HASH_BYTES) ==
            0)
            return true;
    return false;
}

static struct case_naming *naming_at(const struct case_seals *s, uint32_t at)
{
    return shelf_at(&s->namings, at - 1);
}

/* Lines come in their order; one that seals a hash twice seals it once. */
static void seals_add(struct case_seals *s, const uint8_t hash[static HASH_BYTES], uint32_t line)
{
    uint32_t number;
    if (!seals_find(s, hash, &number)) {
        struct case_hash *new = shelf_add(&s->hashes, 1);
        memcpy(new->hash, hash, HASH_BYTES);
        number = (uint32_t)(s->hashes.n - 1);
        key_index_put(&s->by_hash, span_of(hash, HASH_BYTES), number);
    }
    struct case_hash *h = shelf_at(&s->hashes, number);
    if (h->last != 0 && naming_at(s, h->last)->line == line)
        return;
    *(struct case_naming *)shelf_add(&s->namings, 1) = (struct case_naming){ line, number, 0 };
    if (h->last == 0)
        h->first = (uint32_t)s->namings.n;
    else
        naming_at(s, h->last)->next = (uint32_t)s->namings.n;
    h->last = (uint32_t)s->namings.n;
    h->lines++;
}

/* The first lines that seal it, as many as are listed: all of them, for each act, would be a
 * square. */
static void add_sealers(const struct case_seals *s, struct abouts *a, uint32_t number)
{
    const struct case_hash *h = shelf_at(&s->hashes, number);
    size_t n = 0;
    for (uint32_t at = h->first; at != 0 && n < ABOUT_MAX; at = naming_at(s, at)->next, n++)
        add_about(a, naming_at(s, at)->line);
    a->more += h->lines - n;
}

/* An act names a blob. */
static void add_blob(const struct warrant_case *c, struct abouts *a, const struct value *text)
{
    uint8_t blob[HASH_BYTES];
    uint32_t number;
    const char *base64 = value_text(text);
    if (base64 == NULL || base64_decode_exact(blob, HASH_BYTES, span_str(base64)) != 0 ||
        !seals_find(&c->sealed, blob, &number))
        return;
    a->blob = must(realloc(a->blob, (a->blobs + 1) * sizeof *a->blob));
    a->blob[a->blobs++] = number;
    add_sealers(&c->sealed, a, number);
}

/* A blob_visit_fn: the last line seals it. */
static int take_blob(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    struct warrant_case *c = ctx;
    (void)member;
    seals_add(&c->sealed, sha256, (uint32_t)(c->lines - 1));
    return 0;
}

/* A sealed_visit_fn: the last line, a warrant, names that person. */
static int take_person(void *ctx, const char *member, const struct sealed *s)
{
    struct warrant_case *c = ctx;
    if (strcmp(member, "subjects") == 0) {
        seals_add(&c->persons, s->commit, (uint32_t)(c->lines - 1));
        seals_add(&c->persons, s->sealed, (uint32_t)(c->lines - 1));
    }
    return 0;
}

struct person_search {
    const struct warrant_case *c;
    struct abouts *about;
};

/* A sealed_visit_fn: whether a warrant of the case names that person. */
static int find_person(void *ctx, const char *member, const struct sealed *s)
{
    struct person_search *x = ctx;
    uint32_t number;
    if (strcmp(member, "subjects") == 0 && (seals_find(&x->c->persons, s->commit, &number) ||
                                            seals_find(&x->c->persons, s->sealed, &number)))
        add_sealers(&x->c->persons, x->about, number);
    return 0;
}

/* ---- taking entries -------------------------------------------------------------------------- */

/* What is about requests that are apart, and about nothing else, is apart as well. */
static bool is_apart(const struct warrant_case *c, const struct abouts *about)
{
    for (size_t i = 0; i < about->n; i++)
        if (!c->line[about->line[i]].apart)
            return false;
    return about->n > 0;
}

/* Puts a list on the shelf and returns where it begins. */
static uint64_t keep_list(struct warrant_case *c, const uint32_t *list, size_t n)
{
    uint64_t at = c->numbers.n;
    uint32_t *kept = shelf_add(&c->numbers, n);
    if (n > 0)
        memcpy(kept, list, n * sizeof *list);
    return at;
}

/* A record's second line. */
static struct span json_of(const struct record *r)
{
    const uint8_t *end = memchr(r->text.p, '\n', r->text.n);
    size_t head = (size_t)(end + 1 - r->text.p);
    return span_of(end + 1, r->text.n - head - 1);
}

static void add_line(struct warrant_case *c, const struct event *event, const struct abouts *about)
{
    struct span json = json_of(event->e->record);
    struct case_line l = { .entry = event->e->index,
                           .accepted = event->e->accepted,
                           .kind = event->e->kind,
                           .signer = event->e->signer,
                           .leaf = *event->e->leaf,
                           .json = c->text.n,
                           .json_n = json.n,
                           .ruleset = event->ruleset,
                           .about = keep_list(c, about->line, about->n),
                           .abouts = about->n,
                           .abouts_total = about->n + about->more,
                           .blob = keep_list(c, about->blob, about->blobs),
                           .blobs = about->blobs,
                           .apart = is_apart(c, about),
                           .other = NO_ENTRY,
                           .erased_before = NO_ENTRY };
    memcpy(shelf_add(&c->text, json.n), json.p, json.n);
    *(struct case_line *)shelf_add(&c->shelf, 1) = l;
    c->line = shelf_at(&c->shelf, 0);
    c->lines++;
    kind_visit_blobs(l.kind, event->object, take_blob, c);
}

static struct case_line *last_line(const struct warrant_case *c)
{
    return &c->line[c->lines - 1];
}

struct case_line case_line_open(const struct warrant_case *c, size_t line)
{
    struct case_line l = c->line[line];
    struct refusal why;
    /* It was strict JSON when it came: only memory can fail. */
    l.object = must(json_strict(span_of(shelf_at(&c->text, l.json), l.json_n), &why));
    return l;
}

void case_line_close(struct case_line *l)
{
    value_free((struct value *)l->object);
    l->object = NULL;
}

static bool is_ref(const struct warrant_case *c, const struct value *object)
{
    const char *ref = object_text(object, "ref");
    return ref != NULL && strcmp(ref, c->ref) == 0;
}

static bool is_court(const struct warrant_case *c, const char *court)
{
    return c->court == NULL || strcmp(c->court, court) == 0;
}

static void take_warrant(struct warrant_case *c, const struct event *event)
{
    struct abouts none = { 0 };
    lookalikes_take(&c->alike, CITES_AS_WARRANT, object_text(event->object, "ref"),
                    event->e->index);
    if (!is_ref(c, event->object))
        return;
    if (is_court(c, event->signer->authority)) {
        add_line(c, event, &none);
        kind_visit_sealed(event->object, take_person, c);
        return;
    }
    if (c->elsewheres == c->elsewhere_cap) {
        c->elsewhere_cap = c->elsewhere_cap == 0 ? CITING_FIRST : c->elsewhere_cap * 2;
        c->elsewhere = must(realloc(c->elsewhere, c->elsewhere_cap * sizeof *c->elsewhere));
    }
    c->elsewhere[c->elsewheres++] = event->e->index;
}

/* One that does not cite the case's warrants, as far as it can be told. */
static void take_other_request(struct warrant_case *c, const struct event *event)
{
    const struct value *named = value_member(event->object, "warrant");
    struct abouts about = { 0 };
    struct person_search x = { c, &about };
    if (named != NULL && is_ref(c, named)) {
        if (c->citings < ABOUT_MAX)
            c->citing[c->citings] = event->e->index;
        c->citings++;
    }
    kind_visit_sealed(event->object, find_person, &x);
    order_abouts(&about);
    if (about.n > 0) {
        add_line(c, event, &about);
        last_line(c)->apart = true;
    }
    free_abouts(&about);
}

/* One that resolves belongs to its warrant, and to no other case; one that does not, to all that
 * it may mean. */
static void take_request(struct warrant_case *c, const struct event *event)
{
    const struct value *named = value_member(event->object, "warrant");
    const char *court = object_text(named, "court");
    const struct request *r = casebook_request(&c->audit->cb, event->e->index);
    const struct warrant *w = casebook_warrant_of(&c->audit->cb, r);
    struct abouts about = { 0 };
    lookalikes_take(&c->alike, CITES_IN_REQUEST, object_text(named, "ref"), event->e->index);
    if (w != NULL)
        add_entry(c, &about, w->entry);
    bool cites = w == NULL && named != NULL &&
                 ((is_ref(c, named) && (court == NULL || is_court(c, court))) ||
                  warrant_case_line(c, reference_entry(named)) != NULL);
    if (about.n > 0 || cites)
        add_line(c, event, &about);
    else
        take_other_request(c, event);
    free_abouts(&about);
}

static void add_list(const struct warrant_case *c, struct abouts *a, const struct value *list,
                     bool blobs)
{
    value_foreach (list, item)
        if (blobs)
            add_blob(c, a, item);
        else
            add_entry(c, a, reference_entry(item));
}

/* Whether an extension is of a warrant, by that warrant's court: in a bad log it may name
 * anything. */
static bool extends_own(const struct warrant_case *c, uint32_t about, const char *court)
{
    const struct casebook *cb = &c->audit->cb;
    const struct warrant *w = casebook_warrant(cb, c->line[about].entry);
    return w != NULL && strcmp(casebook_text(cb, w->court), court) == 0;
}

/* An entry that does something to others belongs to the case if one of these does. */
static void take_act(struct warrant_case *c, const struct event *event)
{
    static const char *const members[] = { "warrant", "request", "about" };
    struct abouts about = { 0 };
    const struct value *o = event->object;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        add_entry(c, &about, reference_entry(value_member(o, members[i])));
    add_list(c, &about, value_member(o, "requests"), false);
    add_list(c, &about, value_member(o, "blobs"), true);
    if (event->e->kind == KIND_ERASURE)
        add_blob(c, &about, value_member(o, "blob"));
    order_abouts(&about);
    if (about.n > 0) {
        add_line(c, event, &about);
        last_line(c)->absent = event->e->kind == KIND_EXTENSION &&
                               !extends_own(c, about.line[0], event->signer->authority);
    }
    free_abouts(&about);
}

static void take(void *ctx, const struct event *event)
{
    struct warrant_case *c = ctx;
    c->told = event->e->index + 1;
    switch (event->e->kind) {
    case KIND_GENESIS:
    case KIND_ENROLL:
    case KIND_REVOKE:
    case KIND_RULESET:
    case KIND_ANCHOR:
        break;
    case KIND_WARRANT:
        take_warrant(c, event);
        break;
    case KIND_REQUEST:
        take_request(c, event);
        break;
    default:
        take_act(c, event);
        break;
    }
}

/* An answer_wanted_fn: of an entry that may still come into the case, too. */
static bool wants(const void *ctx, uint64_t entry)
{
    const struct warrant_case *c = ctx;
    return entry >= c->told || warrant_case_line(c, entry) != NULL;
}

void warrant_case_open(struct warrant_case *c, struct audit *a, const char *ref, const char *court)
{
    *c = (struct warrant_case){ .ref = ref, .court = court, .audit = a };
    lookalikes_open(&c->alike, ref);
    shelf_open(&c->shelf, sizeof(struct case_line));
    shelf_open(&c->text, 1);
    shelf_open(&c->numbers, sizeof(uint32_t));
    seals_open(&c->sealed);
    seals_open(&c->persons);
    a->told = take;
    a->told_ctx = c;
    a->answers.wanted = wants;
    a->answers.wanted_ctx = c;
}

void warrant_case_close(struct warrant_case *c)
{
    lookalikes_close(&c->alike);
    free(c->elsewhere);
    shelf_close(&c->shelf);
    shelf_close(&c->text);
    shelf_close(&c->numbers);
    seals_close(&c->sealed);
    seals_close(&c->persons);
}

/* ---- facts ----------------------------------------------------------------------------------- */

size_t warrant_case_warrants(const struct warrant_case *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->lines; i++)
        n += c->line[i].kind == KIND_WARRANT;
    return n;
}

const struct warrant *warrant_case_facts(const struct warrant_case *c, const struct case_line *l)
{
    return casebook_warrant(&c->audit->cb, l->entry);
}

const struct enrolment *warrant_case_signer(const struct warrant_case *c, const struct case_line *l)
{
    return registry_get(judge_registry(c->audit->r->judge), l->signer);
}

/* Whether a line is about one of the group, by a reference or by a blob. */
static bool is_about(const struct warrant_case *c, const struct case_line *l, const bool *member,
                     const bool *sealed)
{
    for (size_t i = 0; i < l->abouts; i++)
        if (member[case_numbers(c, l->about)[i]])
            return true;
    for (size_t i = 0; i < l->blobs; i++)
        if (sealed[case_numbers(c, l->blob)[i]])
            return true;
    return false;
}

void warrant_case_group(const struct warrant_case *c, size_t of, bool *member)
{
    const struct case_seals *s = &c->sealed;
    bool *sealed = must(calloc(s->hashes.n + 1, sizeof *sealed)); /* by one of the group */
    uint64_t k = 0;
    for (size_t i = 0; i < c->lines; i++) {
        const struct case_line *l = &c->line[i];
        bool nameless = of == GROUP_NAMELESS(c) && l->unresolved != UNRESOLVED_NOT;
        member[i] = of == GROUP_APART(c)
                        ? l->apart
                        : !l->apart && (i == of || nameless || is_about(c, l, member, sealed));
        for (; k < s->namings.n; k++) {
            const struct case_naming *naming = shelf_at(&s->namings, k);
            if (naming->line != i)
                break;
            sealed[naming->hash] = sealed[naming->hash] || member[i];
        }
    }
    free(sealed);
}

/* ---- concluding ------------------------------------------------------------------------------ */

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
    list->by_entry = must(calloc(warrants + 1, sizeof *list->by_entry));
    list->by_court = must(calloc(warrants + 1, sizeof *list->by_court));
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
    if (!is_ref(c, named)) {
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
