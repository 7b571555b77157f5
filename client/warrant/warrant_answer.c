/* The answer about a warrant in short. */
#include <inttypes.h>
#include <stdlib.h>

#include "client/answer/answer_words.h"
#include "client/base/lost.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/warrant/warrant_box.h"
#include "client/warrant/warrant_sheet.h"
#include "client/warrant/warrant_words.h"

#define FINDINGS_SHOWN 100
#define ENTRIES_SHOWN 24

/* ---- what it means --------------------------------------------------------------------------- */

/* An answer's entries are proven one by one, and by its index that there are no others. */
static void add_quick(struct sheet *s, const struct warrant_case *c)
{
    uint64_t size = warrant_case_checkpoint(c)->size, next = c->quick->end;
    sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
              TR("That is the quick proof, not a replay: each entry that is listed was proven to "
                 "stand in the log, and who signed it; the others were not read.",
                 "Esta es la prueba rápida, no una verificación completa: de cada asiento de la "
                 "lista se probó que está en la bitácora y quién lo firmó; los demás no se "
                 "leyeron."));
    answer_vouchers(s, c->quick);
    answer_doubts_unkeyed(s, c->quick);
    if (size > next + 1)
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("Not covered: the entries after that, %" PRIu64 " to %" PRIu64
                      "; --tail adds them.",
                      "No se abarcan los asientos posteriores, %" PRIu64 " a %" PRIu64
                      "; --tail los añade."),
                   next, size - 1);
    else if (size > next)
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("Not covered: the entry after that, %" PRIu64 "; --tail adds it.",
                      "No se abarca el asiento posterior, el %" PRIu64 "; --tail lo añade."),
                   next);
}

static void add_alike_meaning(struct sheet *s, const struct warrant_case *c)
{
    if (lookalikes_total(&c->alike) > 0)
        sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                  TR("References are compared character by character; those that only look like "
                     "this one are other references: they are named below, and what was done "
                     "under them is not in this list.",
                     "Las referencias se comparan carácter por carácter; las que solo se ven como "
                     "esta son otras: se nombran abajo, y lo hecho con ellas no está en esta "
                     "lista."));
}

static void add_meaning(struct sheet *s, const struct warrant_case *c)
{
    const char *of_court = c->court == NULL ? ""
                                            : TR(" as that of a warrant of this court",
                                                 " como la de un mandamiento de este juzgado");
    sheet_addf(
        s, SHEET_PARAGRAPH, VERDICT_GOOD,
        TR("That means: every entry up to that one was read; that it stands in the log, who "
           "signed it and with what authority was proven; all that names this reference%s, "
           "and all that was recorded about it, is listed here.",
           "Esto significa: se leyó cada asiento hasta ese; se probó que está en la bitácora, "
           "quién lo firmó y con qué facultades; todo lo que nombra esta referencia%s, y todo "
           "lo que se asentó sobre ello, está en esta lista."),
        of_court);
}

/* ---- the answer in short --------------------------------------------------------------------- */

/* Entries that are counted together. */
struct tally {
    struct buf entries;
    size_t n;
};

static void count(struct tally *t, uint64_t entry)
{
    if (t->n < ENTRIES_SHOWN)
        buf_addf(&t->entries, "%s%" PRIu64, t->n == 0 ? "" : ", ", entry);
    else if (t->n == ENTRIES_SHOWN)
        buf_adds(&t->entries, ", …");
    t->n++;
}

/* An item "WORDS: N (entries …)", if there are any; frees the tally. */
static void add_tally(struct sheet *s, enum verdict v, const char *words, struct tally *t)
{
    if (t->n > 0)
        sheet_addf(s, SHEET_ITEM, v, TR("%s: %zu (%s %s)", "%s: %zu (%s %s)"), words, t->n,
                   t->n == 1 ? TR("entry", "asiento") : TR("entries", "asientos"),
                   kept_text(&t->entries));
    buf_free(&t->entries);
    *t = (struct tally){ 0 };
}

