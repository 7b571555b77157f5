#include "client/warrant/warrant_line.h"

#include <inttypes.h>

#include "client/base/lost.h"
#include "client/warrant/warrant_sheet.h"
#include "client/warrant/warrant_words.h"

/* Entries that an answer rests on, but for those that the line says itself. */
static void add_related(struct buf *out, const struct warrant_case *c, const struct case_line *l,
                        const struct rule_answer *a)
{
    uint64_t entry[RELATED_MAX];
    size_t n = 0;
    for (size_t i = 0; i < RELATED_MAX && a->related[i] != NO_ENTRY; i++) {
        bool said = a->related[i] == l->entry;
        for (size_t k = 0; k < l->abouts && !said; k++)
            said = c->line[case_numbers(c, l->about)[k]].entry == a->related[i];
        if (!said)
            entry[n++] = a->related[i];
    }
    if (n == 0)
        return;
    buf_adds(out, n == 1 ? TR(" (see entry ", " (véase el asiento ")
                         : TR(" (see entries ", " (véanse los asientos "));
    words_entry_list(out, entry, n, n);
    buf_adds(out, ")");
}

/* The first reason for a scope stands behind the scope itself; the others on their own. */
struct marking {
    const struct warrant_case *c;
    const struct case_line *l;
    case_mark_fn *mark;
    void *ctx;
    bool begun;
};

static void mark_reason(struct marking *m, struct buf *why)
{
    struct buf text = { 0 };
    bool inside = m->l->scope == SCOPE_INSIDE;
    if (!m->begun)
        buf_addf(&text, "%s%s", words_scope(m->l), why->n == 0 ? "" : inside ? " (" : "; ");
    m->begun = true;
    buf_add_span(&text, kept_span(why));
    if (why->n > 0 && inside)
        buf_adds(&text, ")");
    m->mark(m->ctx, scope_verdict(m->l->scope), kept_text(&text));
    buf_free(&text);
    buf_free(why);
}

/* Inside: what was asked. */
static void mark_inside(struct marking *m)
{
    struct buf why = { 0 };
    for (size_t i = 0; i < m->l->answers; i++)
        if (rule_tells_scope(m->l->answer[i].rule))
            buf_addf(&why, "%s%s", why.n == 0 ? "" : ", ",
                     rule_name((enum rule)m->l->answer[i].rule));
    mark_reason(m, &why);
}

/* An act on requests that are outside is outside for no reason of its own. */
static void mark_inherited(struct marking *m)
{
    uint64_t entry[ABOUTS_MAX];
    struct buf why = { 0 };
    size_t n = 0;
    for (size_t i = 0; m->l->kind != KIND_REQUEST && i < m->l->abouts; i++) {
        const struct case_line *of = &m->c->line[case_numbers(m->c, m->l->about)[i]];
        if (of->kind == KIND_REQUEST && of->scope == m->l->scope)
            entry[n++] = of->entry;
    }
    if (n == 0)
        return;
    buf_adds(&why,
             n == 1 ? TR("as the request of entry ", "como la solicitud del asiento ")
                    : TR("as the requests of entries ", "como las solicitudes de los asientos "));
    words_entry_list(&why, entry, n, n);
    mark_reason(m, &why);
}

static void add_reason(struct buf *out, const struct marking *m, const struct rule_answer *a)
{
    buf_addf(out, "%s: ", rule_name((enum rule)a->rule));
    if (a->rule == R19 && m->l->unresolved != UNRESOLVED_NOT)
        words_unresolved(out, m->c, m->l);
    else
        words_answer(out, m->c, a);
    add_related(out, m->c, m->l, a);
}

static void mark_scope(struct marking *m)
{
    struct buf none = { 0 };
    if (m->l->scope == SCOPE_INSIDE)
        mark_inside(m);
    if (m->l->scope < SCOPE_UNKNOWN)
        return;
    mark_inherited(m);
    for (size_t i = 0; i < m->l->answers; i++) {
        const struct rule_answer *a = &m->l->answer[i];
        struct buf why = { 0 };
        if (a->result == RESULT_PASS || !rule_tells_scope(a->rule))
            continue;
        add_reason(&why, m, a);
        mark_reason(m, &why);
    }
    if (!m->begun) /* cannot happen: something told the scope */
        mark_reason(m, &none);
}

void case_line_marks(const struct warrant_case *c, const struct case_line *l, case_mark_fn *mark,
                     void *ctx)
{
    struct marking m = { c, l, mark, ctx, false };
    mark_scope(&m);
    if (l->absent)
        mark(ctx, VERDICT_BAD,
             TR("of another court: counts as absent", "de otro juzgado: se tiene por inexistente"));
    for (size_t i = 0; i < l->answers; i++) {
        const struct rule_answer *a = &l->answer[i];
        struct buf text = { 0 };
        if (a->result == RESULT_PASS || rule_tells_scope(a->rule))
            continue;
        add_reason(&text, &m, a);
        mark(ctx, a->result == RESULT_FINDING ? VERDICT_BAD : VERDICT_UNDECIDED, kept_text(&text));
        buf_free(&text);
    }
}

void case_line_cites(struct buf *out, const struct case_line *l)
{
    const struct value *named = value_member(l->object, "warrant");
    if (!l->apart || l->kind != KIND_REQUEST)
        return;
    buf_adds(out, named == NULL ? TR("; cites no warrant", "; no cita ningún mandamiento")
                                : TR("; cites the warrant ", "; cita el mandamiento "));
    if (named != NULL)
        words_quoted(out, object_text(named, "ref"));
}

void case_line_erased(struct buf *out, const struct case_line *l)
{
    if (l->erased_before != NO_ENTRY)
        buf_addf(out,
                 TR("; something that it seals had been ordered erased before, by entry %" PRIu64,
                    "; algo que sella ya se había ordenado borrar, por el asiento %" PRIu64),
                 l->erased_before);
}

size_t case_group_lines(const struct warrant_case *c, size_t of, bool *member)
{
    size_t n = 0;
    warrant_case_group(c, of, member);
    for (size_t i = 0; i < c->lines; i++)
        n += member[i] && i != of;
    return n;
}

const char *case_group_heading(const struct warrant_case *c, size_t of)
{
    return of == GROUP_APART(c)
               ? TR("Other requests about a person whom this warrant names, that do not cite it",
                    "Otras solicitudes sobre una persona que este mandamiento nombra, que no lo "
                    "citan")
           : of < c->lines
               ? TR("What was recorded as done under it", "Lo que se asentó como hecho con él")
               : TR("Requests that cite the reference and have no such warrant",
                    "Solicitudes que citan la referencia y no tienen tal mandamiento");
}

void case_warrant_terms(struct sheet *s, const struct warrant_case *c, size_t line)
{
    struct case_line l = case_line_open(c, line);
    if (l.object != NULL)
        warrant_terms_sheet(s, c, &l);
    case_line_close(&l);
}
