#include "client/answer/answer_words.h"

#include <inttypes.h>

#include "client/answer/answer_lines.h"
#include "client/base/lost.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/terms.h"
#include "client/show/wrapped.h"

#define LATEST INT64_C(253402300799999) /* the last that locale_time() can write */
#define LISTED 24                       /* entries and references in one list */

static void add_time(struct buf *out, int64_t ms)
{
    locale_time(out, ms < LATEST ? ms : LATEST);
}

/* ---- the question ---------------------------------------------------------------------------- */

void answer_title(struct buf *out, const struct answer_facts *f)
{
    switch (f->type) {
    case INDEX_KEY_WARRANT:
        buf_addf(out,
                 TR("Everything under the warrant reference “%s”",
                    "Todo lo que lleva la referencia de mandamiento «%s»"),
                 f->value);
        return;
    case INDEX_KEY_SIGNER:
        buf_addf(out, TR("Everything signed as %s", "Todo lo firmado como %s"), f->value);
        return;
    case INDEX_KEY_VKEY:
        buf_addf(out,
                 TR("Enrolment and revocation of the key %s", "Alta y revocación de la clave %s"),
                 f->value);
        return;
    case INDEX_KEY_HOLDER:
        buf_addf(out,
                 TR("Everything that names the data holder %s",
                    "Todo lo que nombra al poseedor de datos %s"),
                 f->value);
        return;
    case INDEX_KEY_AUTHORITY:
        buf_addf(
            out,
            TR("Everything that names the authority %s", "Todo lo que nombra a la autoridad %s"),
            f->value);
        return;
    default:
        buf_adds(out, TR("Everything that names one sealed person, under this opening",
                         "Todo lo que nombra a una persona sellada, con esta apertura"));
        return;
    }
}

/* ---- in short -------------------------------------------------------------------------------- */

/* "up to entry 41, of 21 November 2026, 16:00:16 (UTC)". */
static void add_up_to(struct buf *out, const struct answer_facts *f)
{
    buf_addf(out, TR("up to entry %" PRIu64 ", of ", "hasta el asiento %" PRIu64 ", del "),
             f->end - 1);
    add_time(out, f->date);
}

/* Whoever wrote the question may have meant that its reference is taken for another one. */
static void add_but_alike(struct buf *out, const struct answer_facts *f)
{
    if (f->lines_of[LINE_ALIKE] == 0)
        return;
    buf_adds(out,
             TR("; but entries have another reference that looks like it, or are about these: ",
                "; pero hay asientos con otra referencia que se ve como esta, o sobre ellos: "));
    locale_number(out, f->lines_of[LINE_ALIKE]);
}

static void add_none(struct buf *out, const struct answer_facts *f)
{
    switch (f->type) {
    case INDEX_KEY_WARRANT:
        buf_adds(out, f->lines_of[LINE_ALIKE] > 0
                          ? TR("No entry names exactly this reference ",
                               "Ningún asiento nombra exactamente esta referencia ")
                          : TR("No entry names this reference ",
                               "Ningún asiento nombra esta referencia "));
        break;
    case INDEX_KEY_SIGNER:
        buf_adds(out, TR("Nothing is signed by this name ", "Nada está firmado con este nombre "));
        break;
    case INDEX_KEY_VKEY:
        buf_adds(out, TR("This key is neither enrolled nor revoked ",
                         "Esta clave no tiene alta ni revocación "));
        break;
    default:
        buf_adds(out, TR("No entry names this ", "Ningún asiento nombra esto "));
        break;
    }
    add_up_to(out, f);
}

static void add_key_status(struct sheet *s, const struct answer_facts *f)
{
    struct buf text = { 0 };
    if (f->revoked != NO_ENTRY) {
        buf_addf(&text, TR("REVOKED by entry %" PRIu64, "REVOCADA por el asiento %" PRIu64),
                 f->revoked);
        sheet_take(s, SHEET_STATUS, VERDICT_BAD, &text);
        return;
    }
    buf_adds(&text, TR("Proven: not revoked ", "Probado: no revocada "));
    add_up_to(&text, f);
    sheet_take(s, SHEET_STATUS, VERDICT_GOOD, &text);
}

