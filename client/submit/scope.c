#include "client/submit/scope.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/audit/rules.h"
#include "client/base/lost.h"
#include "client/remote/escape.h"
#include "proto/sys/clock.h"

/* A warrant or extension, under one reference. */
struct act {
    struct shown e;
    const struct enrolment *judge; /* while a request is judged */
};

struct scope_look {
    struct log_client *client;
    char ref[TEXT_MAX + 1]; /* of these acts: many requests in a row are under one warrant */
    bool asked;
    struct act *act;
    size_t acts, cap;
};

struct scope_look *scope_new(struct log_client *client)
{
    struct scope_look *s = kept(calloc(1, sizeof *s));
    if (s != NULL)
        s->client = client;
    return s;
}

static void forget_acts(struct scope_look *s)
{
    for (size_t i = 0; i < s->acts; i++)
        shown_free(&s->act[i].e);
    s->acts = 0;
    s->asked = false;
}

void scope_free(struct scope_look *s)
{
    if (s == NULL)
        return;
    forget_acts(s);
    free(s->act);
    free(s);
}

/* ---- the warrant ----------------------------------------------------------------------------- */

static bool take_act(void *ctx, uint64_t index)
{
    struct scope_look *s = ctx;
    struct answer answer;
    struct shown e;
    if (log_client_entry(s->client, index, &e, &answer) != SHOW_PROVEN)
        return true;
    bool wanted = e.record.kind == KIND_WARRANT || e.record.kind == KIND_EXTENSION;
    if (wanted && room_for_one(&s->act, s->acts, &s->cap, sizeof *s->act))
        s->act[s->acts++] = (struct act){ .e = e };
    else
        shown_free(&e);
    return true;
}

static void find_acts(struct scope_look *s, const char *ref)
{
    struct buf query = { 0 };
    struct answer answer;
    if (s->asked && strcmp(s->ref, ref) == 0)
        return;
    forget_acts(s);
    snprintf(s->ref, sizeof s->ref, "%s", ref);
    buf_adds(&query, "warrant=");
    query_escape(&query, ref);
    /* Warrants come first; what is beyond the hints is as good as hidden. */
    (void)log_client_find(s->client, kept_text(&query), take_act, s, &answer);
    s->asked = true;
    buf_free(&query);
}

/* ---- judging --------------------------------------------------------------------------------- */

/* Numbers of signers in the casebook: the request's is 0, that of act i is i + 1. */
static void add_facts(struct casebook *cb, const struct scope_ground *g, const struct enrolment *e)
{
    const struct event event = { .ruleset = g->ruleset };
    struct signer_facts facts = { .level = casebook_word(
                                      cb, event_code(&event, VOCABULARY_LEVEL, e->level)) };
    if (e->function[0] != 0)
        facts.function =
            casebook_word(cb, event_code(&event, VOCABULARY_FUNCTION_OR_SECTOR, e->function));
    shelf_push(&cb->signers, &facts);
}

static void take_record(struct casebook *cb, const struct scope_ground *g, const struct judged *e,
                        const struct enrolment *signer, struct answers *as)
{
    struct event event = {
        .e = e, .object = e->record->object, .signer = signer, .ruleset = g->ruleset
    };
    if (casebook_take(cb, &event) && as != NULL)
        rules_of_request(as, cb, &event);
}

static void take_acts(struct scope_look *s, struct casebook *cb, const struct scope_ground *g)
{
    for (size_t i = 0; i < s->acts; i++) {
        struct act *a = &s->act[i];
        uint32_t number = 0;
        a->judge = registry_find(g->registry, a->e.record.signer, a->e.record.key_id, &number);
        if (a->judge == NULL)
            a->judge = g->signer; /* its facts count for nothing: it is not taken in */
        add_facts(cb, g, a->judge);
    }
    for (size_t i = 0; i < s->acts; i++) {
        const struct shown *e = &s->act[i].e;
        struct judged judged = { .index = e->index,
                                 .leaf = &e->leaf,
                                 .kind = e->record.kind,
                                 .has_header = true,
                                 .accepted = e->accepted,
                                 .record = &e->record,
                                 .counts = true,
                                 .signer = (uint32_t)i + 1 };
        if (s->act[i].judge->role == ROLE_JUDGE)
            take_record(cb, g, &judged, s->act[i].judge, NULL);
    }
}

static bool is_of_scope(const struct rule_answer *a)
{
    return a->rule == R07 || a->rule == R08 || a->rule == R10 || a->rule == R19;
}

/* What is found stands before what cannot be told. */
static size_t tell_scope(const struct answers *as, const struct casebook *cb, struct buf *out)
{
    size_t n = 0;
    for (int result = RESULT_FINDING; result > RESULT_PASS; result--) {
        for (uint64_t i = 0; i < as->list.n; i++) {
            const struct rule_answer *a = shelf_at(&as->list, i);
            if (!is_of_scope(a) || a->result != result)
                continue;
            buf_addf(out, "%s%s (%s): ", n++ == 0 ? "" : "; ",
                     result == RESULT_FINDING
                         ? rule_title((enum rule)a->rule, language_get())
                         : TR("it cannot be told whether it is within the warrant",
                              "no puede decirse si está dentro del mandamiento"),
                     rule_name((enum rule)a->rule));
            answer_sentence(out, a, cb);
        }
    }
    return n;
}

size_t scope_judge(struct scope_look *s, const struct scope_ground *g, const struct record *request,
                   struct buf *out)
{
    struct casebook cb;
    struct answers as;
    const char *ref = value_text(value_member(value_member(request->object, "warrant"), "ref"));
    if (request->kind != KIND_REQUEST || ref == NULL)
        return 0;
    find_acts(s, ref);
    casebook_open(&cb);
    cb.partial = true;
    answers_open(&as, false);
    add_facts(&cb, g, g->signer);
    take_acts(s, &cb, g);
    static const struct hash no_leaf;
    struct judged judged = { .index = s->acts == 0 ? 1 : s->act[s->acts - 1].e.index + 1,
                             .leaf = &no_leaf,
                             .kind = KIND_REQUEST,
                             .has_header = true,
                             .accepted = clock_wall(),
                             .record = request,
                             .counts = true };
    take_record(&cb, g, &judged, g->signer, &as);
    size_t n = tell_scope(&as, &cb, out);
    answers_close(&as);
    casebook_close(&cb);
    return n;
}
