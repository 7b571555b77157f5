#include "client/warrant/warrant_sheet.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/terms.h"
#include "client/warrant/warrant_words.h"

#define LATEST_SECONDS UINT64_C(253402300799) /* the last that when_format() can write */
#define FINDINGS_SHOWN 100
#define ENTRIES_SHOWN 24

static const struct checkpoint *checkpoint_of(const struct warrant_case *c)
{
    return &c->audit->r->accepted.cp.checkpoint;
}

/* ---- terms and values ------------------------------------------------------------------------ */

static void term_name(struct sheet *s, const char *name)
{
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
}

/* The buffer's contents as a value; nothing of an empty one. */
static void value(struct sheet *s, struct buf *text)
{
    if (text->n > 0)
        sheet_take(s, SHEET_VALUE, VERDICT_GOOD, text);
}

static void moment(struct sheet *s, const char *before, int64_t ms, const char *after)
{
    struct buf text = { 0 };
    buf_adds(&text, before);
    words_time(&text, ms);
    buf_adds(&text, after);
    value(s, &text);
}

static void list(struct sheet *s, const struct case_line *l, enum vocabulary v, const char *member,
                 const char *otherwise)
{
    struct buf text = { 0 };
    words_codes(&text, l, v, member);
    if (text.n == 0)
        buf_adds(&text, otherwise);
    term_name(s, label_member(KIND_WARRANT, member));
    value(s, &text);
}

/* ---- the sentence ---------------------------------------------------------------------------- */

void warrant_statement(struct buf *out, const struct warrant_case *c)
{
    const struct checkpoint *cp = checkpoint_of(c);
    buf_addf(out,
             TR("Complete up to entry %" PRIu64 " of the log %s with root ",
                "Completo hasta el asiento %" PRIu64 " de la bitácora %s con raíz "),
             cp->size - 1, trust_log(&c->audit->r->trust)->name);
    buf_add_base64(out, cp->root.b, HASH_BYTES);
    buf_adds(out, ".");
    uint64_t alike = lookalikes_total(&c->alike);
    if (alike > 0)
        buf_addf(out,
                 TR(" Entries with another reference that looks like this one, which are not "
                    "among them: %" PRIu64 ".",
                    " Asientos con otra referencia que se ve como esta, que no están entre ellos: "
                    "%" PRIu64 "."),
                 alike);
}

void warrant_title(struct buf *out, const struct warrant_case *c)
{
    buf_adds(out, TR("Warrant ", "Mandamiento "));
    words_quoted(out, c->ref);
    if (c->court != NULL)
        buf_addf(out, TR(" of %s", " de %s"), c->court);
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
    if (lookalikes_total(&c->alike) > 0)
        sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                  TR("References are compared character by character; those that only look like "
                     "this one are other references: they are named below, and what was done "
                     "under them is not in this list.",
                     "Las referencias se comparan carácter por carácter; las que solo se ven como "
                     "esta son otras: se nombran abajo, y lo hecho con ellas no está en esta "
                     "lista."));
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

