#include "client/answer/answer_json.h"

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/when.h"

#define LATEST INT64_C(253402300799999) /* the last that when_format() can write */

static json_t *moment_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms < LATEST ? ms : LATEST);
    return json_text(text);
}

static json_t *question_json(const struct answer_facts *f)
{
    return json_made(json_pack("{s:s,s:s}", "type", index_key_word(f->type), "value", f->value));
}

json_t *answer_audited_json(const struct answer_facts *f)
{
    const struct answer_auditor *a = &f->auditor;
    uint64_t to = answer_facts_audited_to(f);
    size_t audited, tables = answer_facts_tables(f, &audited);
    if (audited == 0)
        return json_null();
    return json_made(json_pack("{s:o,s:o,s:s,s:s,s:o,s:o,s:I,s:I}", "anchor",
                               json_of_index(a->anchor), "at", moment_json(a->accepted), "auditor",
                               a->name, "authority", a->authority, "index", json_of_index(a->index),
                               "complete_to", json_of_index(to == 0 ? NO_ENTRY : to - 1), "tables",
                               (json_int_t)tables, "audited", (json_int_t)audited));
}

json_t *answer_index_json(const struct answer_facts *f)
{
    return json_made(json_pack("{s:o,s:o,s:o,s:I}", "entry", json_of_index(f->index), "accepted",
                               moment_json(f->indexed), "complete_to",
                               json_of_index(f->cover.end == 0 ? NO_ENTRY : f->cover.end - 1),
                               "tables", (json_int_t)f->cover.tables));
}

static json_t *facts_json(const struct answer_check *c)
{
    const struct answer_facts *f = &c->facts;
    const struct checkpoint *cp = &f->accepted.cp.checkpoint;
    bool alone = policy_trusts_log_alone(c->trust->policy);
    json_t *v = json_made(json_pack(
        "{s:o,s:o,s:s,s:I,s:o,s:o,s:o,s:b,s:o,s:o,s:I,s:b,s:I}", "complete_to",
        json_of_index(f->end - 1), "date", moment_json(f->date), "origin",
        policy_log(c->trust->policy, f->accepted.cp.signer)->key.name, "size", (json_int_t)cp->size,
        "root", json_of_hash(&cp->root), "quorum",
        alone ? json_null() : json_boolean(f->accepted.cp.quorum), "genesis",
        json_of_hash(&f->genesis), "pinned", c->trust->has_pin, "index", answer_index_json(f),
        "audited", answer_audited_json(f), "parts", (json_int_t)f->parts, "tail",
        f->end > f->cover.end, "similar_total", (json_int_t)f->lines_of[LINE_ALIKE]));
    json_put(v, "unkeyed", answer_unkeyed_json(f));
    json_put(v, "similar", f->type == INDEX_KEY_WARRANT ? lookalikes_json(&f->alike) : json_list());
    if (f->type == INDEX_KEY_VKEY)
        json_put(v, "revoked", json_of_index(f->revoked));
    return v;
}

static json_t *line_json(const struct answer_facts *f, const struct answer_line *l)
{
    struct value *object = answer_line_object(f, l);
    const char *id = value_text(value_member(object, "id"));
    json_t *v = json_made(json_pack(
        "{s:o,s:o,s:s,s:o,s:o,s:s,s:s,s:s}", "index", json_of_index(l->entry), "hash",
        json_of_hash(&l->leaf), "kind", kind_name(l->kind), "accepted", moment_json(l->accepted),
        "at", moment_json(l->at), "signer", answer_facts_text(f, l->signer), "role",
        role_name(l->role), "authority", answer_facts_text(f, l->authority)));
    if (id != NULL)
        json_put(v, "id", json_text(id));
    json_put(v, "record", json_of_value(object));
    value_free(object);
    return v;
}

json_t *answer_unkeyed_json(const struct answer_facts *f)
{
    json_t *list = json_list();
    for (uint64_t i = 0; i < f->lines.n && f->lines_of[LINE_UNKEYED] > 0; i++) {
        const struct answer_line *l = shelf_at(&f->lines, i);
        if (l->of == LINE_UNKEYED)
            json_push(list, json_of_index(l->entry));
    }
    return list;
}

static void stream_lines(struct json_stream *out, const struct answer_facts *f)
{
    json_stream_list(out, "entries");
    for (uint64_t i = 0; i < f->lines.n && !lost_any(); i++) {
        const struct answer_line *l = shelf_at(&f->lines, i);
        if (l->of == LINE_ASKED)
            json_stream_item(out, line_json(f, l));
    }
    json_stream_list_end(out);
}

/* Scripts find these members in every object. null says that nothing is known: an empty list would
 * say that there is none. */
static json_t *no_facts_json(void)
{
    static const char *const members[] = { "complete_to", "date",    "root",
                                           "audited",     "similar", "entries" };
    json_t *v = kept(json_object());
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_put(v, members[i], json_null());
    return v;
}

void answer_json(struct json_stream *out, const struct answer_check *c)
{
    bool complete = c->verdict == VERDICT_GOOD;
    json_t *v = json_made(json_pack("{s:b,s:s,s:b}", "ok", complete, "verdict",
                                    verdict_name(c->verdict), "complete", complete));
    if (complete)
        json_put(v, "question", question_json(&c->facts));
    json_stream_members(out, v);
    if (complete) {
        json_stream_members(out, facts_json(c));
        stream_lines(out, &c->facts);
    } else {
        json_stream_members(out, no_facts_json());
    }
    json_stream_members(
        out, json_made(json_pack("{s:I,s:o}", "findings_total", (json_int_t)c->findings.total,
                                 "findings", findings_json(&c->findings))));
}
