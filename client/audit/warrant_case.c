#include "client/audit/warrant_case.h"

#include <stdlib.h>

#include "proto/base64.h"

/* A blob that a line names. */
struct case_blob {
    uint8_t blob[HASH_BYTES];
    uint32_t line;
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

static void order_abouts(struct abouts *a)
{
    size_t n = 0;
    if (a->n == 0)
        return;
    qsort(a->line, a->n, sizeof *a->line, compare_numbers);
    for (size_t i = 0; i < a->n; i++)
        if (n == 0 || a->line[n - 1] != a->line[i])
            a->line[n++] = a->line[i];
    a->n = n;
}

/* ---- blobs ----------------------------------------------------------------------------------- */

static void add_namers(const struct warrant_case *c, struct abouts *a, const json_t *text)
{
    uint8_t blob[HASH_BYTES];
    uint32_t at = 0, number;
    const char *base64 = json_string_value(text);
    if (base64 == NULL || base64_decode_exact(blob, HASH_BYTES, span_str(base64)) != 0)
        return;
    while (index_next(&c->by_blob, span_of(blob, HASH_BYTES), &at, &number)) {
        const struct case_blob *b = shelf_at(&c->blobs, number);
        if (memcmp(b->blob, blob, HASH_BYTES) == 0)
            add_about(a, b->line);
    }
}

/* A blob_visit_fn: the last line names it. */
static int take_blob(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    struct warrant_case *c = ctx;
    struct case_blob *b = shelf_add(&c->blobs, 1);
    (void)member;
    memcpy(b->blob, sha256, HASH_BYTES);
    b->line = (uint32_t)(c->lines - 1);
    index_put(&c->by_blob, span_of(sha256, HASH_BYTES), (uint32_t)(c->blobs.n - 1));
    return 0;
}

/* ---- taking entries -------------------------------------------------------------------------- */

static struct case_line *add_line(struct warrant_case *c, const struct event *event,
                                  const struct abouts *about)
{
    if (c->lines == c->cap) {
        c->cap = c->cap == 0 ? 32 : c->cap * 2;
        c->line = must(realloc(c->line, c->cap * sizeof *c->line));
    }
    struct case_line *l = &c->line[c->lines++];
    *l = (struct case_line){ .entry = event->e->index,
                             .accepted = event->e->accepted,
                             .kind = event->e->kind,
                             .signer = event->e->signer,
                             .leaf = *event->e->leaf,
                             .object = json_incref(event->e->record->object),
                             .ruleset = event->ruleset,
                             .about = about->line,
                             .abouts = about->n,
                             .other = NO_ENTRY,
                             .erased_before = NO_ENTRY };
    kind_visit_blobs(l->kind, l->object, take_blob, c);
    return l;
}

static bool is_ref(const struct warrant_case *c, const json_t *object)
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
    if (!is_ref(c, event->object))
        return;
    if (is_court(c, event->signer->authority)) {
        add_line(c, event, &none);
        return;
    }
    c->elsewhere = must(realloc(c->elsewhere, (c->elsewheres + 1) * sizeof *c->elsewhere));
    c->elsewhere[c->elsewheres++] = event->e->index;
}

/* One that resolves belongs to its warrant, and to no other case; one that does not, to all that it may mean. */
static void take_request(struct warrant_case *c, const struct event *event)
{
    const json_t *named = json_object_get(event->object, "warrant");
    const char *court = object_text(named, "court");
    const struct request *r = casebook_request(&c->audit->cb, event->e->index);
    const struct warrant *w = casebook_warrant_of(&c->audit->cb, r);
    struct abouts about = { 0 };
    if (w != NULL) {
        add_entry(c, &about, w->entry);
        if (about.n > 0)
            add_line(c, event, &about);
        return;
    }
    if (named == NULL)
        return;
    bool cites = is_ref(c, named) && (court == NULL || is_court(c, court));
    if (cites || warrant_case_line(c, reference_entry(json_object_get(event->object, "warrant"))))
        add_line(c, event, &about);
}

static void add_list(const struct warrant_case *c, struct abouts *a, const json_t *list, bool blobs)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (blobs)
            add_namers(c, a, json_array_get(list, i));
        else
            add_entry(c, a, reference_entry(json_array_get(list, i)));
}

