#include "client/answer/answer_facts.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/record/entry.h"

void answer_facts_open(struct answer_facts *f)
{
    *f = (struct answer_facts){
        .index = NO_ENTRY, .newer = NO_ENTRY, .revoked = NO_ENTRY, .auditor = { .anchor = NO_ENTRY }
    };
    shelf_open(&f->lines, sizeof(struct answer_line));
    shelf_open(&f->text, 1);
    shelf_open(&f->carried, sizeof(struct answer_carried));
}

void answer_facts_close(struct answer_facts *f)
{
    if (f->alike.ref != NULL)
        lookalikes_close(&f->alike);
    shelf_close(&f->lines);
    shelf_close(&f->text);
    shelf_close(&f->carried);
    accepted_free(&f->accepted);
    free(f->value);
    f->value = NULL;
    f->alike.ref = NULL;
}

const struct answer_line *answer_facts_line(const struct answer_facts *f, uint64_t entry)
{
    uint64_t low = 0, high = f->lines.n;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct answer_line *l = shelf_at(&f->lines, middle);
        if (l->entry < entry)
            low = middle + 1;
        else
            high = middle;
    }
    const struct answer_line *l = low < f->lines.n ? shelf_at(&f->lines, low) : NULL;
    return l != NULL && l->entry == entry ? l : NULL;
}

struct value *answer_line_object(const struct answer_facts *f, const struct answer_line *l)
{
    struct refusal why;
    /* It was strict JSON when it was judged: only memory can fail. */
    return kept(json_strict(span_of(shelf_at(&f->text, l->json), l->json_n), &why));
}

/* ---- entries --------------------------------------------------------------------------------- */

/* The carried entry at that index, taken apart. Returns false if it is not there or has not its
 * form; else record_free() is to be called. */
static bool open_carried(const struct answer_part *p, uint64_t index, struct entry *e,
                         struct record *r)
{
    struct refusal why = { .reason = REASON_NONE };
    const struct answer_entry *x = answer_part_entry(p, index);
    if (x != NULL && entry_parse(e, x->bytes, &why) == 0 && record_parse(r, e->note, &why) == 0)
        return true;
    if (why.reason == REASON_MEMORY)
        lost(ENOMEM);
    return false;
}

static uint64_t keep_characters(struct answer_facts *f, struct span text)
{
    uint64_t at = f->text.n;
    char *to = shelf_add(&f->text, text.n + 1);
    if (to != NULL && text.n > 0)
        memcpy(to, text.p, text.n);
    return at;
}

/* ---- references ------------------------------------------------------------------------------ */

static const char *own_reference(const struct record *r)
{
    const struct value *of = r->kind == KIND_REQUEST   ? value_member(r->object, "warrant")
                             : r->kind == KIND_WARRANT ? r->object
                                                       : NULL;
    return value_text(value_member(of, "ref"));
}

/* A ref_visit_fn: stops at an entry of the answer that belongs to the very reference. */
static int names_asked(void *ctx, const char *member, const struct entry_ref *ref, enum kind target)
{
    const struct answer_line *l = answer_facts_line(ctx, ref->entry);
    (void)member;
    (void)target;
    return l != NULL && l->of == LINE_ASKED;
}

/* A key is that of a skeleton: which of its entries have, or name what has, the very reference? */
static enum line_of belongs(struct answer_facts *f, uint64_t entry, const struct record *r)
{
    const char *ref = own_reference(r);
    if (f->type != INDEX_KEY_WARRANT)
        return LINE_ASKED;
    lookalikes_take(&f->alike, r->kind == KIND_WARRANT ? CITES_AS_WARRANT : CITES_IN_REQUEST, ref,
                    entry);
    if (ref != NULL && strcmp(ref, f->value) == 0)
        return LINE_ASKED;
    return kind_visit_refs(r->kind, r->object, names_asked, f) != 0 ? LINE_ASKED : LINE_ALIKE;
}

/* ---- a part ---------------------------------------------------------------------------------- */

static struct span second_line(const struct record *r)
{
    const uint8_t *end = memchr(r->text.p, '\n', r->text.n);
    size_t head = (size_t)(end + 1 - r->text.p);
    return span_of(end + 1, r->text.n - head - 1);
}

static void take_record(struct answer_facts *f, const struct answer_part *p,
                        const struct answer_entry *x, struct answer_line *l)
{
    struct entry e;
    struct record r;
    if (!open_carried(p, l->entry, &e, &r)) {
        lost(ENOMEM); /* it was judged to be good */
        return;
    }
    struct span json = second_line(&r);
    l->at = r.at;
    l->of = belongs(f, l->entry, &r);
    l->json = keep_characters(f, json);
    l->json_n = json.n;
    l->signer = keep_characters(f, r.signer);
    l->authority = keep_characters(f, span_str(x->authority));
    if (f->type == INDEX_KEY_VKEY && r.kind == KIND_REVOKE && f->revoked == NO_ENTRY)
        f->revoked = l->entry;
    record_free(&r);
}