static void tally_requests(struct sheet *s, const struct warrant_case *c)
{
    static const enum scope scopes[] = { SCOPE_INSIDE, SCOPE_OUTSIDE, SCOPE_UNKNOWN };
    const char *words[] = { TR("requests inside its scope", "solicitudes dentro de su alcance"),
                            TR("requests OUTSIDE its scope", "solicitudes FUERA de su alcance"),
                            TR("requests of which that cannot be told",
                               "solicitudes de las que no se puede saber") };
    struct tally t = { 0 };
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
        buf_addf(&text,
                 TR("warrant given by %s, entry %" PRIu64 ", accepted ",
                    "mandamiento dado por %s, asiento %" PRIu64 ", aceptado el "),
                 warrant_case_signer(c, l)->authority, l->entry);
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

static void add_absent(struct sheet *s, const struct warrant_case *c)
{
    struct buf text = { 0 };
    buf_addf(&text,
             TR("Not in the log, proven up to entry %" PRIu64 ": there is no warrant ",
                "No está en la bitácora, probado hasta el asiento %" PRIu64
                ": no hay ningún mandamiento "),
             checkpoint_of(c)->size - 1);
    words_quoted(&text, c->ref);
    if (c->court != NULL)
        buf_addf(&text, TR(" of %s", " de %s"), c->court);
    buf_adds(&text, TR(" under a judge's key", " bajo clave de juez"));
    sheet_take(s, SHEET_NEUTRAL, VERDICT_GOOD, &text);
}

/* "warrants: 1 (entry 4)" of a reference. */
static void list_citing(struct buf *out, const char *words, const struct lookalike *a,
                        enum cites by)
{
    struct tally t = { 0 };
    for (size_t i = 0; i < a->entries[by]; i++)
        count(&t, a->entry[by][i]);
    if (t.n > 0)
        buf_addf(out, TR("; %s: %" PRIu64 " (%s %s)", "; %s: %" PRIu64 " (%s %s)"), words,
                 a->total[by],
                 a->total[by] == 1 ? TR("entry", "asiento") : TR("entries", "asientos"),
                 kept_text(&t.entries));
    buf_free(&t.entries);
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
        const struct lookalike *a = &c->alike.list[i];
        struct buf text = { 0 };
        words_quoted(&text, a->ref);
        buf_adds(&text, ": ");
        likeness_words(&text, c->ref, a->ref);
        list_citing(&text, TR("warrants", "mandamientos"), a, CITES_AS_WARRANT);
        list_citing(&text, TR("requests", "solicitudes"), a, CITES_IN_REQUEST);
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
    sheet_add(s, SHEET_ITEM, VERDICT_GOOD,
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
    struct buf text = { 0 };
    if (!complete) {
        add_unproven(s, c);
        return;
    }
    if (warrant_case_warrants(c) == 0)
        add_absent(s, c);
    else
        sheet_add(s, SHEET_STATUS, VERDICT_GOOD,
                  lookalikes_total(&c->alike) == 0
                      ? TR("Proven: this is all that the log holds about this warrant",
                           "Probado: esto es todo lo que la bitácora contiene sobre este "
                           "mandamiento")
                      : TR("Proven: this is all that the log holds about this warrant, under "
                           "exactly this reference; others only look like it",
                           "Probado: esto es todo lo que la bitácora contiene sobre este "
                           "mandamiento, con exactamente esta referencia; otras solo se le "
                           "parecen"));
    warrant_statement(&text, c);
    sheet_take(s, SHEET_PARAGRAPH, VERDICT_GOOD, &text);
    add_meaning(s, c);
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

/* ---- the warrant ----------------------------------------------------------------------------- */

static void add_enrolment(struct sheet *s, const struct warrant_case *c, const struct enrolment *e)
{
    const struct casebook *cb = &c->audit->cb;
    const struct row *row = shelf_at(&cb->rows, e->entry);
    struct buf text = { 0 };
    buf_addf(&text,
             TR("entry %" PRIu64 ", by the registrar %s, accepted ",
                "asiento %" PRIu64 ", por el registrador %s, aceptado el "),
             e->entry, registry_get(judge_registry(c->audit->r->judge), row->signer)->key.name);
    words_time(&text, row->accepted);
    term_name(s, TR("Enrolment of that key", "Alta de esa clave"));
    value(s, &text);
}

static void add_revocation(struct sheet *s, const struct warrant_case *c, const struct enrolment *e)
{
    struct buf text = { 0 };
    term_name(s, TR("Revoked later", "Revocada después"));
    if (e->revoked == NO_ENTRY) {
        sheet_addf(s, SHEET_VALUE, VERDICT_GOOD,
                   TR("no, up to entry %" PRIu64, "no, hasta el asiento %" PRIu64),
                   checkpoint_of(c)->size - 1);
        return;
    }
    const struct row *row = shelf_at(&c->audit->cb.rows, e->revoked);
    buf_addf(
        &text,
        TR("yes, by entry %" PRIu64 ", accepted ", "sí, por el asiento %" PRIu64 ", aceptado el "),
        e->revoked);
    words_time(&text, row->accepted);
    buf_addf(&text, ": %s", label_word(TYPE_REASON, e->reason));
    value(s, &text);
    if (e->since != INT64_MAX)
        moment(s, TR("not to be relied on from ", "no es de fiar desde el "), e->since, "");
}

static void add_signer(struct sheet *s, const struct warrant_case *c, const struct case_line *l)
{
    const struct enrolment *e = warrant_case_signer(c, l);
    const struct signer_facts *facts = shelf_at(&c->audit->cb.signers, l->signer);
    struct buf text = { 0 };
    term_name(s, TR("Court", "Juzgado"));
    buf_addf(&text, "%s (%s)", e->authority, label(VOCABULARY_LEVEL, e->level));
    if (facts->state != 0) {
        buf_adds(&text, ", ");
        words_quoted(&text, casebook_text(&c->audit->cb, facts->state));
    }
    value(s, &text);
    term(s, TR("Signed with the key of", "Firmado con la clave de"), e->key.name);
    add_enrolment(s, c, e);
    add_revocation(s, c, e);
}

static void add_window(struct sheet *s, const struct warrant_case *c, const struct case_line *l)
{
    const struct warrant *w = warrant_case_facts(c, l);
    term_name(s, label_member(KIND_WARRANT, "window"));
    moment(s, TR("from ", "desde el "), w->window.from, "");
    moment(s, TR("until ", "hasta el "), w->window.until,
           w->end > w->window.until ? TR(", as it was given", ", como se dio") : "");
    if (w->end > w->window.until) {
        moment(s, TR("as extended, until ", "con sus prórrogas, hasta el "), w->end, "");
        sheet_add(s, SHEET_HINT, VERDICT_GOOD,
                  TR("by the warrant's own court; see the extensions below",
                     "por el mismo juzgado; véanse las prórrogas abajo"));
    }
    if (w->data_window.from == NO_TIME)
        return;
    term_name(s, label_member(KIND_WARRANT, "data_window"));
    moment(s, TR("from ", "desde el "), w->data_window.from, "");
    moment(s, TR("until ", "hasta el "), w->data_window.until, "");
}

static void add_persons(struct sheet *s, const struct case_line *l)
{
    struct buf text = { 0 };
    size_t n = value_size(value_member(l->object, "subjects"));
    if (n > 1)
        buf_addf(&text, "%zu: ", n);
    words_subjects(&text, l);
    if (text.n == 0)
        buf_adds(&text, TR("the warrant names none", "el mandamiento no nombra ninguna"));
    else
        buf_adds(&text, TR(", sealed", ", selladas"));
    term_name(s, TR("Persons named", "Personas nombradas"));
    value(s, &text);
}

/* Why a line deserves a look, as values with marks; of warrants, which have no place in the
 * list. */
static void add_answers(struct sheet *s, const struct warrant_case *c, const struct case_line *l)
{
    bool first = true;
    for (size_t i = 0; i < l->answers; i++) {
        const struct rule_answer *a = &l->answer[i];
        struct buf text = { 0 };
        if (a->result == RESULT_PASS)
            continue;
        if (first)
            term_name(s, TR("What the rules answer", "Qué responden las reglas"));
        first = false;
        buf_addf(&text, "%s: ", rule_name((enum rule)a->rule));
        words_answer(&text, c, a);
        sheet_take(s, SHEET_MARK, a->result == RESULT_FINDING ? VERDICT_BAD : VERDICT_UNDECIDED,
                   &text);
    }
}

void warrant_terms_sheet(struct sheet *s, const struct warrant_case *c, const struct case_line *l)
{
    const struct value *number = value_member(l->object, "case");
    const char *document = object_text(l->object, "document");
    struct buf text = { 0 };
    sheet_addf(
        s, SHEET_HEADING, VERDICT_GOOD,
        TR("The warrant of %s (entry %" PRIu64 ")", "El mandamiento de %s (asiento %" PRIu64 ")"),
        warrant_case_signer(c, l)->authority, l->entry);
    add_signer(s, c, l);
    term_name(s, TR("Accepted, by the log's clock", "Aceptado, según el reloj de la bitácora"));
    moment(s, "", l->accepted, "");
    term_name(s, label_member(KIND_WARRANT, "matter"));
    buf_adds(&text, words_code(l, VOCABULARY_MATTER, object_text(l->object, "matter")));
    value(s, &text);
    if (number != NULL) {
        buf_addf(&text,
                 "%s: ", words_code(l, VOCABULARY_CASE_SCHEME, object_text(number, "scheme")));
        words_quoted(&text, object_text(number, "number"));
        term_name(s, label_member(KIND_WARRANT, "case"));
        value(s, &text);
    }
    list(s, l, VOCABULARY_NONE, "used_by", "");
    list(s, l, VOCABULARY_CATEGORY, "categories", "");
    list(s, l, VOCABULARY_NONE, "holders",
         TR("any: the warrant names none", "cualquiera: el mandamiento no nombra ninguno"));
    add_window(s, c, l);
    add_persons(s, l);
    if (document != NULL) {
        term_name(s, label_member(KIND_WARRANT, "document"));
        sheet_add(s, SHEET_CODE, VERDICT_GOOD, document);
    }
    term_hash(s, TR("Hash of the entry", "Hash del asiento"), &l->leaf);
    if (l->erased_before != NO_ENTRY)
        sheet_addf(s, SHEET_HINT, VERDICT_GOOD,
                   TR("something that it seals had been ordered erased before, by entry %" PRIu64,
                      "algo que sella ya se había ordenado borrar, por el asiento %" PRIu64),
                   l->erased_before);
    add_answers(s, c, l);
}

/* ---- what it rests on ------------------------------------------------------------------------ */

static void add_witness(struct sheet *s, const char *name, uint64_t seconds)
{
    struct buf text = { 0 };
    buf_addf(&text,
             seconds == 0 ? TR("%s has not cosigned", "%s no ha cofirmado")
                          : TR("%s cosigned on ", "%s cofirmó el "),
             name);
    if (seconds > 0)
        words_time(&text, seconds > LATEST_SECONDS ? INT64_MAX : (int64_t)seconds * 1000);
    sheet_take(s, SHEET_MARK, seconds == 0 ? VERDICT_UNDECIDED : VERDICT_GOOD, &text);
}

static void add_witnesses(struct sheet *s, const struct replaying *r)
{
    const struct policy *p = r->trust.policy;
    if (policy_witnesses(p) > 0)
        term_name(s, TR("Witnesses of the policy", "Testigos de la política"));
    for (size_t i = 0; i < policy_witnesses(p); i++)
        add_witness(s, policy_witness(p, i)->key.name, r->accepted.cp.cosigned_at[i]);
    term_name(s, TR("Quorum of the policy", "Quórum de la política"));
    if (policy_trusts_log_alone(p))
        sheet_add(s, SHEET_MARK, VERDICT_UNDECIDED,
                  TR("the policy asks for no witness: the operator could show others another "
                     "history",
                     "la política no pide testigos: quien opera podría mostrar a otros otra "
                     "historia"));
    else
        sheet_addf(s, SHEET_MARK, VERDICT_GOOD,
                   TR("met (at least %zu of %zu)", "se cumple (al menos %zu de %zu)"),
                   policy_least_quorum(p), policy_witnesses(p));
}

size_t warrant_rulesets(const struct warrant_case *c, const struct ruleset **out, size_t most)
{
    const struct audit *a = c->audit;
    size_t n = 0;
    for (size_t i = 0; i < c->lines; i++) {
        size_t k = 0;
        while (k < n && k < most && out[k] != c->line[i].ruleset)
            k++;
        if (k == n && n < most)
            out[n++] = c->line[i].ruleset;
    }
    if (n == 0 && most > 0) {
        const struct pinned_ruleset *pinned =
            registry_ruleset(judge_registry(a->r->judge), a->now, checkpoint_of(c)->size);
        out[n] = rulesets_get(a->rulesets, pinned == NULL ? NULL : pinned->sha256);
        n += out[n] != NULL;
    }
    return n;
}

static void add_rulesets(struct sheet *s, const struct warrant_case *c)
{
    const struct ruleset *used[ENTRIES_SHOWN];
    size_t n = warrant_rulesets(c, used, ENTRIES_SHOWN);
    term_name(s, TR("Ruleset in force", "Conjunto de reglas en vigor"));
    for (size_t i = 0; i < n; i++) {
        struct buf hash = { 0 }, text = { 0 };
        words_quoted(&text, ruleset_name(used[i]));
        buf_adds(&text, ", ");
        words_quoted(&text, ruleset_version(used[i]));
        value(s, &text);
        buf_add_base64(&hash, ruleset_sha256(used[i])->b, HASH_BYTES);
        sheet_take(s, SHEET_CODE, VERDICT_GOOD, &hash);
    }
}

static void add_log(struct sheet *s, const struct warrant_case *c)
{
    const struct replaying *r = c->audit->r;
    struct hash genesis;
    struct buf text = { 0 };
    term(s, TR("Log", "Bitácora"), trust_log(&r->trust)->name);
    term_name(s, TR("Entries read and proven", "Asientos leídos y probados"));
    locale_number(&text, checkpoint_of(c)->size);
    value(s, &text);
    term_hash(s, TR("Root of the checkpoint", "Raíz del punto de control (checkpoint)"),
              &checkpoint_of(c)->root);
    term_name(s, TR("Last entry accepted", "Último asiento aceptado"));
    moment(s, "", c->audit->now, "");
    if (!judge_genesis(r->judge, &genesis))
        return;
    term_hash(s, TR("Hash of entry 0 (genesis)", "Hash del asiento 0 (génesis)"), &genesis);
    sheet_add(s, SHEET_HINT, VERDICT_GOOD,
              r->trust.has_pin
                  ? TR("it is the one that the reader pinned", "es el que fijó quien lee")
                  : TR("taken on the operator's word; --genesis pins it",
                       "es el que dice quien opera; con --genesis se fija"));
}

static void add_rules(struct sheet *s, const struct warrant_case *c)
{
    bool named[RULE_COUNT] = { false };
    for (size_t i = 0; i < c->lines; i++)
        for (size_t k = 0; k < c->line[i].answers; k++)
            if (c->line[i].answer[k].result != RESULT_PASS)
                named[c->line[i].answer[k].rule] = true;
    bool any = false;
    for (int r = R01; r < RULE_COUNT; r++) {
        if (!named[r])
            continue;
        if (!any)
            sheet_add(s, SHEET_HEADING, VERDICT_GOOD,
                      TR("The rules with another answer than a pass",
                         "Las reglas que no responden que todo está en orden"));
        any = true;
        sheet_addf(s, SHEET_POINT, VERDICT_GOOD, "%s: %s (%s)", rule_name((enum rule)r),
                   rule_title((enum rule)r, language_get()), rule_source((enum rule)r));
    }
    if (any)
        sheet_add(
            s, SHEET_PARAGRAPH, VERDICT_GOOD,
            TR("A finding is a question for a judge: it says what is not in the log, never that "
               "something was illegal.",
               "Un hallazgo es una pregunta para un juez: dice qué no consta en la bitácora, "
               "nunca que algo fue ilegal."));
}

static void add_limits(struct sheet *s)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What this cannot show", "Qué no puede mostrar"));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("What was done without being recorded.", "Lo que se hizo sin asentarse."));
    sheet_add(
        s, SHEET_POINT, VERDICT_GOOD,
        TR("Requests that do not cite this reference, such as those without a warrant, unless "
           "they repeat the sealing of a person whom the warrant names.",
           "Solicitudes que no citan esta referencia, como las hechas sin mandamiento, salvo "
           "que repitan el sello de una persona que el mandamiento nombra."));
    sheet_add(
        s, SHEET_POINT, VERDICT_GOOD,
        TR("Who is meant: persons are sealed, and only oversight, or whoever is shown an "
           "opening, can tell.",
           "De quién se trata: las personas están selladas, y solo puede saberlo el órgano de "
           "supervisión, o a quien se muestre una apertura."));
    sheet_add(
        s, SHEET_POINT, VERDICT_GOOD,
        TR("Whether what the records say is true.", "Si lo que dicen los registros es cierto."));
}

/* The laws that this sheet names, and those that requests rest on. */
static void add_laws(struct sheet *s, const struct warrant_case *c)
{
    const struct casebook *cb = &c->audit->cb;
    struct buf named = { 0 };
    word last = 0;
    for (size_t i = 0; i < c->lines; i++) {
        if (c->line[i].kind != KIND_REQUEST)
            continue;
        word basis = casebook_request(cb, c->line[i].entry)->basis;
        if (basis != last)
            buf_addf(&named, "%s ", label(VOCABULARY_BASIS, casebook_text(cb, basis)));
        last = basis;
    }
    sheet_laws(s, kept_text(&named));
    buf_free(&named);
}

void warrant_basis_sheet(struct sheet *s, const struct warrant_case *c)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What this rests on", "En qué se apoya"));
    add_log(s, c);
    add_witnesses(s, c->audit->r);
    add_rulesets(s, c);
    add_rules(s, c);
    add_limits(s);
    add_laws(s, c);
}
