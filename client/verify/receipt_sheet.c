#include "client/verify/receipt_sheet.h"

#include <inttypes.h>

#include "client/show/institution.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/record_words.h"
#include "client/show/terms.h"

/* ---- terms and values ------------------------------------------------------------------------ */

static void term_vkey(struct sheet *s, const char *name, const struct vkey *key)
{
    struct buf text = { 0 };
    vkey_format(&text, key);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, name);
    sheet_take(s, SHEET_CODE, VERDICT_GOOD, &text);
}

/* ---- what was found -------------------------------------------------------------------------- */

void sheet_findings(struct sheet *s, const struct findings *f)
{
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        struct buf text = { 0 };
        if (x->entry != NO_ENTRY)
            buf_addf(&text, TR("entry %" PRIu64 ": ", "asiento %" PRIu64 ": "), x->entry);
        refusal_sentence(&text, &x->why, language_get());
        buf_addf(&text, " [%s]", reason_code(x->why.reason));
        sheet_take(s, SHEET_ITEM, x->verdict, &text);
    }
}

static const char *headline(const struct shown_receipt *x)
{
    if (x->check.form == FORM_OPENING)
        return TR("This is an opening, not a receipt", "Esto es una apertura, no un recibo");
    if (x->check.form == FORM_ANSWER)
        return TR("This is an answer, not a receipt: bitacora verify reads it",
                  "Esto es una respuesta, no un recibo: la lee bitacora verify");
    if (x->check.form == FORM_PRESENTATION)
        return TR("This is a presentation, not a receipt: the gate of the data holder takes it",
                  "Esto es una presentación, no un recibo: la recibe la puerta del poseedor");
    if (x->check.form == FORM_OTHER)
        return TR("This is not a receipt file", "Esto no es un archivo de recibo");
    if (x->verdict == VERDICT_GOOD)
        return TR("Proven: this record stands in the log, signed as is said below",
                  "Probado: este registro está en la bitácora, firmado como se dice abajo");
    if (x->verdict == VERDICT_BAD)
        return TR("BAD: this receipt must not be relied on", "MAL: este recibo no es de fiar");
    return x->facts
               ? TR("Undecided: the record and its signature are good, but not all is proven",
                    "Sin decidir: el registro y su firma son buenos, pero no todo está probado")
               : TR("Undecided: nothing could be proven", "Sin decidir: no se pudo probar nada");
}

static void add_status(struct sheet *s, const struct receipt_show *v, const struct shown_receipt *x)
{
    char file[600];
    struct buf text = { 0 };
    sheet_add(s, SHEET_STATUS, x->verdict, headline(x));
    printable_copy(file, sizeof file, span_str(x->check.path));
    buf_addf(&text, TR("%s; verified offline on ", "%s; comprobado sin red el "), file);
    locale_time(&text, v->now);
    buf_adds(&text, TR(" by this computer's clock.", " según el reloj de este equipo."));
    if (x->check.form == FORM_OPENING)
        buf_addf(&text,
                 TR(" It is looked at with: bitacora verify --opening %s",
                    " Se comprueba con: bitacora verify --opening %s"),
                 file);
    else if (!x->facts && x->check.form == FORM_RECEIPT)
        buf_adds(&text, TR(" What it says is not shown, as it is not proven.",
                           " Lo que dice no se muestra, porque no está probado."));
    sheet_take(s, SHEET_PARAGRAPH, VERDICT_GOOD, &text);
    sheet_findings(s, &x->check.findings);
}

/* ---- what the receipt says ------------------------------------------------------------------- */

static void add_record(struct sheet *s, const struct receipt_link *l)
{
    enum kind k = l->record.kind;
    const char *id = record_string(&l->record, "id");
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What was recorded", "Qué se asentó"));
    term(s, TR("Kind of record", "Tipo de registro"), label_kind(k));
    if (k != KIND_GENESIS) /* of which it says where it stands */
        sheet_add(s, SHEET_HINT, VERDICT_GOOD, kind_meaning(k, language_get()));
    record_words(s, k, l->record.object);
    if (id != NULL)
        term_code(s, label_member(k, "id"), id);
}

/* The signing key: as the entry that enrolled it writes it; of those that genesis names, the one
 * that made this signature. */
