#include "client/notify/letter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/notify/letter_wrap.h"
#include "client/show/html.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/terms.h"
#include "proto/sys/secret.h"

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
    struct buf authority = { 0 }, holder = { 0 };
    institution_add(&authority, &l->notices->names, casebook_text(cb, r->authority));
    institution_add(&holder, &l->notices->names, casebook_text(cb, r->holder));
    sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
               TR("An authority, %s, asked %s for data, and obtained data. The request "
                  "names the identifier to which this letter is addressed. This letter tells you "
                  "what was recorded about it, so that you can ask questions and defend your "
                  "rights.",
                  "Una autoridad, %s, pidió datos a %s, y obtuvo datos. La solicitud nombra "
                  "el identificador al que va dirigida esta carta. Aquí se le informa qué quedó "
                  "asentado, para que pueda preguntar y defender sus derechos."),
               kept_text(&authority), kept_text(&holder));
    buf_free(&authority);
    buf_free(&holder);
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
    term_number(s, TR("Entries under the checkpoint", "Asientos bajo el punto de control"),
                l->checkpoint->size);
    term_hash(s, TR("Root of the checkpoint", "Raíz del punto de control"), &l->checkpoint->root);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, TR("Receipt that goes with this", "Recibo adjunto"));
    sheet_add(s, SHEET_FILE, VERDICT_GOOD, l->receipt);
    paragraph(
        s,
        TR("The receipt proves that the request stands in the log and was not changed. Anybody "
           "can check that with the program Bitácora, without trusting whoever runs the log; a "
           "court, a lawyer or the body that writes to you can do it for you. The receipt does "
           "not say whom the request names. Ask the body that writes to you for the opening of "
           "your identifier: it proves that to whomever you show it.",
           "El recibo prueba que la solicitud está en la bitácora y no se ha cambiado. "
           "Cualquiera puede comprobarlo con el programa Bitácora, sin confiar en quien opera la "
           "bitácora; un juzgado, una persona abogada o el órgano que le escribe pueden hacerlo "
           "por usted. El recibo no dice a quién nombra la solicitud. Pida al órgano que le "
           "escribe la apertura de su identificador: lo prueba a quien usted se la muestre."));
}

static void add_rights(struct sheet *s, const struct letter *l)
{
    struct buf body = { 0 };
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
    point(s, TR("Complain, or ask questions: where and how is said below. Have this letter and "
                "its receipt at hand.",
                "Presentar una queja o preguntar: abajo se dice dónde y cómo. Tenga a la mano esta "
                "carta y su recibo."));
    paragraph(s, TR("This is information, not legal advice.",
                    "Esto es información, no asesoría jurídica."));
    heading(s, TR("Where to complain or ask", "Dónde quejarse o preguntar"));
    institution_add(&body, &l->notices->names, l->sender->authority);
    term(s, TR("Body that writes to you", "Órgano que le escribe"), kept_text(&body));
    term(s, TR("Signs in the log as", "Firma en la bitácora como"), l->sender->key.name);
    contact_terms(s, l->contact);
    buf_free(&body);
}

static void write_body(struct sheet *s, const struct letter *l)
{
    add_intro(s, l);
    letter_facts(s, l->notices, l->request);
    add_verifying(s, l);
}

/* Who signs on paper. */
static const char *sender_name(const struct letter *l)
{
    const char *name = institution_name(&l->notices->names, l->sender->authority);
    return name == NULL ? l->sender->authority : name;
}

static void add_sender(struct buf *out, const struct letter *l)
{
    institution_add(out, &l->notices->names, l->sender->authority);
    if (*l->sender->function != 0)
        buf_addf(out, "\n%s", label(VOCABULARY_FUNCTION_OR_SECTOR, l->sender->function));
    buf_adds(out, "\n");
    locale_day(out, l->moment);
}

static void add_addressee(struct buf *out, const struct letter *l)
{
    buf_addf(
        out,
        TR("To the person identified by\n%s: %s", "A la persona que se identifica con\n%s: %s"),
        label(VOCABULARY_SUBJECT_TYPE, l->type), l->value);
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
    buf_addf(out, "\n\n\n______________________________\n%s\n", sender_name(l));
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
    html_signature_line(out, sender_name(l));
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
    buf_wipe(&lines);
    buf_free(&running);
}