static void take_lines(struct answer_facts *f, const struct answer_part *p)
{
    for (size_t i = 0; i < p->entries && !lost_any(); i++) {
        const struct answer_entry *x = &p->entry[i];
        struct answer_line l = { .entry = x->index,
                                 .of = LINE_UNKEYED,
                                 .leaf = x->leaf,
                                 .kind = x->kind,
                                 .accepted = x->accepted,
                                 .role = x->role };
        if (x->index < p->from || x->index >= p->to || (!x->asked && !x->unkeyed))
            continue;
        if (!x->unkeyed)
            take_record(f, p, x, &l);
        f->lines_of[l.of]++;
        shelf_push(&f->lines, &l);
    }
}

static void take_carried(struct answer_facts *f, const struct answer_part *p)
{
    for (size_t i = 0; f->carry && i < p->entries && !lost_any(); i++) {
        const struct answer_entry *x = &p->entry[i];
        const struct answer_carried c = { x->index, x->leaf, keep_characters(f, x->bytes),
                                          x->bytes.n };
        shelf_push(&f->carried, &c);
    }
}

static int compare_carried(const void *x, const void *y)
{
    const struct answer_carried *a = x, *b = y;
    return (a->index > b->index) - (a->index < b->index);
}

void answer_facts_order_carried(struct answer_facts *f)
{
    struct answer_carried *all = shelf_at(&f->carried, 0);
    uint64_t n = 0;
    if (f->carried.n == 0)
        return;
    qsort(all, f->carried.n, sizeof *all, compare_carried);
    for (uint64_t i = 0; i < f->carried.n; i++)
        if (n == 0 || all[n - 1].index != all[i].index)
            all[n++] = all[i];
    f->carried.n = n;
}

/* Behind its own index a tail may show a newer one. */
static void look_for_newer(struct answer_facts *f, const struct answer_part *p)
{
    for (size_t i = p->entries; i-- > 0 && p->entry[i].index > p->index;) {
        struct entry e;
        struct record r;
        struct cover cover;
        if (p->entry[i].kind != KIND_INDEX || !open_carried(p, p->entry[i].index, &e, &r))
            continue;
        bool newer = cover_of(&cover, p->entry[i].index, &r);
        record_free(&r);
        if (!newer)
            continue;
        f->newer = p->entry[i].index;
        return;
    }
}

static void take_auditor(struct answer_facts *f, const struct answer_part *p)
{
    struct entry e;
    struct record r;
    const struct answer_entry *x = p->audit == NO_ENTRY ? NULL : answer_part_entry(p, p->audit);
    if (x == NULL || !open_carried(p, p->audit, &e, &r))
        return;
    f->auditor = (struct answer_auditor){ .anchor = p->audit,
                                          .accepted = e.accepted,
                                          .index = p->audited.entry };
    snprintf(f->auditor.name, sizeof f->auditor.name, "%.*s", (int)r.signer.n,
             (const char *)r.signer.p);
    memcpy(f->auditor.authority, x->authority, sizeof f->auditor.authority);
    record_free(&r);
}

/* A part that names another anchor than the first counts for the tables that it rests on. */
static void take_audited(struct answer_facts *f, const struct answer_part *p)
{
    for (size_t i = 0; i < f->cover.tables; i++) {
        const struct index_table *t = &f->cover.table[i];
        bool same = p->audit != NO_ENTRY && cover_same_table(&p->audited, t) != NULL;
        if (f->parts == 0)
            f->audited[i] = same;
        else if (t->from < p->to && p->from < t->to)
            f->audited[i] = f->audited[i] && same && p->audit == f->auditor.anchor;
    }
}

static void take_first(struct answer_facts *f, const struct answer_part *p,
                       const struct policy *policy)
{
    struct refusal why;
    f->type = p->question.type;
    f->value = kept(strndup((const char *)p->question.value.p, p->question.value.n));
    f->index = p->index;
    f->indexed = p->indexed;
    f->end = p->end;
    f->genesis = p->genesis;
    f->cover = p->cover;
    buf_add_span(&f->accepted.note, p->checkpoint);
    if (f->accepted.note.failed ||
        policy_open(&f->accepted.cp, policy, buf_span(&f->accepted.note), &why) != 0)
        lost(ENOMEM); /* it was opened before */
    if (f->type == INDEX_KEY_WARRANT && f->value != NULL)
        lookalikes_open(&f->alike, f->value);
    take_auditor(f, p);
}

void answer_facts_take(struct answer_facts *f, const struct answer_part *part,
                       const struct policy *policy)
{
    if (f->parts == 0)
        take_first(f, part, policy);
    if (lost_any())
        return;
    take_audited(f, part);
    take_lines(f, part);
    take_carried(f, part);
    look_for_newer(f, part);
    f->date = part->date;
    f->parts++;
}

/* ---- audited --------------------------------------------------------------------------------- */

uint64_t answer_facts_audited_to(const struct answer_facts *f)
{
    uint64_t to = 0;
    for (size_t i = 0; i < f->cover.tables && f->audited[i]; i++)
        to = f->cover.table[i].to;
    return to;
}

size_t answer_facts_tables(const struct answer_facts *f, size_t *audited)
{
    *audited = 0;
    for (size_t i = 0; i < f->cover.tables; i++)
        *audited += f->audited[i];
    return f->cover.tables;
}
