/* What a letter says of a request, from the log. */
#include <inttypes.h>

#include "client/notify/letter.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/terms.h"

/* ---- terms and values ------------------------------------------------------------------------ */

static void heading(struct sheet *s, const char *text)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, text);
}

static void value_time(struct sheet *s, const char *before, int64_t ms)
{
    struct buf text = { 0 };
    buf_adds(&text, before);
    locale_time(&text, ms);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void value_until(struct sheet *s, const char *before, int64_t ms)
{
    struct buf text = { 0 };
    buf_adds(&text, before);
    locale_until(&text, ms);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

/* ---- what the log says of the request -------------------------------------------------------- */

struct facts {
    struct sheet *s;
    const struct notices *n;
    const struct casebook *cb;
    const struct request *r;
    const struct notice_facts *f;
};

static const char *words(const struct facts *x, enum vocabulary v, word w)
{
    return label(v, casebook_text(x->cb, w));
}

static const char *text_of(const struct facts *x, word w)
{
    return casebook_text(x->cb, w);
}

/* An institution by its name, its code beside it. */
static void add_institution(struct buf *out, const struct facts *x, word w)
{
    institution_add(out, &x->n->names, text_of(x, w));
}

/* A court: what has no name is called one. */
static void add_court(struct buf *out, const struct facts *x, word court)
{
    if (institution_name(&x->n->names, text_of(x, court)) == NULL)
        buf_adds(out, TR("the court ", "el juzgado "));
    add_institution(out, x, court);
}

static void term_institution(const struct facts *x, const char *name, word w)
{
    struct buf text = { 0 };
    add_institution(&text, x, w);
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_take(x->s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void add_who(const struct facts *x)
{
    heading(x->s, TR("Who asked, and when", "Quién los pidió y cuándo"));
    term_institution(x, label_member(KIND_REQUEST, "authority"), x->r->authority);
    term(x->s, label_member(KIND_REQUEST, "function"),
         words(x, VOCABULARY_FUNCTION, x->r->function));
    term(x->s, label_member(KIND_REQUEST, "level"), words(x, VOCABULARY_LEVEL, x->r->level));
    term_time(x->s, TR("Request recorded", "Solicitud asentada"), x->r->accepted);
    if (x->f->case_number == 0)
        return;
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, label_member(KIND_REQUEST, "case"));
    sheet_addf(x->s, SHEET_VALUE, VERDICT_GOOD, "%s: %s",
               words(x, VOCABULARY_CASE_SCHEME, x->f->case_scheme), text_of(x, x->f->case_number));
}

static void add_what(const struct facts *x)
{
    const struct window *w = &x->f->data_window;
    heading(x->s, TR("What was asked for, and of whom", "Qué se pidió y a quién"));
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, label_member(KIND_REQUEST, "categories"));
    for (uint32_t i = 0; i < x->r->categories_n; i++)
        sheet_add(x->s, SHEET_VALUE, VERDICT_GOOD,
                  words(x, VOCABULARY_CATEGORY, casebook_words(x->cb, x->r->categories)[i]));
    if (w->from == NO_TIME) {
        term(x->s, label_member(KIND_REQUEST, "data_window"),
             TR("the request does not say", "la solicitud no lo dice"));
    } else {
        sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, label_member(KIND_REQUEST, "data_window"));
        value_time(x->s, TR("from ", "desde el "), w->from);
        value_until(x->s, TR("until ", "hasta el "), w->until);
    }
    term_institution(x, label_member(KIND_REQUEST, "holder"), x->r->holder);
    if (x->r->sector != 0)
        term(x->s, TR("Sector", "Sector"), words(x, VOCABULARY_SECTOR, x->r->sector));
    term_number(x->s, TR("Persons whose data were asked for", "Personas cuyos datos se pidieron"),
                x->r->persons);
}

/* Under which warrant, as far as the log has it. */
static void add_warrant(const struct facts *x)
{
    const struct warrant *w = casebook_warrant_of(x->cb, x->r);
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, label_member(KIND_REQUEST, "warrant"));
    if (x->r->resolved == RESOLVED_UNNAMED) {
        sheet_add(x->s, SHEET_VALUE, VERDICT_GOOD, TR("none is named", "no se nombra ninguno"));
    } else if (w == NULL) {
        sheet_add(x->s, SHEET_VALUE, VERDICT_GOOD, text_of(x, x->r->ref));
        sheet_add(x->s, SHEET_HINT, VERDICT_GOOD,
                  TR("the request names it; it could not be told which warrant of a judge in this "
                     "log that is, if any",
                     "así lo nombra la solicitud; no se pudo saber a qué mandamiento de un juez en "
                     "esta bitácora corresponde, si hay alguno"));
    } else {
        struct buf text = { 0 };
        buf_addf(&text, TR("%s, given by ", "%s, dado por "), text_of(x, w->ref));
        add_court(&text, x, w->court);
        buf_addf(&text, TR(", entry %" PRIu64, ", asiento %" PRIu64), w->entry);
        sheet_take(x->s, SHEET_VALUE, VERDICT_GOOD, &text);
    }
}

static void add_emergency(const struct facts *x)
{
    if (!x->r->emergency)
        return;
    term(x->s, TR("Emergency, without waiting for a judge", "Urgencia, sin esperar a un juez"),
         x->r->ground == 0 ? TR("no ground is stated", "no se expresa el supuesto")
                           : words(x, VOCABULARY_GROUND, x->r->ground));
}