static bool any_other_finding(const struct case_line *l)
{
    for (size_t i = 0; i < l->answers; i++)
        if (l->answer[i].result == RESULT_FINDING)
            return true;
    return false;
}

/* Without the rules nobody knows whether they keep within the scope. */
static void tally_unasked(struct sheet *s, const struct warrant_case *c)
{
    struct tally t = { 0 };
    for (size_t i = 0; i < c->lines; i++)
        if (c->line[i].kind == KIND_REQUEST && !c->line[i].apart &&
            c->line[i].unresolved == UNRESOLVED_NOT)
            count(&t, c->line[i].entry);
    add_tally(s, VERDICT_UNDECIDED,
              TR("requests under it, whose scope was not looked at",
                 "solicitudes con él, cuyo alcance no se miró"),
              &t);
}

static void tally_requests(struct sheet *s, const struct warrant_case *c)
{
    static const enum scope scopes[] = { SCOPE_INSIDE, SCOPE_OUTSIDE, SCOPE_UNKNOWN };
    const char *words[] = { TR("requests inside its scope", "solicitudes dentro de su alcance"),
                            TR("requests OUTSIDE its scope", "solicitudes FUERA de su alcance"),
                            TR("requests of which that cannot be told",
                               "solicitudes de las que no se puede saber") };
    struct tally t = { 0 };
    if (c->quick != NULL) {
        tally_unasked(s, c);
        return;
    }
    for (size_t k = 0; k < sizeof scopes / sizeof *scopes; k++) {
        for (size_t i = 0; i < c->lines; i++)
            if (c->line[i].kind == KIND_REQUEST && !c->line[i].apart &&
                c->line[i].unresolved == UNRESOLVED_NOT && c->line[i].scope == scopes[k])
                count(&t, c->line[i].entry);
        add_tally(s, scope_verdict(scopes[k]), words[k], &t);
    }
}

static void tally_others(struct sheet *s, const struct warrant_case *c)
{
    struct tally nameless = { 0 }, acts = { 0 }, absent = { 0 }, inside = { 0 }, other = { 0 },
                 apart = { 0 };
    for (size_t i = 0; i < c->lines; i++) {
        const struct case_line *l = &c->line[i];
        if (l->apart && l->kind == KIND_REQUEST)
            count(&apart, l->entry);
        if (l->apart)
            continue;
        if (l->unresolved != UNRESOLVED_NOT)
            count(&nameless, l->entry);
        else if (l->scope == SCOPE_OUTSIDE && l->kind != KIND_REQUEST)
            count(&acts, l->entry);
        else if (l->scope != SCOPE_OUTSIDE && any_other_finding(l))
            count(l->scope == SCOPE_INSIDE ? &inside : &other, l->entry);
        if (l->absent)
            count(&absent, l->entry);
    }
    add_tally(s, VERDICT_BAD,
              TR("requests that cite the reference and have no such warrant",
                 "solicitudes que citan la referencia y no tienen tal mandamiento"),
              &nameless);
    add_tally(s, VERDICT_BAD,
              TR("answers, transfers, products and executions outside its scope",
                 "respuestas, transferencias, productos y ejecuciones fuera de su alcance"),
              &acts);
    add_tally(s, VERDICT_BAD,
              TR("extensions by another court, which count as absent",
                 "prórrogas de otro juzgado, que se tienen por inexistentes"),
              &absent);
    add_tally(s, VERDICT_BAD,
              TR("inside the scope, but with another finding",
                 "dentro del alcance, pero con otro hallazgo"),
              &inside);
    add_tally(s, VERDICT_BAD, TR("other entries with a finding", "otros asientos con un hallazgo"),
              &other);
    add_tally(
        s, VERDICT_UNDECIDED,
        TR("other requests about a person whom this warrant names, that do not cite it",
           "otras solicitudes sobre una persona que este mandamiento nombra, que no lo citan"),
        &apart);
}