static void add_status(struct sheet *s, const struct answer_facts *f)
{
    struct buf text = { 0 };
    uint64_t n = f->lines_of[LINE_ASKED];
    if (n == 0) {
        add_none(&text, f);
        add_but_alike(&text, f);
        sheet_take(s, SHEET_NEUTRAL, VERDICT_GOOD, &text);
        return;
    }
    if (f->type == INDEX_KEY_VKEY)
        add_key_status(s, f);
    if (n == 1)
        buf_adds(&text,
                 TR("Proven: this entry and no others ", "Probado: este asiento y ningún otro "));
    else {
        buf_adds(&text, TR("Proven: these ", "Probado: estos "));
        locale_number(&text, n);
        buf_adds(&text, TR(" entries and no others ", " asientos y ningún otro "));
    }
    add_up_to(&text, f);
    add_but_alike(&text, f);
    sheet_take(s, SHEET_STATUS, VERDICT_GOOD, &text);
}

/* ---- who vouches ----------------------------------------------------------------------------- */

static void add_auditor(struct buf *out, const struct answer_facts *f)
{
    const struct answer_auditor *a = &f->auditor;
    buf_addf(out, TR("The auditor %s", "El auditor %s"), a->name);
    if (a->authority[0] != 0)
        buf_addf(out, " (%s)", a->authority);
    buf_addf(out,
             TR(" recomputed it, says entry %" PRIu64 " of ",
                " lo recalculó, dice el asiento %" PRIu64 " del "),
             a->anchor);
    add_time(out, a->accepted);
}

void answer_vouchers(struct sheet *s, const struct answer_facts *f)
{
    struct buf text = { 0 };
    size_t audited, tables = answer_facts_tables(f, &audited);
    uint64_t to = answer_facts_audited_to(f);
    buf_adds(&text, f->lines_of[LINE_ASKED] == 0
                        ? TR("That there is none", "Que no hay ninguno")
                        : TR("That there are no others", "Que no hay otros"));
    buf_addf(&text,
             TR(" up to entry %" PRIu64 " is what the log's index says (entry %" PRIu64 " of ",
                " hasta el asiento %" PRIu64 " lo dice el índice de la bitácora (asiento %" PRIu64
                " del "),
             f->cover.end - 1, f->index);
    add_time(&text, f->indexed);
    buf_adds(&text, "). ");
    if (audited == 0) {
        buf_adds(&text,
                 TR("That is the operator's word alone: no auditor is shown to have "
                    "recomputed it. Whoever reads the whole log can, and a lie in it convicts "
                    "the operator.",
                    "Eso es solo la palabra de quien opera: no consta que un auditor lo haya "
                    "recalculado. Quien lea toda la bitácora puede, y una mentira en él "
                    "condena a quien opera."));
    } else {
        add_auditor(&text, f);
        buf_addf(&text,
                 TR("; of the %zu tables that this rests on it covers %zu, and without a gap "
                    "entries 0 to %" PRIu64 ". ",
                    "; de las %zu tablas en que esto se apoya abarca %zu, y sin huecos los "
                    "asientos 0 a %" PRIu64 ". "),
                 tables, audited, to == 0 ? 0 : to - 1);
        buf_adds(&text,
                 audited == tables
                     ? TR("So it is not the operator's word alone.",
                          "Así que no es solo la palabra de quien opera.")
                     : TR("The rest is the operator's word alone, until somebody reads the "
                          "whole log and recomputes it.",
                          "Lo demás es solo la palabra de quien opera, hasta que alguien lea "
                          "toda la bitácora y lo recalcule."));
    }
    sheet_take(s, SHEET_PARAGRAPH, VERDICT_GOOD, &text);
    if (f->end > f->cover.end)
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("The entries from %" PRIu64 " to %" PRIu64
                      ", which no index covers yet, were all read.",
                      "Los asientos del %" PRIu64 " al %" PRIu64
                      ", que ningún índice abarca aún, se leyeron todos."),
                   f->cover.end, f->end - 1);
}

/* ---- look-alikes, entries without a form ------------------------------------------------------ */

