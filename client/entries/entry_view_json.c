#include <string.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/entries/entry_refs.h"
#include "client/entries/entry_view.h"
#include "client/show/entry_json.h"
#include "client/show/record_words.h"
#include "proto/base/when.h"

#define LATEST INT64_C(253402300799999) /* the last that when_format() can write */

/* ---- by its receipt -------------------------------------------------------------------------- */

/* What the next link, the signer's enrolment, says of him: nothing of the registrars whom genesis
 * names, and of the log itself. */
static json_t *of_receipt(const struct shown_receipt *x, enum verdict verdict)
{
    const struct receipt_link *l = &x->link[0];
    bool has_next = x->receipt.entries > 1;
    const struct receipt_link *by = has_next ? &x->link[1] : l;
    bool enrolled = has_next && by->record.kind == KIND_ENROLL;
    bool log = !has_next || kind_is_logs(l->record.kind);
    const char *level = enrolled ? record_string(&by->record, "level") : NULL;
    struct entry_facts f = {
        .index = l->entry.index,
        .leaf = &x->check.report.leaf,
        .has_header = true,
        .accepted = l->entry.accepted,
        .record = &l->record,
        .counts = true,
        .role = enrolled ? record_string(&by->record, "role")
                         : role_name(log ? ROLE_LOG : ROLE_REGISTRAR),
        .authority = enrolled ? record_string(&by->record, "authority") : "",
        .level = level != NULL ? level : "",
        .enrolled = has_next ? by->entry.index : 0,
    };
    return entry_json_of(&f, verdict);
}

static void add_name(void *ctx, const char *member, uint64_t entry)
{
    json_push(ctx, json_made(json_pack("{s:s,s:o,s:n}", "member", member, "entry",
                                       json_of_index(entry), "kind")));
}

static void add_names(json_t *o, const struct shown_receipt *x)
{
    json_t *list = json_list();
    entry_refs(x->link[0].record.object, add_name, list);
    json_put(o, "names", list);
}

/* ---- by a replay ----------------------------------------------------------------------------- */

static json_t *kind_json(enum kind k)
{
    return k >= KIND_GENESIS ? json_text(kind_name(k)) : json_null();
}

static json_t *acceptance_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms < LATEST ? ms : LATEST);
    return json_text(text);
}

static void add_links(json_t *o, const struct entry_look *l)
{
    json_t *names = json_list(), *by = json_list();
    for (size_t i = 0; i < l->names.n; i++) {
        const struct entry_link *x = &l->names.list[i];
        json_push(names, json_made(json_pack("{s:s,s:o,s:o}", "member", x->member, "entry",
                                             json_of_index(x->entry), "kind", kind_json(x->kind))));
    }
    for (size_t i = 0; i < l->named_by.n; i++) {
        const struct entry_link *x = &l->named_by.list[i];
        json_push(
            by, json_made(json_pack("{s:s,s:o,s:o,s:o,s:s}", "member", x->member, "entry",
                                    json_of_index(x->entry), "kind", kind_json(x->kind), "accepted",
                                    acceptance_json(x->accepted), "signer", x->signer)));
    }
    json_put(o, "names", names);
    json_put(o, "named_by", by);
    json_put(o, "named_by_total", json_made(json_integer((json_int_t)l->named_by.total)));
}

static void add_revoked(json_t *o, const struct entry_look *l)
{
    const struct enrolment *e = entry_look_signer(l);
    if (e == NULL || e->revoked == NO_ENTRY) {
        json_put(o, "revoked", json_null());
        return;
    }
    json_t *r = json_made(
        json_pack("{s:o,s:s,s:o}", "entry", json_of_index(e->revoked), "reason", e->reason, "since",
                  e->since == INT64_MAX ? json_null() : acceptance_json(e->since)));
    json_put(o, "revoked", r);
}

struct erased_list {
    json_t *list;
    const struct registry *registry;
};

static void add_erased_blob(void *ctx, const uint8_t blob[static HASH_BYTES])
{
    struct erased_list *e = ctx;
    struct hash name;
    uint64_t by = registry_erased(e->registry, blob);
    memcpy(name.b, blob, HASH_BYTES);
    if (by != NO_ENTRY)
        json_push(e->list, json_made(json_pack("{s:o,s:o}", "blob", json_of_hash(&name), "by",
                                               json_of_index(by))));
}

static void add_erasures(json_t *o, const struct entry_look *l, const struct shown_receipt *x)
{
    struct erased_list e = { json_list(), judge_registry(l->r->judge) };
    entry_blobs(x->link[0].record.object, add_erased_blob, &e);
    json_put(o, "erased", e.list);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void add_words(json_t *o, const struct shown_receipt *x)
{
    json_put(o, "words", record_words_json(x->link[0].record.kind, x->link[0].record.object));
}

/* What it is proven under. */
static void add_checkpoint(json_t *o, const struct entry_view *v, const struct shown_receipt *x)
{
    const struct trust *t = v->look != NULL ? &v->look->r->trust : &v->receipt.trust;
    const struct signed_checkpoint *cp =
        v->look != NULL ? &v->look->r->accepted.cp : &x->check.report.cp;
    json_put(
        o, "log",
        json_made(json_stringn((const char *)cp->checkpoint.origin.p, cp->checkpoint.origin.n)));
    json_put(o, "size", json_of_index(cp->checkpoint.size));
    json_put(o, "root", json_of_hash(&cp->checkpoint.root));
    json_put(o, "pinned", json_boolean(t->has_pin));
    json_put(o, "quorum",
             policy_trusts_log_alone(t->policy) ? json_null() : json_boolean(cp->quorum));
}

json_t *entry_view_json(const struct entry_view *v)
{
    const struct entry_facts nothing = { .index = v->entry, .kind = KIND_NONE };
    const struct shown_receipt *x = entry_view_receipt(v);
    json_t *o = v->look != NULL ? json_made(json_deep_copy(v->look->json))
                : x != NULL     ? of_receipt(x, v->verdict)
                                : entry_json_of(&nothing, v->verdict);
    json_put(o, "ok", json_boolean(v->verdict == VERDICT_GOOD));
    json_put(o, "verdict", json_text(verdict_name(v->verdict)));
    json_put(o, "proof",
             v->look != NULL ? json_text("replay")
             : x != NULL     ? json_text("receipt")
                             : json_null());
    if (v->look != NULL || x != NULL)
        add_checkpoint(o, v, x);
    if (v->look != NULL) {
        add_links(o, v->look);
        add_revoked(o, v->look);
        if (x != NULL)
            add_erasures(o, v->look, x);
    } else if (x != NULL) {
        add_names(o, x);
    }
    if (x != NULL)
        add_words(o, x);
    json_put(o, "findings_total", json_made(json_integer((json_int_t)v->found->total)));
    json_put(o, "findings", findings_json(v->found));
    return o;
}
