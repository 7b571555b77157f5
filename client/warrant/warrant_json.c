#include "client/warrant/warrant_json.h"

#include "client/answer/answer_json.h"
#include "client/base/json_put.h"
#include "client/base/json_stream.h"
#include "client/base/lost.h"
#include "client/warrant/warrant_sheet.h"
#include "client/warrant/warrant_words.h"
#include "proto/base/when.h"

#define LATEST INT64_C(253402300799999) /* the last that when_format() can write */
#define RULESETS_SHOWN 64

static json_t *time_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    if (ms == NO_TIME)
        return json_null();
    when_format(text, ms < LATEST ? ms : LATEST);
    return json_text(text);
}

/* The buffer's contents, which it loses. */
static json_t *text_json(struct buf *text)
{
    json_t *v = json_text(kept_text(text));
    buf_free(text);
    return v;
}

static json_t *signer_json(const struct enrolment *e)
{
    json_t *v = json_made(json_pack("{s:s,s:s,s:s,s:s,s:o}", "name", e->key.name, "role",
                                    role_name(e->role), "authority", e->authority, "level",
                                    e->level, "enrolled", json_of_index(e->entry)));
    if (e->revoked == NO_ENTRY)
        return v;
    json_put(v, "revoked", json_of_index(e->revoked));
    json_put(v, "reason", json_text(e->reason));
    if (e->since != INT64_MAX)
        json_put(v, "since", time_json(e->since));
    return v;
}

static json_t *answers_json(const struct warrant_case *c, const struct case_line *l)
{
    json_t *list = json_list();
    for (size_t i = 0; i < l->answers; i++) {
        const struct rule_answer *a = &l->answer[i];
        struct buf text = { 0 };
        json_t *related = json_list();
        for (size_t k = 0; k < RELATED_MAX && a->related[k] != NO_ENTRY; k++)
            json_push(related, json_of_index(a->related[k]));
        words_answer(&text, c, a);
        json_push(list, json_made(json_pack(
                            "{s:s,s:s,s:s,s:o,s:o,s:o}", "rule", rule_name((enum rule)a->rule),
                            "result", result_name((enum result)a->result), "severity",
                            severity_name(rule_severity((enum rule)a->rule)), "related", related,
                            "causes", answer_causes(a), "text", text_json(&text))));
    }
    return list;
}

static const char *scope_name(enum scope s)
{
    static const char *const names[] = { NULL, "inside", "unknown", "outside" };
    return names[s];
}

static const char *unresolved_name(enum unresolved u)
{
    static const char *const names[] = { NULL,        "later",     "court", "entry",
                                         "other_ref", "ambiguous", "absent" };
    return names[u];
}

static json_t *entries_json(const uint64_t *entry, size_t n)
{
    json_t *list = json_list();
    for (size_t i = 0; i < n; i++)
        json_push(list, json_of_index(entry[i]));
    return list;
}

static json_t *similar_json(const struct warrant_case *c)
{
    const char *similar[LOOKALIKES_MAX];
    bool found = warrant_case_warrants(c) > 0;
    size_t n = found ? c->alike.n : lookalikes_meant(&c->alike, similar, LOOKALIKES_MAX);
    json_t *list = json_list();
    for (size_t i = 0; i < n; i++)
        json_push(list, json_text(found ? c->alike.list[i].ref : similar[i]));
    return list;
}

static json_t *line_json(const struct warrant_case *c, const struct case_line *l)
{
    struct buf text = { 0 };
    json_t *about = json_list();
    for (size_t i = 0; i < l->abouts; i++)
        json_push(about, json_of_index(c->line[case_numbers(c, l->about)[i]].entry));
    words_of_line(&text, c, l);
    json_t *v = json_made(json_pack(
        "{s:o,s:o,s:s,s:o,s:o,s:o,s:I,s:o,s:s?,s:o,s:o}", "entry", json_of_index(l->entry), "hash",
        json_of_hash(&l->leaf), "kind", kind_name(l->kind), "accepted", time_json(l->accepted),
        "signer", signer_json(warrant_case_signer(c, l)), "about", about, "about_total",
        (json_int_t)l->abouts_total, "text", text_json(&text), "scope", scope_name(l->scope),
        "answers", answers_json(c, l), "record", json_of_value(l->object)));
    if (l->apart)
        json_put(v, "relation", json_text("same_person"));
    if (l->unresolved != UNRESOLVED_NOT) {
        words_unresolved(&text, c, l);
        json_put(v, "no_warrant", json_text(unresolved_name(l->unresolved)));
        json_put(v, "no_warrant_text", text_json(&text));
    }
    if (l->kind == KIND_EXTENSION)
        json_put(v, "counts", json_boolean(!l->absent));
    if (l->erased_before != NO_ENTRY)
        json_put(v, "erased_before", json_of_index(l->erased_before));
    return v;
}

static json_t *warrant_of_json(const struct warrant_case *c, const struct case_line *l)
{
    const struct warrant *w = warrant_case_facts(c, l);
    json_t *v = line_json(c, l);
    json_object_del(v, "about");
    json_object_del(v, "about_total");
    json_object_del(v, "text");
    json_object_del(v, "scope");
    json_put(v, "court", json_text(warrant_case_signer(c, l)->authority));
    json_put(v, "until", time_json(w->end));
    json_put(v, "extensions", json_integer(w->extensions));
    return v;
}

