#include "client/notify/notices.h"

static struct notice_facts *facts_of(const struct notices *n, uint64_t number)
{
    return shelf_at(&n->facts, number);
}

static word word_of(struct notices *n, const char *text)
{
    return casebook_word(&n->audit->cb, text);
}

/* A code, aliases resolved. */
static word code_of(struct notices *n, const struct event *event, enum vocabulary v,
                    const struct value *object, const char *member)
{
    const char *code = object_text(object, member);
    return code == NULL ? 0 : word_of(n, event_code(event, v, code));
}

/* ---- requests -------------------------------------------------------------------------------- */

struct people_intake {
    struct notices *n;
    const struct event *event;
    uint32_t request, sealed, people;
};

/* A sealed_visit_fn. */
static int take_person(void *ctx, const char *member, const struct sealed *s)
{
    struct people_intake *t = ctx;
    struct person p = { .request = t->request, .number = ++t->sealed, .to = s->to.entry };
    if (strcmp(member, "subjects") != 0)
        return 0;
    p.type = word_of(t->n, event_code(t->event, VOCABULARY_SUBJECT_TYPE, s->type));
    memcpy(p.leaf.b, s->to.hash, HASH_BYTES);
    memcpy(p.commit, s->commit, HASH_BYTES);
    memcpy(p.sealed, s->sealed, HASH_BYTES);
    t->people += shelf_push(&t->n->people, &p);
    return 0;
}

static void take_request(struct notices *n, const struct event *event)
{
    const struct value *o = event->object, *file = value_member(o, "case");
    struct people_intake t = { .n = n, .event = event, .request = (uint32_t)n->facts.n };
    struct notice_facts f = { .leaf = *event->e->leaf,
                              .people = (uint32_t)n->people.n,
                              .data_window = object_window(o, "data_window"),
                              .transfer = NO_TRANSFER,
                              .last_transfer = NO_TRANSFER,
                              .deferral_accepted = NO_TIME,
                              .ratification_accepted = NO_TIME,
                              .newer_notice = NO_ENTRY,
                              .newer_until = NO_TIME };
    f.case_scheme = code_of(n, event, VOCABULARY_CASE_SCHEME, file, "scheme");
    f.case_number = word_of(n, object_text(file, "number"));
    kind_visit_sealed(o, take_person, &t);
    f.people_n = t.people;
    shelf_push(&n->facts, &f);
}

/* ---- what becomes of them -------------------------------------------------------------------- */

/* The facts of the request that a reference names; NULL: it is none that counts. */
static struct notice_facts *about(const struct notices *n, const struct value *reference)
{
    const struct casebook *cb = &n->audit->cb;
    const struct request *r = casebook_request(cb, reference_entry(reference));
    if (r == NULL)
        return NULL;
    uint64_t number = (uint64_t)(r - (const struct request *)shelf_at(&cb->requests, 0));
    return number < n->facts.n ? facts_of(n, number) : NULL;
}

/* Behind the others of that request, once however often its list names it. */
static void append_transfer(struct notices *n, struct notice_facts *f, const struct transfer *t)
{
    uint32_t number = (uint32_t)n->transfers.n;
    struct transfer *last =
        f->last_transfer == NO_TRANSFER ? NULL : shelf_at(&n->transfers, f->last_transfer);
    if (last != NULL && last->entry == t->entry)
        return;
    if (!shelf_push(&n->transfers, t))
        return;
    if (f->last_transfer == NO_TRANSFER)
        f->transfer = number;
    else
        ((struct transfer *)shelf_at(&n->transfers, f->last_transfer))->next = number;
    f->last_transfer = number;
}

static void take_transfer(struct notices *n, const struct event *event)
{
    const struct value *o = event->object, *requests = value_member(o, "requests");
    const struct value *recipient = value_member(o, "recipient");
    struct transfer t = { .entry = event->e->index,
                          .next = NO_TRANSFER,
                          .accepted = event->e->accepted };
    t.country = word_of(n, object_text(recipient, "country"));
    t.authority = word_of(n, object_text(recipient, "authority"));
    t.instrument = word_of(n, object_text(o, "instrument"));
    value_foreach (requests, request) {
        struct notice_facts *f = about(n, request);
        if (f != NULL)
            append_transfer(n, f, &t);
    }
}