void answer_doubts_unkeyed(struct sheet *s, const struct answer_facts *f)
{
    struct buf text = { 0 };
    uint64_t n = f->lines_of[LINE_UNKEYED], shown = 0;
    if (n == 0)
        return;
    buf_addf(&text,
             TR("ENTRIES THAT CANNOT BE READ (not in the form of v1): %" PRIu64
                ". Nobody knows whose they are: each of them may belong here (",
                "ASIENTOS QUE NO SE PUEDEN LEER (no tienen la forma de v1): %" PRIu64
                ". Nadie sabe de quién son: cualquiera puede pertenecer aquí ("),
             n);
    for (uint64_t i = 0; i < f->lines.n && shown < LISTED; i++) {
        const struct answer_line *l = shelf_at(&f->lines, i);
        if (l->of == LINE_UNKEYED)
            buf_addf(&text, "%s%" PRIu64, shown++ == 0 ? "" : ", ", l->entry);
    }
    buf_adds(&text, n > shown ? ", …)" : ")");
    sheet_take(s, SHEET_STATUS, VERDICT_UNDECIDED, &text);
}

static void add_alike(struct sheet *s, const struct answer_facts *f)
{
    const struct lookalikes *l = &f->alike;
    if (f->type != INDEX_KEY_WARRANT || f->lines_of[LINE_ALIKE] + lookalikes_total(l) == 0)
        return;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD,
              TR("References that look like this one", "Referencias que se ven como esta"));
    sheet_addf(
        s, SHEET_ITEM, VERDICT_UNDECIDED,
        TR("entries with another reference that looks like this one, or about these: %" PRIu64
           ". They are other references, and not among the entries above.",
           "asientos con otra referencia que se ve como esta, o sobre ellos: %" PRIu64
           ". Son otras referencias, y no están entre los asientos de arriba."),
        f->lines_of[LINE_ALIKE]);
    for (size_t i = 0; i < l->n && i < LISTED; i++) {
        struct buf text = { 0 };
        lookalike_words(&text, l, &l->list[i]);
        sheet_take(s, SHEET_ITEM, VERDICT_UNDECIDED, &text);
    }
    if (l->n > LISTED)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("and %zu more references, which --json lists",
                      "y %zu referencias más, que --json lista"),
                   l->n - LISTED);
}

/* ---- what it rests on, what it does not cover ------------------------------------------------- */

static void add_basis(struct sheet *s, const struct answer_check *c)
{
    const struct answer_facts *f = &c->facts;
    const struct signed_checkpoint *cp = &f->accepted.cp;
    const struct policy *p = c->trust->policy;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What this rests on", "En qué se apoya"));
    term(s, TR("Log", "Bitácora"), policy_log(p, cp->signer)->key.name);
    term_number(s, TR("Entries under the checkpoint", "Asientos del punto de control"),
                cp->checkpoint.size);
    term_hash(s, TR("Root of the checkpoint", "Raíz del punto de control"), &cp->checkpoint.root);
    term_hash(s, TR("Hash of entry 0 (genesis)", "Hash del asiento 0 (génesis)"), &f->genesis);
    sheet_add(s, SHEET_HINT, VERDICT_GOOD,
              c->trust->has_pin
                  ? TR("it is the one that the reader pinned", "es el que fijó quien lee")
                  : TR("taken on the operator's word; --genesis pins it",
                       "es el que dice quien opera; con --genesis se fija"));
    sheet_quorum(s, p, true);
}

static void add_limits_of(struct sheet *s, const struct answer_facts *f)
{
    if (f->type == INDEX_KEY_WARRANT)
        sheet_add(s, SHEET_POINT, VERDICT_GOOD,
                  TR("What cites the reference in another spelling, such as CJF-37/26 for "
                     "CJF-37/2026: ask for that, too.",
                     "Lo que cita la referencia escrita de otro modo, como CJF-37/26 en vez de "
                     "CJF-37/2026: pregunte también por esa."));
    else if (f->type == INDEX_KEY_SUBJECT)
        sheet_add(
            s, SHEET_POINT, VERDICT_GOOD,
            TR("Other entries about the same person: they are sealed anew, with an opening of "
               "their own.",
               "Otros asientos sobre la misma persona: se sellan de nuevo, con una apertura "
               "propia."));
    if (f->type != INDEX_KEY_VKEY)
        sheet_add(s, SHEET_POINT, VERDICT_GOOD,
                  TR("Whether a key that signed here was revoked: ask with --vkey, or replay.",
                     "Si una clave que firmó aquí fue revocada: pregunte con --vkey, o verifique "
                     "con replay."));
}

