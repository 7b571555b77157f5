/* What is asked of an entry that does something to earlier ones. */
#include "client/audit/rules.h"
#include "proto/base/base64.h"

/* An outcome that the ruleset does not know may be anything. */
static bool hands_nothing_over(const char *outcome)
{
    return strcmp(outcome, "none_held") == 0 || strcmp(outcome, "cancelled") == 0 ||
           strcmp(outcome, "error") == 0 || strcmp(outcome, "pending") == 0 ||
           strncmp(outcome, "rejected_", 9) == 0;
}

/* R05, of one request that an act names. */
static void ask_after_ruling(struct rule_answer *a, const struct request *r, bool response,
                             const char *outcome, word outcome_word)
{
    if (r->ratified == RATIFIED_NOT || (response && hands_nothing_over(outcome)))
        return;
    answer_relate(a, r->entry);
    answer_relate(a, r->ratification);
    if (r->ratified == RATIFIED_REFUSED)
        answer_worsen(a, RESULT_FINDING, CAUSE_AFTER_REFUSAL, 0, NO_TIME);
    else if (r->ratified == RATIFIED_PARTIAL_OUTSIDE && !response)
        answer_worsen(a, RESULT_NOT_EVALUABLE, CAUSE_PARTIAL_USE, 0, NO_TIME);
    else if (r->ratified == RATIFIED_PARTIAL_OUTSIDE && strcmp(outcome, "partial") != 0)
        answer_worsen(a, RESULT_FINDING, CAUSE_OUTSIDE_PARTIAL, outcome_word, NO_TIME);
    else if (r->ratified == RATIFIED_PARTIAL_UNSAID &&
             (!response || strcmp(outcome, "partial") != 0))
        answer_worsen(a, RESULT_NOT_EVALUABLE, CAUSE_PARTIAL_UNSAID, 0, NO_TIME);
}

static void ask_use(struct answers *as, const struct casebook *cb, const struct event *event)
{
    uint64_t entry[ITEMS_MAX];
    size_t n = references_entries(value_member(event->object, "requests"), entry);
    struct rule_answer a = answer_pass(R05, event->e->index, NO_ENTRY);
    for (size_t i = 0; i < n; i++) {
        const struct request *r = casebook_request(cb, entry[i]);
        uint8_t before = a.result;
        if (r == NULL)
            continue;
        ask_after_ruling(&a, r, false, "", 0);
        if (a.result > before || a.request == NO_ENTRY)
            a.request = r->entry;
    }
    answers_give(as, &a);
}

static void ask_response(struct answers *as, struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    uint64_t entry = event->e->index;
    const struct request *r = casebook_request(cb, reference_entry(value_member(o, "request")));
    uint64_t request = r == NULL ? NO_ENTRY : r->entry;
    struct rule_answer a = answer_pass(R20, entry, request), use = answer_pass(R05, entry, request);
    const char *outcome = event_code(event, VOCABULARY_OUTCOME, object_text(o, "outcome"));
    word holder = casebook_word(cb, object_text(o, "holder"));
    answer_relate(&a, request);
    if (r == NULL)
        answer_worsen(&a, RESULT_FINDING, CAUSE_NO_REQUEST, 0, NO_TIME);
    else if (r->holder != holder)
        answer_worsen(&a, RESULT_FINDING, CAUSE_OTHER_HOLDER, holder, NO_TIME);
    answers_give(as, &a);
    if (r == NULL)
        return;
    ask_after_ruling(&use, r, true, outcome, casebook_word(cb, outcome));
    answers_give(as, &use);
}

static void ask_transfer(struct answers *as, struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    const char *country = object_text(value_member(o, "recipient"), "country");
    char home[3];
    uint64_t entry[ITEMS_MAX];
    bool known = ruleset_country(event->ruleset, home), bare = object_text(o, "instrument") == NULL;
    if (known && strcmp(home, country) == 0)
        return;
    size_t n = references_entries(value_member(o, "requests"), entry);
    word abroad = casebook_word(cb, country);
    for (size_t i = 0; i < n; i++) {
        if (casebook_request(cb, entry[i]) == NULL)
            continue;
        struct rule_answer a = answer_pass(R16, entry[i], entry[i]);
        answer_relate(&a, event->e->index);
        if (!known)
            answer_worsen(&a, RESULT_NOT_EVALUABLE, CAUSE_HOME_UNKNOWN, abroad, NO_TIME);
        else if (bare)
            answer_worsen(&a, RESULT_FINDING, CAUSE_NO_INSTRUMENT, abroad, NO_TIME);
        answers_give(as, &a);
    }
}

static void ask_closing(struct answers *as, const struct casebook *cb, const struct event *event)
{
    const struct warrant *w =
        casebook_warrant(cb, reference_entry(value_member(event->object, "warrant")));
    struct window executed = object_window(event->object, "executed");
    struct rule_answer a = answer_pass(R07, event->e->index, NO_ENTRY);
    if (w == NULL)
        return;
    answer_relate(&a, w->entry);
    answer_relate(&a, w->extension);
    if (executed.from < w->window.from)
        answer_worsen(&a, RESULT_FINDING, CAUSE_EXECUTED_BEFORE, 0, w->window.from);
    if (executed.until > w->end)
        answer_worsen(&a, RESULT_FINDING, CAUSE_EXECUTED_AFTER, 0, w->end);
    answers_give(as, &a);
}

