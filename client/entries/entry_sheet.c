#include <inttypes.h>

#include "client/base/lost.h"
#include "client/entries/entry_refs.h"
#include "client/entries/entry_view.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/record_words.h"
#include "client/show/terms.h"
#include "client/verify/receipt_sheet.h"
#include "proto/base/base64.h"
#include "proto/record/entry.h"
#include "proto/sys/clock.h"

#define FINDINGS_SHOWN 10

/* ---- the verdict ----------------------------------------------------------------------------- */

static const char *headline(const struct entry_view *v)
{
    enum verdict own = v->look != NULL ? entry_look_verdict(v->look) : v->verdict;
    if (v->look == NULL && entry_view_receipt(v) == NULL)
        return v->verdict == VERDICT_BAD
                   ? TR("BAD: this must not be relied on; nothing of it is shown",
                        "MAL: esto no es de fiar; no se muestra nada")
                   : TR("Undecided: this entry could not be proven",
                        "Sin decidir: no se pudo probar este asiento");
    if (v->verdict == VERDICT_GOOD)
        return v->look != NULL
                   ? TR("Proven: this entry stands in the log, and the log's rules accept it",
                        "Probado: este asiento está en la bitácora, y las reglas de la bitácora "
                        "lo aceptan")
                   : TR("Proven: this entry stands in the log, signed as is said below",
                        "Probado: este asiento está en la bitácora, firmado como se dice abajo");
    if (own == VERDICT_BAD)
        return TR("BAD: this entry stands in the log, and the log's rules refuse it",
                  "MAL: este asiento está en la bitácora, y las reglas de la bitácora lo "
                  "rechazan");
    if (v->verdict == VERDICT_BAD)
        return TR("BAD: the log breaks its rules, though not by this entry",
                  "MAL: la bitácora rompe sus reglas, aunque no por este asiento");
    return TR("Undecided: this entry stands in the log, but not all of it is proven",
              "Sin decidir: este asiento está en la bitácora, pero no todo está probado");
}

static void add_source(struct sheet *s, const struct entry_view *v)
{
    struct buf text = { 0 };
    char from[600];
    printable_copy(from, sizeof from, span_str(v->from));
    buf_addf(&text, TR("Entry %" PRIu64 ", read from %s", "Asiento %" PRIu64 ", leído de %s"),
             v->entry, from);
    buf_adds(&text, TR(" on ", " el "));
    locale_time(&text, clock_wall());
    buf_adds(&text, TR(" by this computer's clock.", " según el reloj de este equipo."));
    if (v->look != NULL) {
        buf_adds(&text, TR(" All ", " Se leyeron y juzgaron los "));
        locale_number(&text, v->look->r->accepted.cp.checkpoint.size);
        buf_adds(&text,
                 TR(" entries of the log were read and judged.", " asientos de la bitácora."));
    }
    sheet_take(s, SHEET_PARAGRAPH, VERDICT_GOOD, &text);
}

/* Those about the entry first; of the others not all. */
static void add_findings(struct sheet *s, const struct entry_view *v)
{
    struct findings own = { 0 }, others = { .max = FINDINGS_SHOWN };
    for (size_t i = 0; i < v->found->kept; i++)
        findings_add(v->found->list[i].entry == v->entry ? &own : &others, &v->found->list[i]);
    uint64_t left = v->found->total - own.total - others.kept;
    sheet_findings(s, &own);
    sheet_findings(s, &others);
    if (left > 0)
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("… and %" PRIu64 " findings more: bitacora replay lists them.",
                      "… y %" PRIu64 " hallazgos más: los enumera bitacora replay."),
                   left);
    findings_free(&own);
    findings_free(&others);
}

/* ---- what there is no receipt of ------------------------------------------------------------- */

