#include "client/notify/letter.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/notify/letter_wrap.h"
#include "client/show/html.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/terms.h"

/* ---- terms and values ------------------------------------------------------------------------ */

static void heading(struct sheet *s, const char *text)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, text);
}

static void paragraph(struct sheet *s, const char *text)
{
    sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD, text);
}

static void point(struct sheet *s, const char *text)
{
    sheet_add(s, SHEET_POINT, VERDICT_GOOD, text);
}

static void value_time(struct sheet *s, const char *before, int64_t ms)
{
    struct buf text = { 0 };
    buf_adds(&text, before);
    locale_time(&text, ms);
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

static void add_who(const struct facts *x)
{
    heading(x->s, TR("Who asked, and when", "Quién los pidió y cuándo"));
    term(x->s, label_member(KIND_REQUEST, "authority"), text_of(x, x->r->authority));
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
        value_time(x->s, TR("until ", "hasta el "), w->until);
    }
    term(x->s, label_member(KIND_REQUEST, "holder"), text_of(x, x->r->holder));
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
        sheet_addf(
            x->s, SHEET_VALUE, VERDICT_GOOD,
            TR("%s, of the court %s, entry %" PRIu64, "%s, del juzgado %s, asiento %" PRIu64),
            text_of(x, w->ref), text_of(x, w->court), w->entry);
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
    buf_addf(&text, TR("%s, by the court %s, on ", "%s, por el juzgado %s, el "),
             label_word(TYPE_RESULT, text_of(x, x->f->ratified)), text_of(x, x->f->ratifier));
    locale_date(&text, x->f->ratification_accepted);
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
        term(x->s, TR("Answered by", "Contestó"), text_of(x, x->f->answerer));
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
        locale_date(&text, t->accepted);
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
        buf_addf(&text, TR("ordered by the court %s on ", "lo ordenó el juzgado %s el "),
                 text_of(x, x->f->deferral_court));
        locale_date(&text, x->f->deferral_accepted);
        sheet_add(x->s, SHEET_TERM, VERDICT_GOOD,
                  TR("Deferral of this notice", "Aplazamiento de este aviso"));
        sheet_take(x->s, SHEET_VALUE, VERDICT_GOOD, &text);
        value_time(x->s, TR("until ", "hasta el "), x->r->deferred_until);
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

/* ---- the letter ------------------------------------------------------------------------------ */

static const char *title(void)
{
    return TR("Notice: an authority obtained data linked to you",
              "Aviso: una autoridad obtuvo datos vinculados con usted");
}

static void add_intro(struct sheet *s, const struct letter *l)
{
    const struct casebook *cb = &l->notices->audit->cb;
    const struct request *r = notices_request(l->notices, l->request);
    sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
               TR("An authority (%s) asked %s for data, and obtained data. The request "
                  "names the identifier to which this letter is addressed. This letter tells you "
                  "what was recorded about it, so that you can ask questions and defend your "
                  "rights.",
                  "Una autoridad (%s) pidió datos a %s, y obtuvo datos. La solicitud nombra "
                  "el identificador al que va dirigida esta carta. Aquí se le informa qué quedó "
                  "asentado, para que pueda preguntar y defender sus derechos."),
               casebook_text(cb, r->authority), casebook_text(cb, r->holder));
    paragraph(s,
              TR("That a request was recorded does not mean that it was lawful, nor that you "
                 "are suspected of anything. If this identifier is not yours, please tell the "
                 "body that writes to you, and keep what you read here to yourself.",
                 "Que una solicitud esté asentada no significa que haya sido legal, ni que se "
                 "sospeche de usted. Si este identificador no es suyo, avise por favor al órgano "
                 "que le escribe y no difunda lo que aquí leyó."));
}

static void add_verifying(struct sheet *s, const struct letter *l)
{
    const struct request *r = notices_request(l->notices, l->request);
    const struct notice_facts *f = notices_facts(l->notices, l->request);
    heading(s, TR("How to verify this", "Cómo comprobarlo"));
    term(s, TR("Log", "Bitácora"), l->origin);
    term_number(s, TR("Entry", "Asiento"), r->entry);
    term_hash(s, TR("Hash of the entry", "Hash del asiento"), &f->leaf);
    term_number(s, TR("Entries under the checkpoint", "Asientos bajo el checkpoint"),
                l->checkpoint->size);
    term_hash(s, TR("Root of the checkpoint", "Raíz del checkpoint"), &l->checkpoint->root);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, TR("Receipt that goes with this", "Recibo adjunto"));
    sheet_add(s, SHEET_CODE, VERDICT_GOOD, l->receipt);
    sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
               TR("The receipt proves that the request stands in the log and was not changed. "
                  "Anyone can check it without trusting whoever runs the log: bitacora receipt "
                  "show --policy POLICY %s. It does not say whom the request names; ask the body "
                  "that writes to you for the opening of your identifier (bitacora disclose), "
                  "which proves that to whomever you show it.",
                  "El recibo prueba que la solicitud está en la bitácora y no se ha cambiado. "
                  "Cualquiera puede comprobarlo sin confiar en quien opera la bitácora: bitacora "
                  "receipt show --policy POLÍTICA %s. No dice a quién nombra la solicitud; pida al "
                  "órgano que le escribe la apertura de su identificador (bitacora disclose), que "
                  "lo prueba a quien usted se la muestre."),
               l->receipt);
}

