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

/* NULL: who signed it is not proven. */
static const struct enrolment *signer_of(const struct judged *e, const struct registry *registry)
{
    if (!e->counts || (e->signer == LOG_SIGNER && registry_log(registry) == NULL))
        return NULL;
    return registry_get(registry, e->signer);
}

static const char *role_of(const struct judged *e, const struct enrolment *signer)
{
    if (!e->counts)
        return "";
    return role_name(e->signer == LOG_SIGNER || signer == NULL ? ROLE_LOG : signer->role);
}

void entry_json_judge(json_t *entry, enum verdict verdict)
{
    if (verdict == VERDICT_GOOD && json_is_null(json_object_get(entry, "enrolled")))
        verdict = VERDICT_UNDECIDED;
    json_put(entry, "ok", json_boolean(verdict == VERDICT_GOOD));
    json_put(entry, "verdict", json_text(verdict_name(verdict)));
}

json_t *entry_json(const struct judged *e, const struct registry *registry, enum verdict verdict)
{
    const struct record *r = e->record;
    const struct enrolment *signer = signer_of(e, registry);
    json_t *name =
        r == NULL ? json_null() : json_made(json_stringn((const char *)r->signer.p, r->signer.n));
    json_t *v = json_made(
        json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:s,s:s,s:s,s:o,s:o}", "entry", json_of_index(e->index),
                  "hash", json_of_hash(e->leaf), "kind", kind_name(r != NULL ? r->kind : e->kind),
                  "accepted", e->has_header ? instant_json(e->accepted) : json_null(), "at",
                  r != NULL ? instant_json(r->at) : json_null(), "signer", name, "role",
                  role_of(e, signer), "authority", signer != NULL ? signer->authority : "", "level",
                  signer != NULL ? signer->level : "", "enrolled",
                  e->counts ? json_of_index(signer != NULL ? signer->entry : 0) : json_null(),
                  "record", r != NULL ? json_of_value(r->object) : json_null()));
    entry_json_judge(v, verdict);
    return v;
}