/* An entry that does something to others belongs to the case if one of these does. */
static void take_act(struct warrant_case *c, const struct event *event)
{
    static const char *const members[] = { "warrant", "request", "about" };
    struct abouts about = { 0 };
    const json_t *o = event->object;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        add_entry(c, &about, reference_entry(json_object_get(o, members[i])));
    add_list(c, &about, json_object_get(o, "requests"), false);
    add_list(c, &about, json_object_get(o, "blobs"), true);
    if (event->e->kind == KIND_ERASURE)
        add_namers(c, &about, json_object_get(o, "blob"));
    order_abouts(&about);
    if (about.n == 0) {
        free(about.line);
        return;
    }
    struct case_line *l = add_line(c, event, &about);
    const struct warrant *w = casebook_warrant(&c->audit->cb, c->line[l->about[0]].entry);
    if (l->kind == KIND_EXTENSION)
        l->absent = strcmp(casebook_text(&c->audit->cb, w->court), event->signer->authority) != 0;
}

static void take(void *ctx, const struct event *event)
{
    struct warrant_case *c = ctx;
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

void warrant_case_open(struct warrant_case *c, struct audit *a, const char *ref, const char *court)
{
    *c = (struct warrant_case){ .ref = ref, .court = court, .audit = a };
    shelf_open(&c->blobs, sizeof(struct case_blob));
    index_open(&c->by_blob);
    a->told = take;
    a->told_ctx = c;
}

void warrant_case_close(struct warrant_case *c)
{
    for (size_t i = 0; i < c->lines; i++) {
        json_decref(c->line[i].object);
        free(c->line[i].about);
    }
    free(c->line);
    free(c->elsewhere);
    shelf_close(&c->blobs);
    index_close(&c->by_blob);
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

void warrant_case_group(const struct warrant_case *c, size_t of, bool *member)
{
    for (size_t i = 0; i < c->lines; i++) {
        const struct case_line *l = &c->line[i];
        member[i] = i == of || (of == c->lines && l->unresolved != UNRESOLVED_NOT);
        for (size_t k = 0; k < l->abouts && !member[i]; k++)
            member[i] = member[l->about[k]];
    }
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
        if (c->line[l->about[i]].scope > l->scope)
            l->scope = c->line[l->about[i]].scope;
}

struct cited {
    const struct case_line *request;
    const char *court;
    uint64_t entry; /* or NO_ENTRY */
    enum unresolved why;
    uint64_t other;
};

/* Of the warrants with that reference, one after another: what stands against this one being meant. */
static void hold_against(struct cited *x, uint64_t entry, const char *court)
{
    bool fits = x->court == NULL || strcmp(x->court, court) == 0,
         before = entry < x->request->entry;
    enum unresolved why = !before && fits && x->entry == NO_ENTRY ? UNRESOLVED_LATER
                          : before && !fits                       ? UNRESOLVED_COURT
                          : before                                ? UNRESOLVED_ENTRY
                                                                  : UNRESOLVED_ABSENT;
    if (why < x->why) {
        x->why = why;
        x->other = why == UNRESOLVED_LATER || why == UNRESOLVED_COURT ? entry : NO_ENTRY;
    }
}

static void find_reason(const struct warrant_case *c, struct case_line *l)
{
    const struct casebook *cb = &c->audit->cb;
    const struct request *r = casebook_request(cb, l->entry);
    const json_t *named = json_object_get(l->object, "warrant");
    struct cited x = { l, object_text(named, "court"), reference_entry(named), UNRESOLVED_ABSENT,
                       NO_ENTRY };
    if (r->resolved == RESOLVED)
        return;
    if (!is_ref(c, named)) {
        x.why = UNRESOLVED_REF;
        x.other = x.entry;
    } else if (r->resolved == RESOLVED_SEVERAL) {
        x.why = UNRESOLVED_SEVERAL;
    } else {
        for (size_t i = 0; i < c->lines; i++)
            if (c->line[i].kind == KIND_WARRANT)
                hold_against(&x, c->line[i].entry, warrant_case_signer(c, &c->line[i])->authority);
        for (size_t i = 0; i < c->elsewheres; i++)
            hold_against(&x, c->elsewhere[i],
                         casebook_text(cb, casebook_warrant(cb, c->elsewhere[i])->court));
    }
    l->unresolved = x.why;
    l->other = x.other;
}

/* A blob may have been ordered erased by an entry that named nothing of the case yet. */
static void find_erasures(struct warrant_case *c)
{
    const struct registry *registry = judge_registry(c->audit->r->judge);
    for (uint64_t i = 0; i < c->blobs.n; i++) {
        const struct case_blob *b = shelf_at(&c->blobs, i);
        uint64_t by = registry_erased(registry, b->blob);
        if (by != NO_ENTRY && by < c->line[b->line].entry)
            c->line[b->line].erased_before = by;
    }
}

void warrant_case_conclude(struct warrant_case *c)
{
    for (size_t i = 0; i < c->lines; i++) {
        find_answers(c, &c->line[i]);
        find_scope(c, &c->line[i]);
        if (c->line[i].kind == KIND_REQUEST)
            find_reason(c, &c->line[i]);
    }
    find_erasures(c);
}