static void add_signing_key(struct sheet *s, const struct receipt_link *l,
                            const struct receipt_link *by)
{
    const char *text = record_string(&by->record, "vkey");
    const struct value *registrars = value_member(by->record.object, "registrars");
    value_foreach (registrars, registrar) {
        struct vkey key;
        const char *cause;
        if (&by->record != &l->record && vkey_parse(&key, value_span(registrar), &cause) == 0 &&
            record_signed_by(&l->record, &key))
            text = value_text(registrar);
    }
    term_code(s, label_member(by->record.kind, "vkey"), text);
}

/* Who enrolled whom, in a sentence of the chain that ends at genesis. */
static void add_step(struct sheet *s, const struct receipt_link *l)
{
    struct buf text = { 0 };
    const char *role = record_string(&l->record, "role");
    if (l->record.kind == KIND_GENESIS) {
        buf_adds(&text, TR("entry 0, genesis, signed by the log itself, names the first "
                           "registrars; accepted ",
                           "el asiento 0, génesis, firmado por la propia bitácora, nombra a los "
                           "primeros registradores; aceptado el "));
    } else {
        buf_addf(&text,
                 TR("entry %" PRIu64 ": %s is enrolled as %s by %.*s; accepted ",
                    "asiento %" PRIu64 ": %s recibe el alta como %s, por %.*s; aceptado el "),
                 l->entry.index, record_string(&l->record, "name"), label_word(TYPE_ROLE, role),
                 (int)l->record.signer.n, (const char *)l->record.signer.p);
    }
    locale_time(&text, l->entry.accepted);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

/* By the name that the signer's enrolment gives it, the code beside it. */
static void add_authority(struct sheet *s, const struct record *enrolment)
{
    const char *code = record_string(enrolment, "authority");
    struct institutions names;
    struct buf text = { 0 };
    if (code == NULL)
        return;
    institutions_open(&names);
    institutions_take(&names, enrolment->object);
    institution_add(&text, &names, code);
    institutions_close(&names);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, label_member(KIND_ENROLL, "authority"));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

/* Role, authority and all that the enrolment says of the signer; of the log itself and of a
 * registrar that genesis names, nothing more. */
static void add_role(struct sheet *s, const struct receipt_link *by, bool log)
{
    static const char *const members[] = { "level", "function", "jurisdiction" };
    const struct record *r = &by->record;
    bool enrolled = r->kind == KIND_ENROLL;
    int64_t ms;
    term(s, label_member(KIND_ENROLL, "role"),
         enrolled ? label_word(TYPE_ROLE, record_string(r, "role"))
                  : label_role(log ? ROLE_LOG : ROLE_REGISTRAR));
    if (enrolled)
        add_authority(s, r);
    for (size_t i = 0; enrolled && i < sizeof members / sizeof *members; i++) {
        const char *text = record_string(r, members[i]);
        enum vocabulary v = i == 0   ? VOCABULARY_LEVEL
                            : i == 1 ? VOCABULARY_FUNCTION_OR_SECTOR
                                     : VOCABULARY_NONE;
        if (text != NULL)
            term(s, label_member(KIND_ENROLL, members[i]), i == 2 ? text : label(v, text));
    }
    if (enrolled && record_time(r, "from", &ms))
        term_time(s, TR("May sign from", "Puede firmar desde"), ms);
    if (enrolled && record_time(r, "until", &ms))
        term_until(s, TR("May sign until", "Puede firmar hasta"), ms);
}

static void add_signer(struct sheet *s, const struct shown_receipt *x, const struct receipt_link *l)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("Who signed it", "Quién lo firmó"));
    term(s, TR("Signer", "Firmante"), x->check.report.signer);
    if (x->receipt.entries == 1) {
        term(s, label_member(KIND_ENROLL, "role"), label_role(ROLE_LOG));
        add_signing_key(s, l, l);
        return;
    }
    add_role(s, &x->link[1], kind_is_logs(l->record.kind));
    add_signing_key(s, l, &x->link[1]);
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, TR("Enrolled", "Alta"));
    for (size_t i = 1; i < x->receipt.entries; i++)
        add_step(s, &x->link[i]);
}