static void add_given(struct sheet *s, const struct warrant_case *c)
{
    size_t n = warrant_case_warrants(c);
    for (size_t i = 0, shown = 0; i < c->lines && shown < ENTRIES_SHOWN; i++) {
        const struct case_line *l = &c->line[i];
        struct buf text = { 0 };
        if (l->kind != KIND_WARRANT)
            continue;
        shown++;
        buf_adds(&text, TR("warrant given by ", "mandamiento dado por "));
        institution_add(&text, &c->names, warrant_case_signer(c, l)->authority);
        buf_addf(&text, TR(", entry %" PRIu64 ", accepted ", ", asiento %" PRIu64 ", aceptado el "),
                 l->entry);
        words_time(&text, l->accepted);
        sheet_take(s, SHEET_ITEM, VERDICT_GOOD, &text);
    }
    if (n > 1)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("%zu warrants have this reference: each is shown on its own",
                      "%zu mandamientos tienen esta referencia: cada uno se muestra por separado"),
                   n);
}

static void add_elsewhere(struct sheet *s, const struct warrant_case *c)
{
    const struct casebook *cb = &c->audit->cb;
    for (size_t i = 0; i < c->elsewheres && i < ENTRIES_SHOWN; i++)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("left out: the warrant of entry %" PRIu64
                      ", which has the same reference and is of %s",
                      "no se incluye el mandamiento del asiento %" PRIu64
                      ", que tiene la misma referencia y es de %s"),
                   c->elsewhere[i],
                   casebook_text(cb, casebook_warrant(cb, c->elsewhere[i])->court));
    if (c->elsewheres > ENTRIES_SHOWN)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("and %zu more of other courts", "y %zu más de otros juzgados"),
                   c->elsewheres - ENTRIES_SHOWN);
}

/* What a reader would take for the same reference, and no rule does. */
static void add_lookalikes(struct sheet *s, const struct warrant_case *c)
{
    uint64_t total = lookalikes_total(&c->alike);
    if (total > 0)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("entries with another reference that looks like this one, which are not "
                      "counted here: %" PRIu64,
                      "asientos con otra referencia que se ve como esta, que aquí no se cuentan: "
                      "%" PRIu64),
                   total);
    for (size_t i = 0; i < c->alike.n && i < ENTRIES_SHOWN; i++) {
        struct buf text = { 0 };
        lookalike_words(&text, &c->alike, &c->alike.list[i]);
        sheet_take(s, SHEET_ITEM, VERDICT_UNDECIDED, &text);
    }
    if (c->alike.n > ENTRIES_SHOWN)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("and %zu more references, which --json lists",
                      "y %zu referencias más, que --json lista"),
                   c->alike.n - ENTRIES_SHOWN);
}

static void add_similar(struct sheet *s, const struct warrant_case *c)
{
    const char *similar[MEANT_MAX];
    size_t n = lookalikes_meant(&c->alike, similar, MEANT_MAX);
    struct buf text = { 0 };
    if (n > 0)
        buf_adds(&text, TR("did you mean ", "¿quiso decir "));
    for (size_t i = 0; i < n; i++) {
        buf_adds(&text, i == 0 ? "" : i + 1 == n ? TR(" or ", " o ") : ", ");
        words_quoted(&text, similar[i]);
    }
    buf_adds(&text, "?");
    if (n > 0)
        sheet_take(s, SHEET_ITEM, VERDICT_UNDECIDED, &text);
    buf_free(&text);
    sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
              TR("References are compared character by character: capitals, spaces, accents and "
                 "hyphens count.",
                 "Las referencias se comparan carácter por carácter: cuentan mayúsculas, "
                 "espacios, acentos y guiones."));
}

