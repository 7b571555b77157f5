/* The warrants of a casebook, and finding them by what a request says. */
#include "client/audit/casebook_intake.h"
#include "client/base/lost.h"
#include "client/show/likeness.h"

/* A sealed_visit_fn: a subject of a warrant. */
static int take_subject(void *ctx, const char *member, const struct sealed *s)
{
    struct sealed_intake *t = ctx;
    if (strcmp(member, "subjects") != 0)
        return 0;
    struct subject subject = { 0 };
    memcpy(subject.commit, s->commit, HASH_BYTES);
    subject.type = casebook_word(t->cb, event_code(t->event, VOCABULARY_SUBJECT_TYPE, s->type));
    t->n += shelf_push(&t->cb->subjects, &subject);
    casebook_name_blob(t->cb, s, true, t->number);
    return 0;
}

static bool any_live(const struct casebook *cb, uint32_t list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (category_is_live(casebook_text(cb, casebook_words(cb, list)[i])))
            return true;
    return false;
}

/* What a warrant is found under if its court is known, too. */
static struct span ref_and_court(char out[static 2 * TEXT_MAX + 1], const char *ref,
                                 const char *court)
{
    int n = snprintf(out, 2 * TEXT_MAX + 1, "%s%c%s", ref, 0, court);
    return span_of(out, (size_t)n);
}

uint32_t casebook_take_warrant(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    struct warrant w = { .entry = event->e->index,
                         .accepted = event->e->accepted,
                         .signer = event->e->signer,
                         .window = object_window(o, "window"),
                         .data_window = object_window(o, "data_window"),
                         .extension = NO_ENTRY };
    struct sealed_intake t = { .cb = cb, .event = event, .number = (uint32_t)cb->warrants.n };
    char both[2 * TEXT_MAX + 1];
    w.end = w.window.until;
    w.ref = casebook_word(cb, object_text(o, "ref"));
    w.court = casebook_word(cb, event->signer->authority);
    w.level = casebook_signer(cb, event)->level;
    w.matter = casebook_code(cb, event, VOCABULARY_MATTER, "matter");
    casebook_take_list(cb, event, VOCABULARY_CATEGORY, "categories", &w.categories,
                       &w.categories_n);
    casebook_take_list(cb, event, VOCABULARY_NONE, "used_by", &w.used_by, &w.used_by_n);
    casebook_take_list(cb, event, VOCABULARY_NONE, "holders", &w.holders, &w.holders_n);
    w.subjects = (uint32_t)cb->subjects.n;
    kind_visit_sealed(o, take_subject, &t);
    w.subjects_n = t.n;
    w.live = any_live(cb, w.categories, w.categories_n);
    if (!shelf_push(&cb->warrants, &w))
        return t.number;
    key_index_put(&cb->refs, span_str(object_text(o, "ref")), t.number);
    key_index_put(&cb->refs, ref_and_court(both, object_text(o, "ref"), event->signer->authority),
                  t.number);
    casebook_take_looks(cb, t.number);
    return t.number;
}

void casebook_take_extension(struct casebook *cb, const struct event *event)
{
    struct warrant *w =
        casebook_warrant(cb, reference_entry(value_member(event->object, "warrant")));
    int64_t until = object_time(event->object, "until");
    if (w == NULL || strcmp(casebook_text(cb, w->court), event->signer->authority) != 0)
        return;
    w->extensions++;
    w->extension = event->e->index;
    if (until > w->end)
        w->end = until;
}

static bool is_called(const struct casebook *cb, const struct warrant *w, const char *ref,
                      const char *court)
{
    return strcmp(casebook_text(cb, w->ref), ref) == 0 &&
           (court == NULL || strcmp(casebook_text(cb, w->court), court) == 0);
}

/* Among the warrants so far, by ref, court and entry, as far as they are given. */
enum resolved casebook_resolve(const struct casebook *cb, const struct value *named,
                               uint32_t *number)
{
    const char *ref = object_text(named, "ref"), *court = object_text(named, "court");
    const struct value *entry = value_member(named, "entry");
    char both[2 * TEXT_MAX + 1];
    uint32_t at = 0, i, found = 0;
    if (named == NULL)
        return RESOLVED_UNNAMED;
    if (entry != NULL) {
        const struct warrant *w = casebook_warrant(cb, (uint64_t)value_integer(entry));
        if (w == NULL || !is_called(cb, w, ref, court))
            return RESOLVED_NONE;
        *number = (uint32_t)(w - (const struct warrant *)shelf_at(&cb->warrants, 0));
        return RESOLVED;
    }
    struct span key = court == NULL ? span_str(ref) : ref_and_court(both, ref, court);
    while (found < 2 && key_index_next(&cb->refs, key, &at, &i))
        if (is_called(cb, shelf_at(&cb->warrants, i), ref, court)) {
            *number = i;
            found++;
        }
    return found == 0 ? RESOLVED_NONE : found == 1 ? RESOLVED : RESOLVED_SEVERAL;
}

static void put_skeleton(struct casebook *cb, const char *ref, uint32_t number)
{
    struct buf skeleton = likeness_of(ref, LIKENESS_LOOKS);
    key_index_put(&cb->skeletons, buf_span(&skeleton), number);
    buf_free(&skeleton);
}

/* The first warrant of each reference is found by what the reference looks like. */
void casebook_take_looks(struct casebook *cb, uint32_t number)
{
    const struct warrant *w = shelf_at(&cb->warrants, number);
    const char *ref = casebook_text(cb, w->ref);
    uint32_t at = 0, i;
    while (key_index_next(&cb->named_refs, span_str(ref), &at, &i))
        if (((const struct warrant *)shelf_at(&cb->warrants, i))->ref == w->ref)
            return;
    key_index_put(&cb->named_refs, span_str(ref), number);
    put_skeleton(cb, ref, number);
}

const struct warrant *casebook_lookalike(const struct casebook *cb, const char *ref)
{
    struct buf skeleton = likeness_of(ref, LIKENESS_LOOKS);
    const struct warrant *found = NULL;
    uint32_t at = 0, i;
    while (found == NULL && key_index_next(&cb->skeletons, buf_span(&skeleton), &at, &i)) {
        const struct warrant *w = shelf_at(&cb->warrants, i);
        if (looks_the_same(casebook_text(cb, w->ref), ref))
            found = w;
    }
    buf_free(&skeleton);
    return found;
}