static void add_rights(struct sheet *s, const struct letter *l)
{
    heading(s, TR("What you can do", "Qué puede hacer"));
    point(s, TR("Ask the authority, and the data holder, for access to the data about you that "
                "they hold; and that what is wrong be rectified or what may not be kept be "
                "cancelled; or object to its use.",
                "Pedir a la autoridad y a quien entregó los datos acceso a los que tengan sobre "
                "usted, que se rectifique lo que esté mal o se cancele lo que no deba conservarse, "
                "u oponerse a su uso."));
    point(s, TR("If you think that your rights were violated, you may file an amparo. Terms are "
                "short and may run from the day on which you learn of it: ask a lawyer or the "
                "public defender soon.",
                "Si cree que se violaron sus derechos, puede promover un juicio de amparo. Los "
                "plazos son cortos y pueden contarse desde el día en que se entera: consulte "
                "pronto a una persona abogada o a la defensoría pública."));
    sheet_addf(s, SHEET_POINT, VERDICT_GOOD,
               TR("Complain, or ask questions, to the body that writes to you: %s (%s). Have this "
                  "letter and its receipt at hand.",
                  "Presentar una queja o preguntar al órgano que le escribe: %s (%s). Tenga a la "
                  "mano esta carta y su recibo."),
               l->sender->authority, l->sender->key.name);
    paragraph(s, TR("This is information, not legal advice.",
                    "Esto es información, no asesoría jurídica."));
}

static void write_body(struct sheet *s, const struct letter *l)
{
    add_intro(s, l);
    letter_facts(s, l->notices, l->request);
    add_verifying(s, l);
}

static void add_sender(struct buf *out, const struct letter *l)
{
    buf_addf(out, "%s\n%s", l->sender->authority, l->sender->key.name);
    if (*l->sender->function != 0)
        buf_addf(out, "\n%s", label(VOCABULARY_FUNCTION_OR_SECTOR, l->sender->function));
    buf_adds(out, "\n");
    locale_date(out, l->moment);
}

static void add_addressee(struct buf *out, const struct letter *l)
{
    buf_addf(
        out,
        TR("To the person identified by\n%s: %s", "A la persona que se identifica con\n%s: %s"),
        label(VOCABULARY_SUBJECT_TYPE, l->type), l->value);
}

/* A buffer that held an identifier. */
static void free_secret(struct buf *b)
{
    if (b->p != NULL)
        sodium_memzero(b->p, b->n);
    buf_free(b);
}

/* ---- as text --------------------------------------------------------------------------------- */

static void wrap_sheet(struct buf *out, const struct sheet *s)
{
    char *text = NULL;
    size_t n;
    FILE *f = kept(open_memstream(&text, &n));
    if (f == NULL)
        return;
    sheet_print(s, f);
    if (fclose(f) == 0)
        letter_wrap(out, text);
    else
        lost(ENOMEM);
    free(text);
}

void letter_text(struct buf *out, const struct letter *l)
{
    struct sheet s = { 0 };
    write_body(&s, l);
    add_rights(&s, l);
    add_sender(out, l);
    buf_adds(out, "\n\n");
    add_addressee(out, l);
    buf_addf(out, "\n\n%s\n\n", title());
    wrap_sheet(out, &s);
    buf_addf(out, "\n\n\n______________________________\n%s\n", l->sender->authority);
    sheet_free(&s);
    if (out->failed)
        lost(ENOMEM);
}

/* ---- as a page ------------------------------------------------------------------------------- */

/* What can be done about it, and who signs, on one page: a signature alone on paper could be put
 * under anything. */
static void page_end(struct buf *out, const struct letter *l)
{
    struct sheet s = { 0 };
    add_rights(&s, l);
    html_together_begin(out);
    sheet_html(&s, out);
    html_signature_line(out, l->sender->authority);
    html_together_end(out);
    html_end(out, NULL);
    sheet_free(&s);
}

void letter_page(struct buf *out, const struct letter *l)
{
    struct sheet s = { 0 };
    struct buf lines = { 0 }, running = { 0 };
    const struct request *r = notices_request(l->notices, l->request);
    write_body(&s, l);
    buf_addf(&running, TR("Entry %" PRIu64 " of %s", "Asiento %" PRIu64 " de %s"), r->entry,
             l->origin);
    html_begin(out, title(), NULL, kept_text(&running));
    add_sender(&lines, l);
    html_address(out, kept_text(&lines));
    buf_clear(&lines);
    add_addressee(&lines, l);
    html_address(out, kept_text(&lines));
    sheet_html(&s, out);
    page_end(out, l);
    sheet_free(&s);
    if (out->failed || lines.failed || running.failed)
        lost(ENOMEM);
    free_secret(&lines);
    buf_free(&running);
}