static void add_times(struct sheet *s, const struct receipt_link *l)
{
    struct buf text = { 0 };
    int64_t apart = l->entry.accepted - l->record.at;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("When", "Cuándo"));
    term_time(s, label_member(l->record.kind, "at"), l->record.at);
    term_time(s, TR("Accepted, by the log's clock", "Aceptado, según el reloj de la bitácora"),
              l->entry.accepted);
    locale_duration(&text, apart);
    buf_adds(&text, apart >= 0
                        ? TR(" after the signer's time", " después de la hora de quien firma")
                        : TR(" before the signer's time", " antes de la hora de quien firma"));
    sheet_add(s, SHEET_TERM, VERDICT_GOOD, TR("Difference of the clocks", "Diferencia de relojes"));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void add_place(struct sheet *s, const struct receipt_show *v, const struct shown_receipt *x)
{
    const struct receipt_report *r = &x->check.report;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("Where it stands", "Dónde está asentado"));
    term(s, TR("Log", "Bitácora"), receipt_show_log(v, x)->name);
    term_vkey(s, TR("The log's key, from the policy", "Clave de la bitácora, según la política"),
              receipt_show_log(v, x));
    term_number(s, TR("Entry", "Asiento"), r->index);
    term_hash(s, TR("Hash of the entry", "Hash del asiento"), &r->leaf);
    term_number(s, TR("Entries under the checkpoint", "Asientos del punto de control"), r->size);
    term_hash(s, TR("Root of the checkpoint", "Raíz del punto de control"), &r->root);
    term_hash(s, TR("Hash of entry 0 (genesis)", "Hash del asiento 0 (génesis)"), &r->genesis);
    sheet_add(s, SHEET_HINT, VERDICT_GOOD,
              v->trust.has_pin
                  ? TR("it is the one that the reader pinned", "es el que fijó quien lee")
                  : TR("taken on the operator's word; --genesis pins it",
                       "es el que dice quien opera; con --genesis se fija"));
}

/* ---- witnesses ------------------------------------------------------------------------------- */

static void add_cosignature(struct sheet *s, const char *name, uint64_t seconds)
{
    struct buf text = { 0 };
    buf_addf(&text,
             seconds == 0 ? TR("%s has not cosigned", "%s no ha cofirmado")
                          : TR("%s cosigned on ", "%s cofirmó el "),
             name);
    if (seconds > LATEST_SECONDS)
        buf_addf(&text, "%" PRIu64, seconds);
    else if (seconds > 0)
        locale_time(&text, (int64_t)seconds * 1000);
    sheet_take(s, SHEET_MARK, seconds == 0 ? VERDICT_UNDECIDED : VERDICT_GOOD, &text);
}

static void add_witnesses(struct sheet *s, const struct receipt_show *v,
                          const struct shown_receipt *x)
{
    const struct policy *p = v->trust.policy;
    const struct signed_checkpoint *cp = &x->check.report.cp;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("Witnesses", "Testigos"));
    if (policy_witnesses(p) > 0)
        sheet_add(s, SHEET_TERM, VERDICT_GOOD,
                  TR("Witnesses of the policy", "Testigos de la política"));
    for (size_t i = 0; i < policy_witnesses(p); i++)
        add_cosignature(s, policy_witness(p, i)->key.name, cp->cosigned_at[i]);
    sheet_quorum(s, p, cp->quorum);
}

/* ---- what it is worth ------------------------------------------------------------------------ */

static void add_proven(struct sheet *s, const struct receipt_show *v, const struct shown_receipt *x)
{
    const struct receipt_report *r = &x->check.report;
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What this proves", "Qué prueba"));
    sheet_addf(s, SHEET_ITEM, VERDICT_GOOD,
               TR("The record was signed with the key of %s, and not a character of it was changed "
                  "since.",
                  "El registro se firmó con la clave de %s y desde entonces no cambió ni un "
                  "carácter."),
               r->signer);
    sheet_add(s, SHEET_ITEM, VERDICT_GOOD,
              x->receipt.entries == 1
                  ? TR("That is the log's own key, which the policy names.",
                       "Es la clave de la propia bitácora, que la política nombra.")
                  : TR("That key was enrolled for this role, in the open, by whom is said above.",
                       "Esa clave recibió el alta para este papel, públicamente, de quien se dice "
                       "arriba."));
    sheet_addf(s, SHEET_ITEM, VERDICT_GOOD,
               TR("It stands in the log as entry %" PRIu64 ", under a checkpoint that the log "
                  "signed.",
                  "Está en la bitácora como asiento %" PRIu64 ", bajo un punto de control que "
                  "la bitácora firmó."),
               r->index);
    if (receipt_show_asks_witnesses(v) && r->quorum)
        sheet_add(s, SHEET_ITEM, x->verdict,
                  x->verdict == VERDICT_GOOD
                      ? TR("Enough witnesses saw the same history.",
                           "Suficientes testigos vieron la misma historia.")
                      : TR("Enough witnesses cosigned, but see the doubt above.",
                           "Cofirmaron suficientes testigos, pero véase la duda de arriba."));
}

