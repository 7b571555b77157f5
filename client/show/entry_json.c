#include "client/show/entry_json.h"

#include "client/base/json_put.h"
#include "client/base/say.h"
#include "proto/base/when.h"

#define LATEST INT64_C(253402300799999) /* the last that when_format() can write */

enum verdict entry_verdict(const struct findings *list, uint64_t entry)
{
    bool undecided = list->total > list->kept, bad = false;
    for (size_t i = 0; i < list->kept; i++) {
        if (list->list[i].entry != entry)
            continue;
        bad = bad || list->list[i].verdict == VERDICT_BAD;
        undecided = true;
    }
    return bad ? VERDICT_BAD : undecided ? VERDICT_UNDECIDED : VERDICT_GOOD;
}

static json_t *instant_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms < LATEST ? ms : LATEST);
    return json_text(text);
}

void entry_json_judge(json_t *entry, enum verdict verdict)
{
    if (verdict == VERDICT_GOOD && json_is_null(json_object_get(entry, "enrolled")))
        verdict = VERDICT_UNDECIDED;
    json_put(entry, "ok", json_boolean(verdict == VERDICT_GOOD));
    json_put(entry, "verdict", json_text(verdict_name(verdict)));
}

json_t *entry_json_of(const struct entry_facts *f, enum verdict verdict)
{
    const struct record *r = f->record;
    json_t *name =
        r == NULL ? json_null() : json_made(json_stringn((const char *)r->signer.p, r->signer.n));
    json_t *v = json_made(json_pack(
        "{s:o,s:o,s:s,s:o,s:o,s:o,s:s,s:s,s:s,s:o,s:o}", "entry", json_of_index(f->index), "hash",
        f->leaf == NULL ? json_null() : json_of_hash(f->leaf), "kind",
        kind_name(r != NULL ? r->kind : f->kind), "accepted",
        f->has_header ? instant_json(f->accepted) : json_null(), "at",
        r != NULL ? instant_json(r->at) : json_null(), "signer", name, "role",
        f->counts ? f->role : "", "authority", f->counts ? f->authority : "", "level",
        f->counts ? f->level : "", "enrolled", f->counts ? json_of_index(f->enrolled) : json_null(),
        "record", r != NULL ? json_of_value(r->object) : json_null()));
    entry_json_judge(v, verdict);
    return v;
}

json_t *entry_json(const struct judged *e, const struct registry *registry, enum verdict verdict)
{
    struct entry_facts f = { .index = e->index,
                             .leaf = e->leaf,
                             .kind = e->kind,
                             .has_header = e->has_header,
                             .accepted = e->accepted,
                             .record = e->record,
                             .counts = e->counts,
                             .role = role_name(ROLE_LOG),
                             .authority = "",
                             .level = "" };
    if (e->counts && e->signer != LOG_SIGNER) {
        const struct enrolment *signer = registry_get(registry, e->signer);
        f.role = role_name(signer->role);
        f.authority = signer->authority;
        f.level = signer->level;
        f.enrolled = signer->entry;
    }
    return entry_json_of(&f, verdict);
}