static void add_ratified(const struct facts *x)
{
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD,
              TR("Data that the judge ratified", "Datos que el juez ratificó"));
    for (uint32_t i = 0; i < x->f->ratified_categories_n; i++) {
        const word *w = shelf_at(&x->n->categories, x->f->ratified_categories + i);
        sheet_add(x->s, SHEET_VALUE, VERDICT_GOOD, words(x, VOCABULARY_CATEGORY, *w));
    }
    if (x->f->ratified_categories_n == 0)
        sheet_add(x->s, SHEET_VALUE, VERDICT_GOOD,
                  TR("the ruling in the log does not say which",
                     "la resolución en la bitácora no dice cuáles"));
}

static void add_ruling(const struct facts *x)
{
    if (x->f->ratified == 0) {
        if (x->r->emergency)
            term(x->s, TR("What the judge decided", "Qué resolvió el juez"),
                 TR("no ruling is in the log yet", "aún no hay resolución en la bitácora"));
        return;
    }
    struct buf text = { 0 };
    buf_addf(&text, TR("%s, by ", "%s, por "), label_word(TYPE_RESULT, text_of(x, x->f->ratified)));
    add_court(&text, x, x->f->ratifier);
    buf_adds(&text, TR(", on ", ", el "));
    locale_day(&text, x->f->ratification_accepted);
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, TR("What the judge decided", "Qué resolvió el juez"));
    sheet_take(x->s, SHEET_VALUE, VERDICT_GOOD, &text);
    if (x->r->ratified == RATIFIED_PARTIAL || x->r->ratified == RATIFIED_PARTIAL_OUTSIDE ||
        x->r->ratified == RATIFIED_PARTIAL_UNSAID)
        add_ratified(x);
}

static void add_why(const struct facts *x)
{
    heading(x->s, TR("What for, and on what grounds", "Para qué y con qué fundamento"));
    term(x->s, label_member(KIND_REQUEST, "purpose"), words(x, VOCABULARY_PURPOSE, x->r->purpose));
    term(x->s, label_member(KIND_REQUEST, "basis"), words(x, VOCABULARY_BASIS, x->r->basis));
    add_warrant(x);
    add_emergency(x);
    add_ruling(x);
    if (x->r->automated)
        term(x->s, label_member(KIND_REQUEST, "automated"), TR("yes", "sí"));
}

static void add_answer(const struct facts *x)
{
    heading(x->s, TR("What came of it", "Qué resultó"));
    if (x->r->answer == NO_ENTRY) {
        term(x->s, TR("Answer", "Respuesta"),
             TR("none is in the log yet", "aún no consta en la bitácora"));
    } else {
        term_institution(x, TR("Answered by", "Contestó"), x->f->answerer);
        term(x->s, TR("Answer", "Respuesta"),
             words(x, VOCABULARY_OUTCOME, x->f->delivered != 0 ? x->f->delivered : x->r->outcome));
        term_time(x->s, TR("First answer recorded", "Primera respuesta asentada"),
                  x->r->answer_accepted);
    }
    if (x->r->told != NO_ENTRY)
        term_time(x->s, TR("Notice to the person recorded", "Aviso a la persona asentado"),
                  x->r->told_accepted);
}

static void add_transfers(const struct facts *x)
{
    sheet_add(x->s, SHEET_TERM, VERDICT_GOOD, TR("Passed on to others", "Transferencias a otros"));
    if (x->f->transfer == NO_TRANSFER)
        sheet_add(x->s, SHEET_VALUE, VERDICT_GOOD,
                  TR("no such transfer is in the log, at home or abroad",
                     "ninguna consta en la bitácora, ni en el país ni al extranjero"));
    for (uint32_t i = x->f->transfer; i != NO_TRANSFER;) {
        const struct transfer *t = shelf_at(&x->n->transfers, i);
        struct buf text = { 0 };
        i = t->next;
        buf_addf(&text, TR("to %s (country: %s), on ", "a %s (país: %s), el "),
                 text_of(x, t->authority), text_of(x, t->country));
        locale_day(&text, t->accepted);
        buf_addf(&text, TR("; legal instrument: %s", "; instrumento legal: %s"),
                 t->instrument == 0 ? TR("none is named", "no se nombra ninguno")
                                    : text_of(x, t->instrument));
        sheet_take(x->s, SHEET_VALUE, VERDICT_GOOD, &text);
    }
}

/* Why the person was not told before. */
static void add_deferral(const struct facts *x)
{
    if (x->r->deferral != NO_ENTRY) {
        struct buf text = { 0 };
        buf_adds(&text, TR("ordered by ", "lo ordenó "));
        add_court(&text, x, x->f->deferral_court);
        buf_adds(&text, TR(" on ", " el "));
        locale_day(&text, x->f->deferral_accepted);
        sheet_add(x->s, SHEET_TERM, VERDICT_GOOD,
                  TR("Deferral of this notice", "Aplazamiento de este aviso"));
        sheet_take(x->s, SHEET_VALUE, VERDICT_GOOD, &text);
        value_until(x->s, TR("until ", "hasta el "), x->r->deferred_until);
        sheet_addf(x->s, SHEET_VALUE, VERDICT_GOOD, TR("reason: %s", "motivo: %s"),
                   words(x, VOCABULARY_DEFERRAL_REASON, x->f->deferral_reason));
    }
    if (x->r->notify_after != NO_TIME)
        term_time(x->s,
                  TR("The authority asked for no notice before",
                     "La autoridad pidió que no se avisara antes del"),
                  x->r->notify_after);
}

void letter_facts(struct sheet *s, const struct notices *n, uint32_t request)
{
    struct facts x = { s, n, &n->audit->cb, notices_request(n, request),
                       notices_facts(n, request) };
    add_who(&x);
    add_what(&x);
    add_why(&x);
    add_answer(&x);
    add_transfers(&x);
    add_deferral(&x);
}