/* Bytes in the log that are no record, or that no enrolled key signed. */
static void add_bare_facts(struct sheet *s, const struct entry_look *l)
{
    struct entry e;
    struct record r;
    struct refusal why;
    struct span bytes = buf_span(&l->bytes);
    bool header = entry_parse(&e, bytes, &why) == 0;
    bool record = header && record_parse(&r, e.note, &why) == 0;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What stands there", "Qué está ahí"));
    if (!record) {
        lost_to_memory(&why);
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("%zu bytes that are no record.", "%zu bytes que no son un registro."),
                   bytes.n);
    } else {
        term(s, TR("Kind of record", "Tipo de registro"), label_kind(r.kind));
        record_words(s, r.kind, r.object);
        sheet_addf(s, SHEET_TERM, VERDICT_GOOD, "%s",
                   TR("Name on the signature", "Nombre en la firma"));
        sheet_addf(s, SHEET_VALUE, VERDICT_GOOD, "%.*s", (int)r.signer.n, (const char *)r.signer.p);
        term_time(s, label_member(r.kind, "at"), r.at);
    }
    if (header)
        term_time(s, TR("Accepted, by the log's clock", "Aceptado, según el reloj de la bitácora"),
                  e.accepted);
    term_hash(s, TR("Hash of the entry", "Hash del asiento"), &l->leaf);
    if (record) {
        sheet_signed_text(s, r.note);
        record_free(&r);
    }
}

/* ---- links ----------------------------------------------------------------------------------- */

static void add_named(struct sheet *s, const struct entry_look *l)
{
    if (l->names.n == 0)
        return;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD,
              TR("Other entries that it names", "Otros asientos que nombra"));
    for (size_t i = 0; i < l->names.n; i++) {
        const struct entry_link *x = &l->names.list[i];
        sheet_add(s, SHEET_TERM, VERDICT_GOOD, label_member(l->kind, x->member));
        if (x->kind >= KIND_GENESIS)
            sheet_addf(s, SHEET_VALUE, VERDICT_GOOD,
                       TR("entry %" PRIu64 ", %s: bitacora show %" PRIu64,
                          "asiento %" PRIu64 ", %s: bitacora show %" PRIu64),
                       x->entry, label_kind(x->kind), x->entry);
        else
            sheet_addf(s, SHEET_VALUE, VERDICT_GOOD,
                       TR("entry %" PRIu64 ": bitacora show %" PRIu64,
                          "asiento %" PRIu64 ": bitacora show %" PRIu64),
                       x->entry, x->entry);
    }
}

static void add_naming(struct sheet *s, const struct entry_look *l)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD,
              TR("Later entries that name it", "Asientos posteriores que lo nombran"));
    for (size_t i = 0; i < l->named_by.n; i++) {
        const struct entry_link *x = &l->named_by.list[i];
        struct buf text = { 0 };
        buf_addf(&text,
                 TR("entry %" PRIu64 ", %s, signed by %s, accepted ",
                    "asiento %" PRIu64 ", %s, firmado por %s, aceptado el "),
                 x->entry, label_kind(x->kind), x->signer);
        locale_time(&text, x->accepted);
        buf_addf(&text, ": bitacora show %" PRIu64, x->entry);
        sheet_take(s, SHEET_POINT, VERDICT_GOOD, &text);
    }
    if (l->kind == KIND_WARRANT)
        sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                  TR("Requests may cite a warrant by its reference alone: bitacora warrant check "
                     "lists them all.",
                     "Las solicitudes pueden citar un mandamiento solo por su referencia: bitacora "
                     "warrant check las enumera todas."));
    if (l->named_by.total > l->named_by.n)
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("… and %" PRIu64 " more.", "… y %" PRIu64 " más."),
                   l->named_by.total - l->named_by.n);
    else if (l->named_by.n == 0)
        sheet_addf(s, SHEET_PARAGRAPH, VERDICT_GOOD,
                   TR("None, up to entry %" PRIu64 ".", "Ninguno, hasta el asiento %" PRIu64 "."),
                   l->r->accepted.cp.checkpoint.size - 1);
}

/* ---- how it was judged ----------------------------------------------------------------------- */

static void add_revoked(struct sheet *s, const struct entry_look *l, const struct enrolment *e)
{
    struct buf text = { 0 };
    uint64_t last = l->r->accepted.cp.checkpoint.size - 1;
    if (e->revoked == NO_ENTRY) {
        buf_addf(&text,
                 TR("The signer's key is not revoked, up to entry %" PRIu64 ".",
                    "La clave de quien firma no está revocada, hasta el asiento %" PRIu64 "."),
                 last);
        sheet_take(s, SHEET_ITEM, VERDICT_GOOD, &text);
        return;
    }
    bool doubt = e->since <= l->accepted;
    buf_addf(&text,
             e->revoked > l->entry
                 ? TR("The signer's key was revoked later, by entry %" PRIu64 ": %s",
                      "La clave de quien firma se revocó después, por el asiento %" PRIu64 ": %s")
                 : TR("The signer's key had been revoked before, by entry %" PRIu64 ": %s",
                      "La clave de quien firma ya estaba revocada, por el asiento %" PRIu64 ": %s"),
             e->revoked, label_word(TYPE_REASON, e->reason));
    if (e->since != INT64_MAX) {
        buf_adds(&text, TR("; known bad since ", "; se sabe mala desde "));
        locale_time(&text, e->since);
    }
    buf_adds(&text, doubt ? TR(": somebody else may have signed this", ": pudo firmar esto otra "
                                                                       "persona")
                          : "");
    sheet_take(s, SHEET_ITEM, doubt || e->revoked < l->entry ? VERDICT_UNDECIDED : VERDICT_GOOD,
               &text);
}

