/* What is asked of a request when it arrives, against the warrants before it. */
#include <sodium.h>

#include "client/audit/law_mx.h"
#include "client/audit/rules.h"
#include "proto/gate/gate_law.h"

struct request_check {
    struct answers *as;
    struct casebook *cb;
    const struct event *event;
    const struct request *r;
    const struct warrant *w;    /* NULL: none */
    const struct warrant *like; /* one that it may have meant; NULL: none */
};

static struct rule_answer answer_about(const struct request_check *q, enum rule rule)
{
    struct rule_answer a = answer_pass(rule, q->r->entry, q->r->entry);
    if (q->w != NULL)
        answer_relate(&a, q->w->entry);
    return a;
}

static void finding(struct rule_answer *a, enum cause cause, word code)
{
    answer_worsen(a, RESULT_FINDING, cause, code, NO_TIME);
}

static void late_finding(struct rule_answer *a, enum cause cause, int64_t time)
{
    answer_worsen(a, RESULT_FINDING, cause, 0, time);
}

static void not_evaluable(struct rule_answer *a, enum cause cause, word code)
{
    answer_worsen(a, RESULT_NOT_EVALUABLE, cause, code, NO_TIME);
}

static void give(const struct request_check *q, const struct rule_answer *a)
{
    answers_give(q->as, a);
}

static word category(const struct request_check *q, uint32_t i)
{
    return casebook_words(q->cb, q->r->categories)[i];
}

static bool asks_for(const struct request_check *q, const char *name)
{
    for (uint32_t i = 0; i < q->r->categories_n; i++)
        if (strcmp(casebook_text(q->cb, category(q, i)), name) == 0)
            return true;
    return false;
}

/* It has no warrant, and may have meant one: that is said beside, and changes nothing. */
static void hint(const struct request_check *q, struct rule_answer *a)
{
    if (q->like == NULL || a->result != RESULT_FINDING)
        return;
    if (a->causes >
        CAUSES_MAX - 2) /* that, and that laws conflict, must not go under in categories */
        a->causes = CAUSES_MAX - 2;
    finding(a, CAUSE_REFERENCE_LOOKS_LIKE, q->like->ref);
    answer_relate(a, q->like->entry);
}

/* R01 and R02: for which category a warrant was needed, if any. */
static enum gate_need need_of(const struct request_check *q, uint32_t i)
{
    return gate_need(q->event->ruleset, casebook_text(q->cb, category(q, i)));
}

static bool needs_warrant(const struct request_check *q, uint32_t i)
{
    return need_of(q, i) == GATE_NEEDS_WARRANT;
}

static bool needs_warrant_or_emergency(const struct request_check *q, uint32_t i)
{
    return need_of(q, i) == GATE_NEEDS_WARRANT_OR_EMERGENCY;
}

static void ask_needs(const struct request_check *q, enum rule rule, enum cause cause, bool excused,
                      bool (*needs)(const struct request_check *q, uint32_t i))
{
    struct rule_answer a = answer_about(q, rule);
    bool applies = false;
    for (uint32_t i = 0; i < q->r->categories_n; i++) {
        if (!needs(q, i))
            continue;
        applies = true;
        if (!excused)
            finding(&a, cause, category(q, i));
    }
    hint(q, &a);
    if (a.result == RESULT_FINDING && law_basis_conflicts(casebook_text(q->cb, q->r->basis)))
        finding(&a, CAUSE_LAWS_CONFLICT, 0);
    if (applies)
        give(q, &a);
}

static void ask_ground(const struct request_check *q)
{
    struct rule_answer a = answer_about(q, R06);
    if (!q->r->emergency)
        return;
    if (q->r->ground == 0)
        finding(&a, CAUSE_NO_GROUND, 0);
    else if (strcmp(casebook_text(q->cb, q->r->ground), "other") == 0)
        finding(&a, CAUSE_GROUND_OTHER, 0);
    give(q, &a);
}

/* The data's time against what the warrant allows. */
static void check_data(struct rule_answer *a, const struct window *data, int64_t from,
                       int64_t until)
{
    if (data->from < from)
        late_finding(a, CAUSE_DATA_BEFORE, from);
    if (data->until > until)
        late_finding(a, CAUSE_DATA_AFTER, until);
}

