/* The requests of a casebook, and what later entries change about them. */
#include "client/audit/casebook_intake.h"
#include "client/audit/law_mx.h"
#include "proto/gate/gate_law.h"

/* A sealed_visit_fn: what a request names by a blob. */
static int take_sealed(void *ctx, const char *member, const struct sealed *s)
{
    struct sealed_intake *t = ctx;
    t->n += strcmp(member, "subjects") == 0;
    casebook_name_blob(t->cb, s, false, t->number);
    return 0;
}

static word sector_of(const struct casebook *cb, const char *holder)
{
    uint32_t at = 0, pair;
    while (key_index_next(&cb->sectors, span_str(holder), &at, &pair)) {
        const word *p = casebook_words(cb, pair);
        if (strcmp(casebook_text(cb, p[0]), holder) == 0)
            return p[1];
    }
    return 0;
}

static bool any_retained(const struct casebook *cb, const struct request *r)
{
    for (uint32_t i = 0; i < r->categories_n; i++)
        if (gate_is_retained(casebook_text(cb, casebook_words(cb, r->categories)[i])))
            return true;
    return false;
}

static void take_codes(struct casebook *cb, const struct event *event, struct request *r)
{
    const struct value *o = event->object;
    const struct signer_facts *own = casebook_signer(cb, event);
    const char *holder = object_text(o, "holder");
    r->authority = casebook_word(cb, object_text(o, "authority"));
    r->level = casebook_code(cb, event, VOCABULARY_LEVEL, "level");
    r->function = own->function != 0 ? own->function
                                     : casebook_code(cb, event, VOCABULARY_FUNCTION, "function");
    r->state = own->state;
    r->holder = casebook_word(cb, holder);
    r->sector = sector_of(cb, holder);
    r->basis = casebook_code(cb, event, VOCABULARY_BASIS, "basis");
    r->ground = casebook_code(cb, event, VOCABULARY_GROUND, "ground");
    r->purpose = casebook_word(
        cb, event_code(event, VOCABULARY_PURPOSE, object_text(value_member(o, "purpose"), "code")));
    casebook_take_list(cb, event, VOCABULARY_CATEGORY, "categories", &r->categories,
                       &r->categories_n);
}

uint32_t casebook_take_request(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object, *warrant = value_member(o, "warrant");
    struct request r = { .entry = event->e->index,
                         .accepted = event->e->accepted,
                         .signer = event->e->signer,
                         .automated = value_true(value_member(o, "automated")),
                         .persons = (uint64_t)value_integer(value_member(o, "persons")),
                         .notify_after = object_time(value_member(o, "notify"), "after"),
                         .answer = NO_ENTRY,
                         .delivery = NO_ENTRY,
                         .notice = NO_ENTRY,
                         .first_ratification = NO_ENTRY,
                         .ratification = NO_ENTRY,
                         .deferral = NO_ENTRY,
                         .told = NO_ENTRY,
                         .deferred_until = NO_TIME,
                         .fulfilled = NO_TIME };
    struct sealed_intake t = { .cb = cb, .event = event, .number = (uint32_t)cb->requests.n };
    struct window data = object_window(o, "data_window");
    take_codes(cb, event, &r);
    r.ref = casebook_word(cb, object_text(warrant, "ref"));
    r.resolved = (uint8_t)casebook_resolve(cb, warrant, &r.warrant);
    r.emergency = r.ground != 0 || gate_basis_is_emergency(casebook_text(cb, r.basis));
    r.retained = any_retained(cb, &r);
    r.answer_by = law_answered_by(r.accepted, data.from);
    kind_visit_sealed(o, take_sealed, &t);
    r.identifiers = t.n;
    shelf_push(&cb->requests, &r);
    return t.number;
}

/* ---- what happens to a request --------------------------------------------------------------- */

/* In a bad log times go back: a deadline is kept by what was accepted earliest, not by what came
 * first. */
