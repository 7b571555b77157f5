#include "client/warrant/warrant_case.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/record/json.h"

/* ---- lines ----------------------------------------------------------------------------------- */

static size_t find_line(const struct warrant_case *c, uint64_t entry)
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
    size_t i = find_line(c, entry);
    return i < c->lines ? &c->line[i] : NULL;
}

/* What an entry is about, while it is looked at. */
struct abouts {
    uint32_t *line;
    size_t n, cap;
    uint64_t more;  /* lines that are not listed */
    uint32_t *blob; /* of c->sealed */
    size_t blobs, blob_cap;
};

static void add_about(struct abouts *a, uint32_t line)
{
    if (room_for_one(&a->line, a->n, &a->cap, sizeof *a->line))
        a->line[a->n++] = line;
}

static void add_entry(const struct warrant_case *c, struct abouts *a, uint64_t entry)
{
    size_t i = entry == NO_ENTRY ? c->lines : find_line(c, entry);
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
    a->n = n < ABOUTS_MAX ? n : ABOUTS_MAX;
    a->more += n - a->n;
}

/* ---- what is sealed -------------------------------------------------------------------------- */

/* As many of the lines that seal it as are listed: all of them, for each act, would be a square. */
static void add_sealers(const struct case_seals *s, struct abouts *a, uint32_t number)
{
    const struct case_hash *h = shelf_at(&s->hashes, number);
    uint32_t line[ABOUTS_MAX];
    size_t n = case_seals_lines(s, number, line, ABOUTS_MAX);
    for (size_t i = 0; i < n; i++)
        add_about(a, line[i]);
    a->more += h->lines - n;
}

/* An act names a blob. */
static void add_blob(const struct warrant_case *c, struct abouts *a, const struct value *text)
{
    uint8_t blob[HASH_BYTES];
    uint32_t number;
    const char *base64 = value_text(text);
    if (base64 == NULL || base64_decode_exact(blob, HASH_BYTES, span_str(base64)) != 0 ||
        !case_seals_find(&c->sealed, blob, &number))
        return;
    if (!room_for_one(&a->blob, a->blobs, &a->blob_cap, sizeof *a->blob))
        return;
    a->blob[a->blobs++] = number;
    add_sealers(&c->sealed, a, number);
}

/* A blob_visit_fn: the last line seals it. */
static int take_blob(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    struct warrant_case *c = ctx;
    (void)member;
    case_seals_add(&c->sealed, sha256, (uint32_t)(c->lines - 1));
    return 0;
}

/* A sealed_visit_fn: the last line, a warrant, names that person. */
static int take_person(void *ctx, const char *member, const struct sealed *s)
{
    struct warrant_case *c = ctx;
    if (strcmp(member, "subjects") == 0) {
        case_seals_add(&c->persons, s->commit, (uint32_t)(c->lines - 1));
        case_seals_add(&c->persons, s->sealed, (uint32_t)(c->lines - 1));
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
    if (strcmp(member, "subjects") == 0 && (case_seals_find(&x->c->persons, s->commit, &number) ||
                                            case_seals_find(&x->c->persons, s->sealed, &number)))
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
    uint32_t *to = shelf_add(&c->numbers, n);
    if (n > 0 && to != NULL)
        memcpy(to, list, n * sizeof *list);
    return at;
}

/* A record's second line. */
static struct span json_of(const struct record *r)
{
    const uint8_t *end = memchr(r->text.p, '\n', r->text.n);
    size_t head = (size_t)(end + 1 - r->text.p);
    return span_of(end + 1, r->text.n - head - 1);
}

/* Returns the new line, or NULL if there was no room for all of it. */
static struct case_line *add_case_line(struct warrant_case *c, const struct event *event,
                                       const struct abouts *about)
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
    char *text = shelf_add(&c->text, json.n);
    if (text == NULL || lost_any() || !shelf_push(&c->shelf, &l))
        return NULL;
    memcpy(text, json.p, json.n);
    c->line = shelf_at(&c->shelf, 0);
    c->lines++;
    kind_visit_blobs(l.kind, event->object, take_blob, c);
    return &c->line[c->lines - 1];
}

struct case_line case_line_open(const struct warrant_case *c, size_t line)
{
    struct case_line l = c->line[line];
    struct refusal why;
    /* It was strict JSON when it came: only memory can fail. */
    l.object = kept(json_strict(span_of(shelf_at(&c->text, l.json), l.json_n), &why));
    return l;
}

void case_line_close(struct case_line *l)
{
    value_free((struct value *)l->object);
    l->object = NULL;
}

bool case_has_ref(const struct warrant_case *c, const struct value *object)
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
    if (!case_has_ref(c, event->object))
        return;
    if (is_court(c, event->signer->authority)) {
        if (add_case_line(c, event, &none) != NULL)
            kind_visit_sealed(event->object, take_person, c);
        return;
    }
    if (room_for_one(&c->elsewhere, c->elsewheres, &c->elsewhere_cap, sizeof *c->elsewhere))
        c->elsewhere[c->elsewheres++] = event->e->index;
}

/* One that does not cite the case's warrants, as far as it can be told. */
static void take_other_request(struct warrant_case *c, const struct event *event)
{
    const struct value *named = value_member(event->object, "warrant");
    struct abouts about = { 0 };
    struct person_search x = { c, &about };
    if (named != NULL && case_has_ref(c, named)) {
        if (c->citings < ABOUTS_MAX)
            c->citing[c->citings] = event->e->index;
        c->citings++;
    }
    kind_visit_sealed(event->object, find_person, &x);
    order_abouts(&about);
    struct case_line *l = about.n > 0 ? add_case_line(c, event, &about) : NULL;
    if (l != NULL)
        l->apart = true;
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
                 ((case_has_ref(c, named) && (court == NULL || is_court(c, court))) ||
                  warrant_case_line(c, reference_entry(named)) != NULL);
    if (about.n > 0 || cites)
        add_case_line(c, event, &about);
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
    struct case_line *l = about.n > 0 ? add_case_line(c, event, &about) : NULL;
    if (l != NULL)
        l->absent = event->e->kind == KIND_EXTENSION &&
                    !extends_own(c, about.line[0], event->signer->authority);
    free_abouts(&about);
}

/* The audit tells of each entry that counts. */
static void take_entry(void *ctx, const struct event *event)
{
    struct warrant_case *c = ctx;
    c->told = event->e->index + 1;
    switch (event->e->kind) {
    case KIND_ENROLL:
        institutions_take(&c->names, event->object);
        break;
    case KIND_GENESIS:
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
    institutions_open(&c->names);
    shelf_open(&c->shelf, sizeof(struct case_line));
    shelf_open(&c->text, 1);
    shelf_open(&c->numbers, sizeof(uint32_t));
    case_seals_open(&c->sealed);
    case_seals_open(&c->persons);
    a->told = take_entry;
    a->told_ctx = c;
    a->answers.wanted = wants;
    a->answers.wanted_ctx = c;
}

void warrant_case_close(struct warrant_case *c)
{
    lookalikes_close(&c->alike);
    institutions_close(&c->names);
    free(c->elsewhere);
    shelf_close(&c->shelf);
    shelf_close(&c->text);
    shelf_close(&c->numbers);
    case_seals_close(&c->sealed);
    case_seals_close(&c->persons);
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
    bool *sealed = kept(calloc(s->hashes.n + 1, sizeof *sealed)); /* by one of the group */
    uint64_t k = 0;
    memset(member, 0, c->lines * sizeof *member);
    if (sealed == NULL)
        return;
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