static void add_not_covered(struct sheet *s, const struct answer_facts *f)
{
    uint64_t size = f->accepted.cp.checkpoint.size;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What it does NOT cover", "Qué NO abarca"));
    if (size > f->end && f->end == f->index && size == f->index + 1)
        sheet_addf(s, SHEET_POINT, VERDICT_GOOD,
                   TR("Under this checkpoint there is one entry after that, %" PRIu64
                      ": the index itself.",
                      "En este punto de control hay un solo asiento posterior, el %" PRIu64
                      ": el índice mismo."),
                   f->index);
    else if (size > f->end)
        sheet_addf(s, SHEET_POINT, VERDICT_GOOD,
                   TR("The entries after that under this checkpoint: %" PRIu64 " (%" PRIu64
                      " to %" PRIu64 "). `bitacora answer --tail` adds them.",
                      "Los asientos posteriores de este punto de control: %" PRIu64 " (%" PRIu64
                      " a %" PRIu64 "). `bitacora answer --tail` los añade."),
                   size - f->end, f->end, size - 1);
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("What came into the log after this checkpoint.",
                 "Lo que entró en la bitácora después de este punto de control."));
    add_limits_of(s, f);
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("What was done without being recorded; whether what the records say is true, or "
                 "was lawful.",
                 "Lo que se hizo sin asentarse; si lo que dicen los registros es cierto, o fue "
                 "lícito."));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void add_findings(struct sheet *s, const struct findings *f)
{
    for (size_t i = 0; i < f->kept && i < LISTED; i++) {
        const struct finding *x = &f->list[i];
        struct buf text = { 0 };
        if (x->entry != NO_ENTRY)
            buf_addf(&text, TR("entry %" PRIu64 ": ", "asiento %" PRIu64 ": "), x->entry);
        refusal_sentence(&text, &x->why, language_get());
        buf_addf(&text, " [%s]", reason_code(x->why.reason));
        sheet_take(s, SHEET_ITEM, x->verdict, &text);
    }
}

static void add_unproven(struct sheet *s, const struct answer_check *c)
{
    sheet_add(
        s, SHEET_STATUS, c->verdict,
        c->verdict == VERDICT_BAD
            ? TR("BAD: this answer must not be relied on", "MAL: esta respuesta no es de fiar")
            : TR("Undecided: this answer proves nothing; do not use it",
                 "Sin decidir: esta respuesta no prueba nada; no la use"));
    sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
              TR("Nothing is shown of what it says, and nothing follows from it: neither that "
                 "there is something nor that there is not.",
                 "No se muestra nada de lo que dice, y nada se sigue de ella: ni que haya algo ni "
                 "que no."));
    add_findings(s, &c->findings);
}

static void flush(struct sheet *s)
{
    if (!lost_any())
        sheet_print_wrapped(s);
    else
        sheet_free(s);
    *s = (struct sheet){ 0 };
}

void answer_print(const struct answer_check *c)
{
    struct sheet s = { 0 };
    struct buf title = { 0 };
    if (c->verdict != VERDICT_GOOD) {
        add_unproven(&s, c);
        flush(&s);
        return;
    }
    answer_title(&title, &c->facts);
    wrap_text(kept_text(&title), 0, 0);
    putchar('\n');
    buf_free(&title);
    add_status(&s, &c->facts);
    answer_vouchers(&s, &c->facts);
    answer_doubts_unkeyed(&s, &c->facts);
    add_alike(&s, &c->facts);
    flush(&s);
    answer_lines_print(&c->facts);
    add_basis(&s, c);
    add_not_covered(&s, &c->facts);
    flush(&s);
}
