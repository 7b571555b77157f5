#include "client/entries/entry_look.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "client/entries/entry_refs.h"
#include "client/show/entry_json.h"

void entry_look_open(struct entry_look *l, struct replaying *r, uint64_t entry)
{
    *l = (struct entry_look){ .entry = entry, .r = r };
}

void entry_look_close(struct entry_look *l)
{
    buf_free(&l->bytes);
    json_decref(l->json);
    free(l->names.list);
    free(l->named_by.list);
}

static struct entry_link *add_link(struct entry_links *list, const char *member, uint64_t entry)
{
    list->total++;
    if (list->n == LINKS_MAX || !room_for_one(&list->list, list->n, &list->cap, sizeof *list->list))
        return NULL;
    struct entry_link *l = &list->list[list->n++];
    *l = (struct entry_link){ .entry = entry, .kind = KIND_NONE };
    snprintf(l->member, sizeof l->member, "%s", member);
    return l;
}

/* What the entry names came before it: the replay still knows of which kind it is. */
static void take_named(void *ctx, const char *member, uint64_t entry)
{
    struct entry_look *l = ctx;
    struct known_entry known;
    struct entry_link *link = add_link(&l->names, member, entry);
    if (link != NULL && entry < l->entry && l->r->scratch != NULL &&
        scratch_get(l->r->scratch, entry, &known) == LOOKUP_FOUND)
        link->kind = known.kind;
}

static void take_shown(struct entry_look *l, const struct judged *e)
{
    const struct record *r = e->record;
    l->seen = true;
    buf_add_span(&l->bytes, e->bytes);
    kept_text(&l->bytes);
    l->leaf = *e->leaf;
    l->kind = r != NULL ? r->kind : KIND_NONE;
    l->counts = e->counts;
    l->signer = e->signer;
    l->accepted = e->has_header ? e->accepted : 0;
    l->json = entry_json(e, judge_registry(l->r->judge), VERDICT_UNDECIDED);
    if (r != NULL)
        entry_refs(r->object, take_named, l);
}

struct link_search {
    struct entry_look *look;
    const struct judged *by;
    bool taken; /* one record is listed once */
};

static void take_naming(void *ctx, const char *member, uint64_t entry)
{
    struct link_search *n = ctx;
    const struct judged *e = n->by;
    if (entry != n->look->entry || n->taken)
        return;
    n->taken = true;
    struct entry_link *link = add_link(&n->look->named_by, member, e->index);
    if (link == NULL)
        return;
    link->kind = e->record->kind;
    link->accepted = e->has_header ? e->accepted : 0;
    snprintf(link->signer, sizeof link->signer, "%.*s", (int)e->record->signer.n,
             (const char *)e->record->signer.p);
}

void entry_look_at(void *ctx, const struct judged *e)
{
    struct entry_look *l = ctx;
    struct link_search search = { .look = l, .by = e };
    if (e->index == l->entry)
        take_shown(l, e);
    else if (e->index > l->entry && e->counts && e->record != NULL)
        entry_refs(e->record->object, take_naming, &search);
}

enum verdict entry_look_verdict(const struct entry_look *l)
{
    enum verdict v = entry_verdict(&l->r->findings, l->entry);
    return v == VERDICT_GOOD && !l->counts ? VERDICT_UNDECIDED : v;
}

const struct enrolment *entry_look_signer(const struct entry_look *l)
{
    return l->counts && l->signer != NO_SIGNER
               ? registry_get(judge_registry(l->r->judge), l->signer)
               : NULL;
}