static void add_not_proven(struct sheet *s, const struct receipt_show *v,
                           const struct shown_receipt *x)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("What it does NOT prove", "Qué NO prueba"));
    if (!receipt_show_asks_witnesses(v) || !x->check.report.quorum)
        sheet_add(s, SHEET_POINT, VERDICT_GOOD,
                  TR("That the log shows everybody the same history: witnesses are lacking.",
                     "Que la bitácora muestre a todos la misma historia: faltan testigos."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("That the key had not been revoked when the record was accepted.",
                 "Que la clave no estuviera revocada cuando se aceptó el registro."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("That nothing else was recorded, before or after, about the same matter: one "
                 "receipt is not the whole list.",
                 "Que no se haya asentado nada más, antes o después, sobre el mismo asunto: un "
                 "recibo no es la lista completa."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("That it was recorded in time, in the right order, and only once.",
                 "Que se haya asentado a tiempo, en el orden debido y una sola vez."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("That there is such a warrant, if it cites one, and that it keeps within it.",
                 "Que haya tal mandamiento, si cita uno, y que se mantenga dentro de él."));
    sheet_add(s, SHEET_POINT, VERDICT_GOOD,
              TR("That what it says is true, or was lawful.",
                 "Que lo que dice sea cierto, o haya sido lícito."));
    sheet_add(s, SHEET_PARAGRAPH, VERDICT_GOOD,
              TR("Revocations, completeness and order are shown by a replay of the whole log; "
                 "whether deadlines were kept is for whoever then reads it.",
                 "Las revocaciones, la integridad de la lista y el orden los muestra la "
                 "verificación de toda la bitácora; si se cumplieron los plazos lo dirá quien "
                 "después la lea."));
}

void sheet_signed_text(struct sheet *s, struct span note)
{
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD,
              TR("The record, as it was signed", "El registro, como se firmó"));
    while (note.n > 0) {
        const uint8_t *end = memchr(note.p, '\n', note.n);
        size_t n = end == NULL ? note.n : (size_t)(end - note.p);
        if (n > 0)
            sheet_addf(s, SHEET_VERBATIM, VERDICT_GOOD, "%.*s", (int)n, (const char *)note.p);
        n += end != NULL;
        note = span_of(note.p + n, note.n - n);
    }
}

void receipt_sheet_facts(struct sheet *s, const struct receipt_show *v,
                         const struct shown_receipt *x)
{
    const struct receipt_link *l = &x->link[0];
    add_record(s, l);
    add_signer(s, x, l);
    add_times(s, l);
    add_place(s, v, x);
    add_witnesses(s, v, x);
}

void receipt_sheet_worth(struct sheet *s, const struct receipt_show *v,
                         const struct shown_receipt *x)
{
    add_proven(s, v, x);
    add_not_proven(s, v, x);
}

void receipt_sheet(struct sheet *s, const struct receipt_show *v, const struct shown_receipt *x)
{
    add_status(s, v, x);
    if (!x->facts)
        return;
    receipt_sheet_facts(s, v, x);
    receipt_sheet_worth(s, v, x);
    sheet_signed_text(s, x->link[0].record.note);
    sheet_laws(s, NULL);
}

void receipt_sheet_summary(struct sheet *s, const struct receipt_show *v)
{
    for (size_t i = 0; i < v->count && v->count > 1; i++) {
        char file[600];
        printable_copy(file, sizeof file, span_str(v->list[i].check.path));
        sheet_addf(s, SHEET_ITEM, v->list[i].verdict, "%s: %s", verdict_word(v->list[i].verdict),
                   file);
    }
}
