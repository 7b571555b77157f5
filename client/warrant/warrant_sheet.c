#include "client/warrant/warrant_sheet.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/terms.h"
#include "client/warrant/warrant_words.h"

#define LATEST_SECONDS UINT64_C(253402300799) /* the last that when_format() can write */
#define ENTRIES_SHOWN 24

/* ---- sentences ------------------------------------------------------------------------------- */

void warrant_statement(struct buf *out, const struct warrant_case *c)
{
    const struct checkpoint *cp = warrant_case_checkpoint(c);
    buf_addf(out,
             TR("Complete up to entry %" PRIu64 " of the log %s with root ",
                "Completo hasta el asiento %" PRIu64 " de la bitácora %s con raíz "),
             warrant_case_last(c), trust_log(&c->audit->r->trust)->name);
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

/* ---- terms and values ------------------------------------------------------------------------ */

static void term_name(struct sheet *s, const char *name)
{
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
}

/* The buffer's contents as a value; nothing of an empty one. */
static void value(struct sheet *s, struct buf *text)
{
    if (kept_span(text).n > 0)
        sheet_take(s, SHEET_VALUE, VERDICT_GOOD, text);
}

static void until(struct sheet *s, const char *before, int64_t ms)
{
    struct buf text = { 0 };
    buf_adds(&text, before);
    words_until(&text, ms);
    value(s, &text);
}

static void moment(struct sheet *s, const char *before, int64_t ms, const char *after)
{
    struct buf text = { 0 };
    buf_adds(&text, before);
    words_time(&text, ms);
    buf_adds(&text, after);
    value(s, &text);
}

/* Codes of the vocabulary; without one, authorities. */
static void list(struct sheet *s, const struct warrant_case *c, const struct case_line *l,
                 enum vocabulary v, const char *member, const char *otherwise)
{
    struct buf text = { 0 };
    if (v == VOCABULARY_NONE)
        words_authorities(&text, c, l, member);
    else
        words_codes(&text, l, v, member);
    if (text.n == 0)
        buf_adds(&text, otherwise);
    term_name(s, label_member(KIND_WARRANT, member));
    value(s, &text);
}

/* ---- the warrant ----------------------------------------------------------------------------- */

static void add_enrolment(struct sheet *s, const struct warrant_case *c, const struct enrolment *e)
{
    const struct casebook *cb = &c->audit->cb;
    const struct row *row = casebook_row(cb, e->entry);
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
    if (c->quick != NULL) {
        sheet_add(s, SHEET_VALUE, VERDICT_GOOD,
                  TR("not looked at, as the whole log was not read",
                     "no se miró, porque no se leyó toda la bitácora"));
        return;
    }
    if (e->revoked == NO_ENTRY) {
        sheet_addf(s, SHEET_VALUE, VERDICT_GOOD,
                   TR("no, up to entry %" PRIu64, "no, hasta el asiento %" PRIu64),
                   warrant_case_last(c));
        return;
    }
    const struct row *row = casebook_row(&c->audit->cb, e->revoked);
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
    institution_add(&text, &c->names, e->authority);
    buf_addf(&text, ", %s", label(VOCABULARY_LEVEL, e->level));
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
    until(s,
          w->end > w->window.until ? TR("as it was given, until ", "como se dio, hasta el ")
                                   : TR("until ", "hasta el "),
          w->window.until);
    if (w->end > w->window.until) {
        until(s, TR("as extended, until ", "con sus prórrogas, hasta el "), w->end);
        sheet_add(s, SHEET_HINT, VERDICT_GOOD,
                  TR("by the warrant's own court; see the extensions below",
                     "por el mismo juzgado; véanse las prórrogas abajo"));
    }
    if (w->data_window.from == NO_TIME)
        return;
    term_name(s, label_member(KIND_WARRANT, "data_window"));
    moment(s, TR("from ", "desde el "), w->data_window.from, "");
    until(s, TR("until ", "hasta el "), w->data_window.until);
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

void warrant_heading(struct buf *out, const struct warrant_case *c, const struct case_line *l)
{
    const char *court = warrant_case_signer(c, l)->authority;
    const char *name = institution_name(&c->names, court);
    buf_addf(
        out,
        TR("The warrant of %s (entry %" PRIu64 ")", "El mandamiento de %s (asiento %" PRIu64 ")"),
        name == NULL ? court : name, l->entry);
}

void warrant_terms_sheet(struct sheet *s, const struct warrant_case *c, const struct case_line *l)
{
    const struct value *number = value_member(l->object, "case");
    const char *document = object_text(l->object, "document");
    struct buf text = { 0 };
    warrant_heading(&text, c, l);
    sheet_take(s, SHEET_HEADING, VERDICT_GOOD, &text);
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
    list(s, c, l, VOCABULARY_NONE, "used_by", "");
    list(s, c, l, VOCABULARY_CATEGORY, "categories", "");
    list(s, c, l, VOCABULARY_NONE, "holders",
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
    sheet_quorum(s, p, true);
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
            registry_ruleset(judge_registry(a->r->judge), a->now, warrant_case_checkpoint(c)->size);
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
    term_name(s, c->quick != NULL
                     ? TR("Entries under the checkpoint", "Asientos del punto de control")
                     : TR("Entries read and proven", "Asientos leídos y probados"));
    locale_number(&text, warrant_case_checkpoint(c)->size);
    value(s, &text);
    term_hash(s, TR("Root of the checkpoint", "Raíz del punto de control"),
              &warrant_case_checkpoint(c)->root);
    term_name(s, c->quick != NULL
                     ? TR("Acceptance of the last entry covered", "Aceptación del último abarcado")
                     : TR("Last entry accepted", "Último asiento aceptado"));
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

void warrant_rules_named(const struct warrant_case *c, bool named[static RULE_COUNT])
{
    for (size_t i = 0; i < c->lines; i++)
        for (size_t k = 0; k < c->line[i].answers; k++)
            if (c->line[i].answer[k].result != RESULT_PASS)
                named[c->line[i].answer[k].rule] = true;
}

static void add_rules(struct sheet *s, const struct warrant_case *c)
{
    bool named[RULE_COUNT] = { false };
    warrant_rules_named(c, named);
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
                   rule_title((enum rule)r, language_get()),
                   rule_source((enum rule)r, language_get()));
    }
    if (any)
        sheet_add(
            s, SHEET_PARAGRAPH, VERDICT_GOOD,
            TR("A finding is a question for a judge: it says what is not in the log, never that "
               "something was illegal.",
               "Un hallazgo es una pregunta para un juez: dice qué no consta en la bitácora, "
               "nunca que algo fue ilegal."));
}

/* What takes all entries. */
static void add_quick_limits(struct sheet *s)
{
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("What only a replay shows (the same without --quick): whether a key that signed "
                 "here was revoked, which ruleset was in force, what is inside the scope and what "
                 "the other rules answer.",
                 "Lo que solo muestra una verificación completa (lo mismo sin --quick): si una "
                 "clave que firmó aquí fue revocada, qué conjunto de reglas regía, qué está dentro "
                 "del alcance y qué responden las demás reglas."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("Entries that name only what is sealed here: other requests about a person whom "
                 "the warrant names, and orders to erase, or destructions of, a blob.",
                 "Asientos que solo nombran lo que aquí se sella: otras solicitudes sobre una "
                 "persona que el mandamiento nombra, y órdenes de borrar, o destrucciones de, un "
                 "blob."));
}

static void add_limits(struct sheet *s, const struct warrant_case *c)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What this cannot show", "Qué no puede mostrar"));
    if (c->quick != NULL)
        add_quick_limits(s);
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("What was done without being recorded.", "Lo que se hizo sin asentarse."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              c->quick != NULL
                  ? TR("Requests that do not cite this reference, such as those without a warrant.",
                       "Solicitudes que no citan esta referencia, como las hechas sin mandamiento.")
                  : TR("Requests that do not cite this reference, such as those without a warrant, "
                       "unless they repeat the sealing of a person whom the warrant names.",
                       "Solicitudes que no citan esta referencia, como las hechas sin mandamiento, "
                       "salvo que repitan el sello de una persona que el mandamiento nombra."));
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
    if (c->quick == NULL)
        add_rulesets(s, c);
    add_rules(s, c);
    add_limits(s, c);
    add_laws(s, c);
}