/* Nothing was done, or nothing that this answer is about. */
static void add_nothing(struct sheet *s, const struct warrant_case *c)
{
    size_t lines = 0;
    for (size_t i = 0; i < c->lines; i++)
        lines += !c->line[i].apart;
    if (lines > warrant_case_warrants(c))
        return;
    sheet_add(s, SHEET_ITEM_NEUTRAL, VERDICT_GOOD,
              lines > 0
                  ? TR("nothing was recorded as done under it", "no se asentó nada hecho con él")
              : c->court == NULL
                  ? TR("no request cites the reference", "ninguna solicitud cita la referencia")
                  : TR("no request cites it as a warrant of this court",
                       "ninguna solicitud la cita como mandamiento de este juzgado"));
}

static void add_citing(struct sheet *s, const struct warrant_case *c)
{
    struct tally t = { 0 };
    for (uint64_t i = 0; i < c->citings && i <= ENTRIES_SHOWN; i++)
        count(&t, c->citing[i]);
    t.n = c->citings;
    add_tally(s, VERDICT_UNDECIDED,
              TR("left out: requests that cite the reference as a warrant of another court",
                 "no se incluyen las solicitudes que citan la referencia como mandamiento de otro "
                 "juzgado"),
              &t);
}

static void add_unproven(struct sheet *s, const struct warrant_case *c)
{
    const struct replaying *r = c->audit->r;
    bool bad = r->verdict == VERDICT_BAD;
    sheet_add(s, SHEET_STATUS, bad ? VERDICT_BAD : VERDICT_UNDECIDED,
              bad ? TR("NOT PROVEN: the log that was shown is bad",
                       "NO PROBADO: la bitácora que se mostró está mal")
                  : TR("NOT PROVEN: it could not be decided what the log says",
                       "NO PROBADO: no se pudo decidir qué dice la bitácora"));
    sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
              TR("Nothing is said here about the warrant, neither that it is there nor that it is "
                 "not, and nothing may be concluded from this page about it.",
                 "Aquí no se dice nada del mandamiento, ni que exista ni que no, y de esta página "
                 "nada puede concluirse sobre él."));
    for (size_t i = 0; i < r->findings.kept && i < FINDINGS_SHOWN; i++) {
        const struct finding *f = &r->findings.list[i];
        struct buf text = { 0 };
        if (f->entry != NO_ENTRY)
            buf_addf(&text, TR("entry %" PRIu64 ": ", "asiento %" PRIu64 ": "), f->entry);
        refusal_sentence(&text, &f->why, language_get());
        buf_addf(&text, " [%s]", reason_code(f->why.reason));
        sheet_take(s, SHEET_ITEM, f->verdict, &text);
    }
    if (r->findings.total > FINDINGS_SHOWN)
        sheet_addf(s, SHEET_POINT, VERDICT_GOOD, TR("and %" PRIu64 " more", "y %" PRIu64 " más"),
                   r->findings.total - FINDINGS_SHOWN);
    if (c->audit->gap.there)
        sheet_addf(s, SHEET_ITEM, VERDICT_UNDECIDED,
                   TR("the ruleset that entry %" PRIu64
                      " pins is not to be had: give its file with --ruleset",
                      "el conjunto de reglas que fija el asiento %" PRIu64
                      " no está disponible: dé su archivo con --ruleset"),
                   c->audit->gap.pinned);
}

void warrant_answer_sheet(struct sheet *s, const struct warrant_case *c, bool complete)
{
    if (!complete) {
        add_unproven(s, c);
        return;
    }
    warrant_box(s, c);
    if (c->quick != NULL)
        add_quick(s, c);
    else
        add_meaning(s, c);
    add_alike_meaning(s, c);
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("In short", "En resumen"));
    add_given(s, c);
    tally_requests(s, c);
    tally_others(s, c);
    add_nothing(s, c);
    add_elsewhere(s, c);
    add_citing(s, c);
    add_lookalikes(s, c);
    if (warrant_case_warrants(c) == 0)
        add_similar(s, c);
}