static void take_response(struct notices *n, const struct event *event, struct notice_facts *f)
{
    const struct value *o = event->object;
    const char *outcome = event_code(event, VOCABULARY_OUTCOME, object_text(o, "outcome"));
    bool delivers = outcome_delivers(outcome);
    if (delivers || (f->delivered == 0 && outcome_answers(outcome)))
        f->answerer = word_of(n, object_text(o, "holder"));
    if (delivers)
        f->delivered = word_of(n, outcome);
}

static void take_ratification(struct notices *n, const struct event *event, struct notice_facts *f)
{
    const struct value *o = event->object, *categories = value_member(o, "categories");
    f->ratifier = word_of(n, event->signer->authority);
    f->ratified = word_of(n, object_text(o, "result"));
    f->ratification_accepted = event->e->accepted;
    f->ratified_categories = (uint32_t)n->categories.n;
    value_foreach (categories, code) {
        word w = word_of(n, event_code(event, VOCABULARY_CATEGORY, value_text(code)));
        shelf_push(&n->categories, &w);
    }
    f->ratified_categories_n = (uint32_t)n->categories.n - f->ratified_categories;
}

static void take_about_request(struct notices *n, const struct event *event)
{
    const struct value *o = event->object;
    struct notice_facts *f = about(n, value_member(o, "request"));
    if (f == NULL)
        return;
    if (event->e->kind == KIND_RESPONSE) {
        take_response(n, event, f);
    } else if (event->e->kind == KIND_DEFERRAL) {
        f->deferral_court = word_of(n, event->signer->authority);
        f->deferral_reason = code_of(n, event, VOCABULARY_DEFERRAL_REASON, o, "reason");
        f->deferral_accepted = event->e->accepted;
    } else if (event->e->kind == KIND_RATIFICATION) {
        take_ratification(n, event, f);
    }
}

void notices_newer(struct notices *n, const struct judged *e)
{
    if (!e->counts || (e->kind != KIND_DEFERRAL && e->kind != KIND_NOTICE))
        return;
    const struct value *o = e->record->object;
    struct notice_facts *f = about(n, value_member(o, "request"));
    if (f == NULL)
        return;
    int64_t until = object_time(o, "until");
    if (e->kind == KIND_DEFERRAL && until > f->newer_until)
        f->newer_until = until; /* an earlier end than before may not show more */
    if (e->kind == KIND_NOTICE && f->newer_notice == NO_ENTRY)
        f->newer_notice = e->index;
}

/* The audit tells of an entry once the casebook has it: a request is its last one. */
static void take_entry(void *ctx, const struct event *event)
{
    struct notices *n = ctx;
    n->ruleset = event->ruleset;
    if (event->e->kind == KIND_REQUEST)
        take_request(n, event);
    else if (event->e->kind == KIND_TRANSFER)
        take_transfer(n, event);
    else if (event->e->kind == KIND_ENROLL)
        institutions_take(&n->names, event->object);
    else
        take_about_request(n, event);
}

void notices_open(struct notices *n, struct audit *audit)
{
    *n = (struct notices){ .audit = audit };
    shelf_open(&n->facts, sizeof(struct notice_facts));
    shelf_open(&n->people, sizeof(struct person));
    shelf_open(&n->transfers, sizeof(struct transfer));
    shelf_open(&n->categories, sizeof(word));
    institutions_open(&n->names);
    audit->told = take_entry;
    audit->told_ctx = n;
}

void notices_close(struct notices *n)
{
    shelf_close(&n->facts);
    shelf_close(&n->people);
    shelf_close(&n->transfers);
    shelf_close(&n->categories);
    institutions_close(&n->names);
}

/* ---- how they stand -------------------------------------------------------------------------- */

int64_t notice_not_before(const struct request *r, const struct notice_facts *f)
{
    int64_t until = r->deferred_until > r->notify_after ? r->deferred_until : r->notify_after;
    return until > f->newer_until ? until : f->newer_until;
}

enum notice_state notice_state(const struct request *r, const struct notice_facts *f,
                               int64_t moment)
{
    if (r->delivery == NO_ENTRY || r->told != NO_ENTRY || f->newer_notice != NO_ENTRY)
        return NOTICE_NONE;
    if (notice_withheld(r, f, moment))
        return NOTICE_DEFERRED;
    return moment > request_notice_due(r) ? NOTICE_OVERDUE : NOTICE_DUE;
}

const struct request *notices_request(const struct notices *n, uint32_t number)
{
    return shelf_at(&n->audit->cb.requests, number);
}

const struct notice_facts *notices_facts(const struct notices *n, uint32_t number)
{
    return facts_of(n, number);
}
