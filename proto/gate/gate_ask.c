#include "proto/gate/gate_ask.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/base/when.h"
#include "proto/gate/gate_law.h"

/* One decision, while it is made. */
struct gate_asking {
    uint64_t about; /* the entry that findings name */
    finding_fn *found;
    void *ctx;
    enum verdict verdict;
};

/* ---- what speaks against it ------------------------------------------------------------------ */

static void object_to(struct gate_asking *a, enum verdict verdict, enum reason reason,
                      const char *subject, uint64_t related)
{
    struct finding f = { .verdict = verdict, .entry = a->about, .related = related };
    refuse(&f.why, reason, subject);
    if (a->verdict != VERDICT_BAD)
        a->verdict = verdict;
    a->found(a->ctx, &f);
}

static void object_to_time(struct gate_asking *a, enum verdict verdict, enum reason reason,
                           int64_t ms)
{
    char when[WHEN_TEXT + 1];
    when_format(when, ms);
    object_to(a, verdict, reason, when, NO_ENTRY);
}

static void object_to_entry(struct gate_asking *a, enum reason reason, uint64_t entry)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, entry);
    object_to(a, VERDICT_BAD, reason, text, entry);
}

static bool time_member(const struct value *object, const char *member, int64_t *ms)
{
    const struct value *v = value_member(object, member);
    return v != NULL && when_parse(ms, value_span(v)) == 0;
}

static void narrow(struct gate_period *p, const struct value *window)
{
    int64_t from, until;
    if (time_member(window, "from", &from) && from > p->from)
        p->from = from;
    if (time_member(window, "until", &until) && until < p->until)
        p->until = until;
}

struct gate_period gate_period(const struct value *request, const struct value *warrant)
{
    struct gate_period p = { INT64_MIN, INT64_MAX };
    narrow(&p, value_member(request, "data_window"));
    narrow(&p, value_member(warrant, "data_window"));
    return p;
}

static bool lists(const struct ruleset *r, enum vocabulary v, const struct value *list,
                  const char *code)
{
    value_foreach (list, item)
        if (gate_same_code(r, v, value_text_or_empty(item), code))
            return true;
    return false;
}

/* ---- the request itself ---------------------------------------------------------------------- */

static bool lets_in(const struct gate_rules *rules, const char *authority)
{
    for (size_t i = 0; i < rules->authorities; i++)
        if (strcmp(rules->authority[i], authority) == 0)
            return true;
    return rules->authorities == 0;
}

static void ask_request(struct gate_asking *a, const struct gate_rules *rules,
                        const struct gate_request *request, int64_t now)
{
    const char *holder = value_text_of(request->object, "holder");
    const char *authority = value_text_of(request->object, "authority");
    int64_t term = 0;
    if (!lets_in(rules, authority))
        object_to(a, VERDICT_BAD, REASON_GATE_AUTHORITY, authority, NO_ENTRY);
    if (strcmp(holder, rules->holder) != 0)
        object_to(a, VERDICT_BAD, REASON_GATE_HOLDER, holder, NO_ENTRY);
    if (time_member(request->object, "term", &term) && term < now)
        object_to_time(a, VERDICT_BAD, REASON_GATE_TERM, term);
    if (rules->request_age > 0 && now - request->accepted > rules->request_age)
        object_to_time(a, VERDICT_BAD, REASON_GATE_AGE, request->accepted);
}

/* ---- what the log says besides --------------------------------------------------------------- */

/* Also what is of the future: a clock that was set back must not keep an old mirror fresh. */
static void ask_known(struct gate_asking *a, const struct gate_rules *rules,
                      const struct gate_standing *s, int64_t now)
{
    if (rules->known_age > 0 &&
        (now - s->known > rules->known_age || s->known - now > rules->known_age))
        object_to_time(a, VERDICT_UNDECIDED, REASON_GATE_MIRROR, s->known);
}

static void ask_key(struct gate_asking *a, const struct gate_standing *s, int64_t now)
{
    if (s->revoked != NO_ENTRY)
        object_to_entry(a, REASON_GATE_REVOKED, s->revoked);
    if (s->key_until <= now)
        object_to_time(a, VERDICT_BAD, REASON_GATE_KEY_ENDED, s->key_until);
}

bool gate_gives(const struct gate_standing *s, const struct ruleset *ruleset, const char *category)
{
    return s->ratified != RATIFICATION_PARTIAL ||
           lists(ruleset, VOCABULARY_CATEGORY, s->ratified_categories, category);
}

static bool gives_any(const struct gate_standing *s, const struct ruleset *ruleset,
                      const struct value *request)
{
    value_foreach (value_member(request, "categories"), category)
        if (gate_gives(s, ruleset, value_text_or_empty(category)))
            return true;
    return false;
}

/* A partial ratification that leaves nothing of the request is a refusal. */
static void ask_ratification(struct gate_asking *a, const struct gate_standing *s,
                             const struct ruleset *ruleset, const struct value *request)
{
    if (s->ratified == RATIFICATION_REFUSED)
        object_to_entry(a, REASON_GATE_REFUSED, s->ratification);
    else if (!gives_any(s, ruleset, request))
        object_to_entry(a, REASON_GATE_RATIFIED_OTHER, s->ratification);
}

/* ---- the warrant ----------------------------------------------------------------------------- */

/* The commit covers type and value: equal commits are one person. */
static bool names_commit(const struct value *subjects, struct span commit)
{
    value_foreach (subjects, subject)
        if (span_eq(value_span(value_member(subject, "commit")), commit))
            return true;
    return false;
}