/* The lines that are warrants, or those that are none. */
static void add_lines(struct json_stream *out, const char *name, const struct warrant_case *c,
                      bool warrants)
{
    json_stream_list(out, name);
    for (size_t i = 0; i < c->lines; i++) {
        if ((c->line[i].kind == KIND_WARRANT) != warrants)
            continue;
        struct case_line l = case_line_open(c, i);
        if (l.object != NULL)
            json_stream_item(out, warrants ? warrant_of_json(c, &l) : line_json(c, &l));
        case_line_close(&l);
    }
    json_stream_list_end(out);
}

static void add_elsewhere(struct json_stream *out, const struct warrant_case *c)
{
    const struct casebook *cb = &c->audit->cb;
    json_stream_list(out, "elsewhere");
    for (size_t i = 0; i < c->elsewheres; i++)
        json_stream_item(
            out,
            json_made(json_pack("{s:o,s:s}", "entry", json_of_index(c->elsewhere[i]), "court",
                                casebook_text(cb, casebook_warrant(cb, c->elsewhere[i])->court))));
    json_stream_list_end(out);
}

static json_t *witnesses_json(const struct replaying *r)
{
    json_t *list = json_list();
    for (size_t i = 0; i < policy_witnesses(r->trust.policy); i++) {
        uint64_t at = r->accepted.cp.cosigned_at[i];
        json_push(
            list,
            json_made(json_pack(
                "{s:s,s:o}", "name", policy_witness(r->trust.policy, i)->key.name, "cosigned",
                at == 0 || at > LATEST / 1000 ? json_null() : time_json((int64_t)at * 1000))));
    }
    return list;
}

static json_t *rulesets_json(const struct warrant_case *c)
{
    const struct ruleset *used[RULESETS_SHOWN];
    size_t n = warrant_rulesets(c, used, RULESETS_SHOWN);
    json_t *list = json_list();
    for (size_t i = 0; i < n; i++)
        json_push(list, json_made(json_pack("{s:s,s:s,s:o}", "name", ruleset_name(used[i]),
                                            "version", ruleset_version(used[i]), "sha256",
                                            json_of_hash(ruleset_sha256(used[i])))));
    return list;
}

/* What the answer is and what it rests on, before the lists of lines. */
static json_t *basis_json(const struct warrant_case *c)
{
    const struct replaying *r = c->audit->r;
    struct buf text = { 0 };
    warrant_statement(&text, c);
    return json_made(json_pack(
        "{s:b,s:o,s:o,s:I,s:o,s:o,s:o,s:b,s:b,s:o,s:i,s:o}", "found", warrant_case_warrants(c) > 0,
        "similar", similar_json(c), "lookalikes", lookalikes_json(&c->alike), "lookalikes_total",
        (json_int_t)lookalikes_total(&c->alike), "complete_up_to",
        json_of_index(warrant_case_last(c)), "statement", text_json(&text), "now",
        time_json(c->audit->now), "pinned", r->trust.has_pin, "witnessed",
        !policy_trusts_log_alone(r->trust.policy), "witnesses", witnesses_json(r), "quorum",
        (int)policy_least_quorum(r->trust.policy), "rulesets",
        c->quick != NULL ? json_list() : rulesets_json(c)));
}

/* Which of the two proofs it is, and what only the other one tells. */
static json_t *proof_json(const struct warrant_case *c)
{
    static const char *const beyond[] = { "revocations", "rulesets", "rules", "same_person",
                                          "blobs" };
    json_t *v = json_made(json_pack("{s:s,s:o}", "proof", c->quick != NULL ? "answer" : "replay",
                                    "complete_to", json_of_index(warrant_case_last(c))));
    if (c->quick == NULL)
        return v;
    json_t *list = json_list();
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
        json_push(list, json_text(beyond[i]));
    json_put(v, "not_covered", list);
    json_put(v, "audited", answer_audited_json(c->quick));
    json_put(v, "index", answer_index_json(c->quick));
    json_put(v, "unkeyed", answer_unkeyed_json(c->quick));
    return v;
}

static void add_facts(struct json_stream *out, const struct warrant_case *c)
{
    uint64_t listed = c->citings < ABOUTS_MAX ? c->citings : ABOUTS_MAX;
    json_stream_members(out, proof_json(c));
    json_stream_members(out, basis_json(c));
    add_lines(out, "warrants", c, true);
    add_elsewhere(out, c);
    json_stream_members(
        out, json_made(json_pack("{s:o,s:I}", "citing_elsewhere", entries_json(c->citing, listed),
                                 "citing_elsewhere_total", (json_int_t)c->citings)));
    add_lines(out, "entries", c, false);
}

void warrant_json(const struct warrant_case *c, bool complete)
{
    struct json_stream *out = json_stream_begin();
    json_t *v = replaying_json(c->audit->r);
    json_put(v, "ok", json_boolean(complete));
    json_put(v, "complete", json_boolean(complete));
    json_put(v, "ref", json_text(c->ref));
    if (c->court != NULL)
        json_put(v, "court", json_text(c->court));
    json_object_del(v, "from");
    json_stream_members(out, v);
    if (complete)
        add_facts(out, c);
    json_stream_end(out);
}