static void ask_window(const struct request_check *q)
{
    const struct warrant *w = q->w;
    struct rule_answer a = answer_about(q, R07);
    struct window data = object_window(q->event->object, "data_window");
    bool limited = w->data_window.from != NO_TIME, live = false;
    for (uint32_t i = 0; i < q->r->categories_n; i++)
        live = live || category_is_live(casebook_text(q->cb, category(q, i)));
    answer_relate(&a, w->extension);
    if (q->r->accepted < w->window.from)
        late_finding(&a, CAUSE_BEFORE_WINDOW, w->window.from);
    if (q->r->accepted >= w->end)
        late_finding(&a, CAUSE_AFTER_WINDOW, w->end);
    if (limited && data.from == NO_TIME)
        not_evaluable(&a, CAUSE_DATA_UNSAID, 0);
    else if (limited)
        check_data(&a, &data, w->data_window.from, w->data_window.until);
    else if (live && data.from != NO_TIME)
        check_data(&a, &data, w->window.from, w->end);
    give(q, &a);
}

struct subject_check {
    const struct request_check *q;
    struct rule_answer *a;
    bool any;
};

/* A sealed_visit_fn. */
static int check_subject(void *ctx, const char *member, const struct sealed *s)
{
    struct subject_check *c = ctx;
    const struct warrant *w = c->q->w;
    if (strcmp(member, "subjects") != 0)
        return 0;
    c->any = true;
    word type = casebook_word(c->q->cb, event_code(c->q->event, VOCABULARY_SUBJECT_TYPE, s->type));
    for (uint32_t i = 0; i < w->subjects_n; i++) {
        const struct subject *known = shelf_at(&c->q->cb->subjects, w->subjects + i);
        if (known->type == type && memcmp(known->commit, s->commit, HASH_BYTES) == 0)
            return 0;
    }
    finding(c->a, CAUSE_SUBJECT_OUTSIDE, type);
    return 0;
}

/* Persons first: what is gravest stands first in the sentence. */
static void ask_scope(const struct request_check *q)
{
    const struct request *r = q->r;
    const struct warrant *w = q->w;
    struct rule_answer a = answer_about(q, R08);
    struct subject_check c = { .q = q, .a = &a };
    if (w->subjects_n > 0) {
        kind_visit_sealed(q->event->object, check_subject, &c);
        if (!c.any)
            not_evaluable(&a, CAUSE_SUBJECTS_UNSAID, 0);
    }
    if (!casebook_has(q->cb, w->used_by, w->used_by_n, r->authority))
        finding(&a, CAUSE_AUTHORITY_OUTSIDE, r->authority);
    if (w->holders_n > 0 && !casebook_has(q->cb, w->holders, w->holders_n, r->holder))
        finding(&a, CAUSE_HOLDER_OUTSIDE, r->holder);
    for (uint32_t i = 0; i < r->categories_n; i++)
        if (!casebook_has(q->cb, w->categories, w->categories_n, category(q, i)))
            finding(&a, CAUSE_CATEGORY_OUTSIDE, category(q, i));
    give(q, &a);
}

static void ask_judge_level(const struct request_check *q)
{
    struct rule_answer a = answer_about(q, R10);
    bool applies = false;
    for (uint32_t i = 0; i < q->r->categories_n; i++) {
        const char *level =
            ruleset_judge_level(q->event->ruleset, casebook_text(q->cb, category(q, i)));
        if (level == NULL)
            continue;
        applies = true;
        if (strcmp(event_code(q->event, VOCABULARY_LEVEL, level),
                   casebook_text(q->cb, q->w->level)) != 0)
            finding(&a, CAUSE_JUDGE_LEVEL, category(q, i));
    }
    if (applies)
        give(q, &a);
}

static void ask_empowered(const struct request_check *q)
{
    const struct request *r = q->r;
    struct rule_answer a = answer_about(q, R11);
    switch (ruleset_empowers(q->event->ruleset, casebook_text(q->cb, r->basis),
                             casebook_text(q->cb, r->function), casebook_text(q->cb, r->level))) {
    case EMPOWERED:
        break;
    case EMPOWERED_NOT:
        finding(&a, CAUSE_FUNCTION_NOT_EMPOWERED, r->function);
        break;
    case EMPOWERED_UNKNOWN:
        not_evaluable(&a, CAUSE_BASIS_UNLISTED, r->basis);
        break;
    }
    give(q, &a);
}