static void take_response(struct casebook *cb, const struct event *event, struct request *r)
{
    const char *outcome =
        event_code(event, VOCABULARY_OUTCOME, object_text(event->object, "outcome"));
    int64_t accepted = event->e->accepted, answered = object_time(event->object, "answered_at");
    if (!outcome_answers(outcome))
        return;
    word w = casebook_word(cb, outcome);
    r->outcome = w;
    r->direct_access = r->direct_access || strcmp(outcome, "direct_access") == 0;
    if (r->answer == NO_ENTRY || accepted < r->answer_accepted) {
        r->answer = event->e->index;
        r->answer_accepted = accepted;
    }
    if (!outcome_delivers(outcome) || r->delivery != NO_ENTRY)
        return;
    r->delivery = event->e->index;
    r->delivery_accepted = accepted;
    r->fulfilled = answered != NO_TIME && answered < accepted ? answered : accepted;
    r->notify_days = ruleset_notify_days(event->ruleset);
}

static void take_judicial_notice(const struct event *event, struct request *r)
{
    if (r->notice == NO_ENTRY || event->e->accepted < r->notice_earliest)
        r->notice_earliest = event->e->accepted;
    if (r->notice != NO_ENTRY)
        return;
    r->notice = event->e->index;
    r->notice_accepted = event->e->accepted;
    r->notice_fulfilled = object_time(event->object, "fulfilled_at");
    r->hours = ruleset_hours(event->ruleset);
}

static enum ratified partial(const struct casebook *cb, const struct event *event,
                             const struct request *r)
{
    const struct value *list = value_member(event->object, "categories");
    if (list == NULL)
        return RATIFIED_PARTIAL_UNSAID;
    for (uint32_t i = 0; i < r->categories_n; i++) {
        const char *asked = casebook_text(cb, casebook_words(cb, r->categories)[i]);
        bool listed = false;
        value_foreach (list, category)
            if (strcmp(event_code(event, VOCABULARY_CATEGORY, value_text(category)), asked) == 0)
                listed = true;
        if (!listed)
            return RATIFIED_PARTIAL_OUTSIDE;
    }
    return RATIFIED_PARTIAL;
}

static void take_ratification(const struct casebook *cb, const struct event *event,
                              struct request *r)
{
    const char *result = object_text(event->object, "result");
    if (r->first_ratification == NO_ENTRY || event->e->accepted < r->first_ratification_accepted) {
        r->first_ratification = event->e->index;
        r->first_ratification_accepted = event->e->accepted;
    }
    r->ratification = event->e->index;
    r->ratified = (uint8_t)(strcmp(result, "refused") == 0 ? RATIFIED_REFUSED
                            : strcmp(result, "total") == 0 ? RATIFIED_TOTAL
                                                           : partial(cb, event, r));
}

void casebook_take_transfer(struct casebook *cb, const struct event *event)
{
    const char *country = object_text(value_member(event->object, "recipient"), "country");
    char home[3];
    uint64_t entry[ITEMS_MAX];
    if (!ruleset_country(event->ruleset, home) || strcmp(home, country) == 0)
        return;
    size_t n = references_entries(value_member(event->object, "requests"), entry);
    for (size_t i = 0; i < n; i++) {
        struct request *r = casebook_request(cb, entry[i]);
        if (r != NULL)
            r->foreign_transfers++;
    }
}

void casebook_take_about_request(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    struct request *r = casebook_request(cb, reference_entry(value_member(o, "request")));
    if (r == NULL)
        return;
    switch (event->e->kind) {
    case KIND_RESPONSE:
        take_response(cb, event, r);
        break;
    case KIND_JUDICIAL_NOTICE:
        take_judicial_notice(event, r);
        break;
    case KIND_RATIFICATION:
        take_ratification(cb, event, r);
        break;
    case KIND_DEFERRAL:
        r->deferral = event->e->index;
        r->deferred_until = object_time(o, "until");
        break;
    case KIND_NOTICE:
        if (r->told == NO_ENTRY || event->e->accepted < r->told_accepted) {
            r->told = event->e->index;
            r->told_accepted = event->e->accepted;
        }
        break;
    default:
        break;
    }
}