struct erased_blobs {
    struct sheet *s;
    const struct entry_look *l;
};

static void add_erased(void *ctx, const uint8_t blob[static HASH_BYTES])
{
    struct erased_blobs *e = ctx;
    uint64_t by = registry_erased(judge_registry(e->l->r->judge), blob);
    char text[48];
    if (by == NO_ENTRY)
        return;
    base64_encode(text, blob, HASH_BYTES);
    sheet_addf(e->s, SHEET_POINT, VERDICT_GOOD,
               TR("What it seals was ordered erased by entry %" PRIu64 ": blob %s.",
                  "Lo que sella se ordenó borrar por el asiento %" PRIu64 ": blob %s."),
               by, text);
}

static void add_sealed(struct sheet *s, const struct entry_look *l)
{
    struct entry e;
    struct record r;
    struct refusal why;
    struct erased_blobs erased = { s, l };
    if (l->kind < KIND_GENESIS || entry_parse(&e, buf_span(&l->bytes), &why) != 0)
        return;
    if (record_parse(&r, e.note, &why) != 0) {
        lost_to_memory(&why);
        return;
    }
    entry_blobs(r.object, add_erased, &erased);
    record_free(&r);
}

static void add_judged(struct sheet *s, const struct entry_look *l)
{
    const struct enrolment *e = entry_look_signer(l);
    enum verdict own = entry_look_verdict(l);
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("How it was judged", "Cómo se juzgó"));
    if (own == VERDICT_GOOD)
        sheet_add(s, SHEET_ITEM, own,
                  TR("Accepted: form, place, key, signature, enrolment, role, the entries that it "
                     "names, its id and its times are as the log's rules ask.",
                     "Aceptado: forma, lugar, clave, firma, alta, papel, los asientos que nombra, "
                     "su id y sus tiempos son como piden las reglas de la bitácora."));
    else
        sheet_add(s, SHEET_ITEM, own,
                  own == VERDICT_BAD ? TR("Refused: see the findings above.",
                                          "Rechazado: véanse los hallazgos de arriba.")
                                     : TR("It could not be decided: see the findings above.",
                                          "No se pudo decidir: véanse los hallazgos de arriba."));
    if (e != NULL)
        add_revoked(s, l, e);
    add_sealed(s, l);
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("Not proven: that what it says is true, or was lawful. What the law asks for is "
                 "asked by bitacora audit.",
                 "No está probado que lo que dice sea cierto, o haya sido lícito. Lo que pide la "
                 "ley lo pregunta bitacora audit."));
}

/* ---- all of it ------------------------------------------------------------------------------- */

const struct shown_receipt *entry_view_receipt(const struct entry_view *v)
{
    return v->has_receipt && v->receipt.list[0].facts ? &v->receipt.list[0] : NULL;
}

void entry_view_sheet(struct sheet *s, const struct entry_view *v)
{
    const struct shown_receipt *x = entry_view_receipt(v);
    sheet_add(s, SHEET_STATUS, v->verdict, headline(v));
    add_source(s, v);
    add_findings(s, v);
    if (v->look == NULL && x == NULL)
        return;
    if (x != NULL)
        receipt_sheet_facts(s, &v->receipt, x);
    else
        add_bare_facts(s, v->look);
    if (v->look != NULL) {
        add_named(s, v->look);
        add_naming(s, v->look);
        add_judged(s, v->look);
    } else {
        receipt_sheet_worth(s, &v->receipt, x);
    }
    if (x != NULL)
        sheet_signed_text(s, x->link[0].record.note);
    sheet_laws(s, NULL);
}