/* A warrant for certain persons covers no request that does not say whom it is about. */
static void ask_subjects(struct gate_asking *a, const struct gate_cover *c)
{
    const struct value *given = value_member(c->warrant, "subjects");
    const struct value *asked = value_member(c->request, "subjects");
    bool outside = value_size(asked) == 0;
    if (given == NULL)
        return;
    value_foreach (asked, subject)
        if (!names_commit(given, value_span(value_member(subject, "commit"))))
            outside = true;
    if (outside)
        object_to(a, VERDICT_BAD, REASON_GATE_WARRANT, "subjects", NO_ENTRY);
}

static void ask_lists(struct gate_asking *a, const struct gate_cover *c)
{
    const struct value *holders = value_member(c->warrant, "holders");
    if (!lists(NULL, VOCABULARY_NONE, value_member(c->warrant, "used_by"),
               value_text_of(c->request, "authority")))
        object_to(a, VERDICT_BAD, REASON_GATE_WARRANT, "used_by", NO_ENTRY);
    if (holders != NULL &&
        !lists(NULL, VOCABULARY_NONE, holders, value_text_of(c->request, "holder")))
        object_to(a, VERDICT_BAD, REASON_GATE_WARRANT, "holders", NO_ENTRY);
    value_foreach (value_member(c->request, "categories"), category)
        if (!lists(c->ruleset, VOCABULARY_CATEGORY, value_member(c->warrant, "categories"),
                   value_text_or_empty(category)))
            object_to(a, VERDICT_BAD, REASON_GATE_WARRANT, value_text_or_empty(category), NO_ENTRY);
}

static void ask_window(struct gate_asking *a, const struct gate_cover *c)
{
    int64_t from;
    if (!time_member(value_member(c->warrant, "window"), "from", &from) || c->now < from)
        object_to(a, VERDICT_BAD, REASON_GATE_WARRANT, "window.from", NO_ENTRY);
    else if (c->now >= c->until)
        object_to(a, c->extended ? VERDICT_BAD : VERDICT_UNDECIDED, REASON_GATE_WARRANT,
                  "window.until", NO_ENTRY);
}

/* A request for more than the warrant gives is narrowed; one for nothing of it is not covered. */
static void ask_period(struct gate_asking *a, const struct gate_cover *c)
{
    struct gate_period p = gate_period(c->request, c->warrant);
    if (p.from >= p.until)
        object_to(a, VERDICT_BAD, REASON_GATE_WARRANT, "data_window", NO_ENTRY);
}

static void ask_cover(struct gate_asking *a, const struct gate_cover *c)
{
    ask_lists(a, c);
    ask_subjects(a, c);
    ask_period(a, c);
    ask_window(a, c);
}

enum verdict gate_ask_cover(const struct gate_cover *c, finding_fn *found, void *ctx)
{
    struct gate_asking a = { c->about, found, ctx, VERDICT_GOOD };
    ask_cover(&a, c);
    return a.verdict;
}

/* What is cited and ambiguous, or not in the log, is no warrant. */
static void ask_needed(struct gate_asking *a, const struct ruleset *ruleset,
                       const struct value *request)
{
    bool emergency = gate_is_emergency(ruleset, request);
    value_foreach (value_member(request, "categories"), category)
        if (gate_needs_warrant(ruleset, value_text_or_empty(category), emergency))
            object_to(a, VERDICT_BAD, REASON_GATE_NO_WARRANT, value_text_or_empty(category),
                      NO_ENTRY);
}

/* What the holder asks for, whatever the ruleset does. */
static void ask_required(struct gate_asking *a, const struct gate_rules *rules,
                         const struct gate_standing *s)
{
    if (rules->require_warrant && (s == NULL || s->cited != CITED_ONE))
        object_to(a, s == NULL ? VERDICT_UNDECIDED : VERDICT_BAD, REASON_GATE_REQUIRED, "",
                  NO_ENTRY);
}

static void ask_warrant(struct gate_asking *a, const struct gate_standing *s,
                        const struct ruleset *ruleset, const struct value *request, int64_t now)
{
    const struct gate_cover cover = { .request = request,
                                      .warrant = s->warrant,
                                      .ruleset = ruleset,
                                      .now = now,
                                      .until = s->warrant_until,
                                      .extended = true };
    if (s->cited != CITED_ONE) {
        ask_needed(a, ruleset, request);
        return;
    }
    if (s->closed != NO_ENTRY)
        object_to_entry(a, REASON_GATE_CLOSED, s->closed);
    ask_cover(a, &cover);
}

enum verdict gate_ask(const struct gate_rules *rules, const struct gate_request *request,
                      const struct gate_standing *standing, const struct ruleset *ruleset,
                      int64_t now, finding_fn *found, void *ctx)
{
    struct gate_asking a = { request->entry, found, ctx, VERDICT_GOOD };
    ask_request(&a, rules, request, now);
    ask_required(&a, rules, standing);
    if (standing == NULL)
        return a.verdict;
    ask_known(&a, rules, standing, now);
    ask_key(&a, standing, now);
    if (ruleset == NULL) {
        object_to(&a, VERDICT_UNDECIDED, REASON_GATE_RULESET, "", NO_ENTRY);
    } else {
        ask_ratification(&a, standing, ruleset, request->object);
        ask_warrant(&a, standing, ruleset, request->object, now);
    }
    return a.verdict;
}