static void ask_biometric(const struct request_check *q)
{
    struct rule_answer a = answer_about(q, R13);
    const char *function = casebook_text(q->cb, q->r->function);
    if (!asks_for(q, "identity_biometric"))
        return;
    if (value_member(q->event->object, "case") == NULL)
        finding(&a, CAUSE_BIOMETRIC_NO_CASE, 0);
    if (!law_function_may_identify(function))
        finding(&a, CAUSE_BIOMETRIC_FUNCTION, q->r->function);
    give(q, &a);
}

static void ask_preservation(const struct request_check *q, int64_t term)
{
    struct rule_answer a = answer_about(q, R14);
    if (!asks_for(q, "preservation"))
        return;
    if (term == NO_TIME)
        not_evaluable(&a, CAUSE_TERM_UNSAID, 0);
    else if (term > law_preserved_until(q->r->accepted))
        late_finding(&a, CAUSE_KEPT_TOO_LONG, term);
    give(q, &a);
}

static void ask_private_holder(const struct request_check *q, int64_t term)
{
    struct rule_answer a = answer_about(q, R15);
    const char *sector = casebook_text(q->cb, q->r->sector);
    bool other = strcmp(casebook_text(q->cb, q->r->purpose), "other") == 0;
    bool known = q->r->sector != 0, private = known && strcmp(sector, "public") != 0;
    if (term == NO_TIME && !known)
        not_evaluable(&a, CAUSE_SECTOR_UNKNOWN_NO_TERM, q->r->holder);
    if (other && !known)
        not_evaluable(&a, CAUSE_SECTOR_UNKNOWN_OTHER, q->r->holder);
    if (term == NO_TIME && private)
        finding(&a, CAUSE_NO_TERM, q->r->sector);
    if (other && private)
        finding(&a, CAUSE_PURPOSE_OTHER, q->r->sector);
    give(q, &a);
}

static void ask_reference(const struct request_check *q)
{
    struct rule_answer a = answer_about(q, R19);
    if (q->r->resolved == RESOLVED_NONE)
        finding(&a, CAUSE_WARRANT_NOT_THERE, q->r->ref);
    else if (q->r->resolved == RESOLVED_SEVERAL)
        finding(&a, CAUSE_WARRANT_AMBIGUOUS, q->r->ref);
    hint(q, &a);
    give(q, &a);
}

void rules_of_request(struct answers *as, struct casebook *cb, const struct event *event)
{
    const struct request *r = casebook_request(cb, event->e->index);
    const struct warrant *like =
        r->resolved == RESOLVED_NONE ? casebook_lookalike(cb, casebook_text(cb, r->ref)) : NULL;
    struct request_check q = { as, cb, event, r, casebook_warrant_of(cb, r), like };
    int64_t term = object_time(event->object, "term");
    bool warrant = q.w != NULL;
    ask_needs(&q, R01, CAUSE_NO_WARRANT, warrant, needs_warrant);
    ask_needs(&q, R02, CAUSE_NO_WARRANT_NO_EMERGENCY, warrant || r->emergency,
              needs_warrant_or_emergency);
    ask_ground(&q);
    if (warrant) {
        ask_window(&q);
        ask_scope(&q);
        ask_judge_level(&q);
    }
    ask_empowered(&q);
    ask_biometric(&q);
    ask_preservation(&q, term);
    ask_private_holder(&q, term);
    if (r->resolved != RESOLVED_UNNAMED)
        ask_reference(&q);
}

void rules_of_warrant(struct answers *as, struct casebook *cb, const struct event *event)
{
    const struct warrant *w = casebook_warrant(cb, event->e->index);
    struct rule_answer a = answer_pass(R12, w->entry, NO_ENTRY);
    bool applies = false;
    for (uint32_t i = 0; i < w->categories_n; i++)
        applies = applies || strncmp(casebook_text(cb, casebook_words(cb, w->categories)[i]),
                                     "comms_content_", 14) == 0;
    if (!applies)
        return;
    if (law_matter_excludes_content(casebook_text(cb, w->matter)))
        answer_worsen(&a, RESULT_FINDING, CAUSE_MATTER_EXCLUDED, w->matter, NO_TIME);
    answers_give(as, &a);
}