/* R21, of one who names the blob. Returns whether there is a warrant's court to compare. */
static bool ask_named(struct rule_answer *a, struct casebook *cb, const struct named *named,
                      const char *court)
{
    const struct warrant *w = NULL;
    if (named->by_warrant) {
        w = shelf_at(&cb->warrants, named->number);
    } else {
        const struct request *r = shelf_at(&cb->requests, named->number);
        w = casebook_warrant_of(cb, r);
        a->request = r->entry;
        answer_relate(a, r->entry);
        if (r->delivery != NO_ENTRY && r->told == NO_ENTRY)
            answer_worsen(a, RESULT_FINDING, CAUSE_ERASED_BEFORE_NOTICE, 0, NO_TIME);
    }
    if (w == NULL)
        return false;
    answer_relate(a, w->entry);
    if (strcmp(casebook_text(cb, w->court), court) != 0)
        answer_worsen(a, RESULT_FINDING, CAUSE_ERASED_BY_OTHER_COURT, casebook_word(cb, court),
                      NO_TIME);
    return true;
}

static void ask_erasure(struct answers *as, struct casebook *cb, const struct event *event)
{
    uint8_t blob[HASH_BYTES];
    uint32_t at = 0, number;
    bool any = false, all = true; /* a court to compare with, of all who name it */
    struct rule_answer a = answer_pass(R21, event->e->index, NO_ENTRY);
    if (base64_decode_exact(blob, HASH_BYTES, span_str(object_text(event->object, "blob"))) != 0)
        return;
    while (a.result != RESULT_FINDING &&
           key_index_next(&cb->blobs, span_of(blob, HASH_BYTES), &at, &number)) {
        const struct named *named = shelf_at(&cb->named, number);
        if (memcmp(named->blob, blob, HASH_BYTES) != 0)
            continue;
        any = true;
        all = ask_named(&a, cb, named, event->signer->authority) && all;
    }
    if (!any)
        answer_worsen(&a, RESULT_NOT_EVALUABLE, CAUSE_BLOB_UNKNOWN, 0, NO_TIME);
    else if (!all)
        answer_worsen(&a, RESULT_NOT_EVALUABLE, CAUSE_COURT_UNKNOWN, 0, NO_TIME);
    answers_give(as, &a);
}

/* R22: the entries since then, from the last one back: acceptance never grows on that way in a good
 * log. */
static void ask_revocation(struct answers *as, struct casebook *cb, const struct event *event,
                           const struct registry *registry)
{
    struct vkey key;
    uint32_t number;
    const char *why;
    int64_t since = object_time(event->object, "since");
    if (since == NO_TIME ||
        vkey_parse(&key, span_str(object_text(event->object, "vkey")), &why) != 0 ||
        registry_find_key(registry, key.key, &number) == NULL)
        return;
    for (uint64_t i = cb->rows.n; i-- > 0;) {
        struct row *row = shelf_at(&cb->rows, i);
        bool earlier = row->accepted != NO_TIME && row->accepted < since;
        if (earlier && !cb->disordered)
            return;
        if (earlier || row->signer != number)
            continue;
        struct rule_answer a = answer_pass(R22, i, row->kind == KIND_REQUEST ? i : NO_ENTRY);
        row->distrusted = true;
        answer_relate(&a, event->e->index);
        answer_worsen(&a, RESULT_FINDING, CAUSE_KEY_KNOWN_BAD, 0, since);
        answers_give(as, &a);
    }
}

static void ask_codes(struct answers *as, struct casebook *cb, const struct event *event)
{
    struct refusal why;
    struct rule_answer a = answer_pass(RULE_CODE, event->e->index, NO_ENTRY);
    if (event->e->kind == KIND_REQUEST)
        a.request = a.entry;
    if (ruleset_check(event->ruleset, event->e->kind, event->object, &why) != 0)
        answer_worsen(&a, RESULT_FINDING, CAUSE_CODE_NOT_LISTED, casebook_word(cb, why.subject),
                      NO_TIME);
    answers_give(as, &a);
}

void rules_of_act(struct answers *as, struct casebook *cb, const struct event *event,
                  const struct registry *registry)
{
    ask_codes(as, cb, event);
    switch (event->e->kind) {
    case KIND_RESPONSE:
        ask_response(as, cb, event);
        break;
    case KIND_TRANSFER:
        ask_transfer(as, cb, event);
        ask_use(as, cb, event);
        break;
    case KIND_PRODUCT:
        ask_use(as, cb, event);
        break;
    case KIND_CLOSING:
        ask_closing(as, cb, event);
        break;
    case KIND_ERASURE:
        ask_erasure(as, cb, event);
        break;
    case KIND_REVOKE:
        ask_revocation(as, cb, event, registry);
        break;
    default:
        break;
    }
}
