#include "client/warrant/warrant_words.h"

#include <inttypes.h>

#include "client/show/label.h"
#include "client/show/locale.h"

#define LATEST INT64_C(253402300799999) /* the last that when_format() can write */

/* ---- pieces ---------------------------------------------------------------------------------- */

void words_time(struct buf *out, int64_t ms)
{
    locale_time(out, ms < LATEST ? ms : LATEST);
}

void words_until(struct buf *out, int64_t ms)
{
    locale_until(out, ms < LATEST ? ms : LATEST);
}

void words_quoted(struct buf *out, const char *text)
{
    buf_addf(out, TR("“%s”", "«%s»"), text);
}

const char *words_code(const struct case_line *l, enum vocabulary v, const char *code)
{
    const char *own = v == VOCABULARY_NONE ? NULL : ruleset_code(l->ruleset, v, code);
    return label(v, own != NULL ? own : code);
}

void words_codes(struct buf *out, const struct case_line *l, enum vocabulary v, const char *member)
{
    const struct value *list = value_member(l->object, member);
    value_foreach (list, item)
        buf_addf(out, "%s%s", item == value_first(list) ? "" : ", ",
                 words_code(l, v, value_text(item)));
}

void words_authorities(struct buf *out, const struct warrant_case *c, const struct case_line *l,
                       const char *member)
{
    const struct value *list = value_member(l->object, member);
    value_foreach (list, item) {
        buf_adds(out, item == value_first(list) ? "" : ", ");
        institution_add(out, &c->names, value_text(item));
    }
}

static void add_code(struct buf *out, const struct case_line *l, enum vocabulary v,
                     const char *before, const struct value *object, const char *member)
{
    const char *code = object_text(object, member);
    if (code != NULL)
        buf_addf(out, "%s%s", before, words_code(l, v, code));
}

static void add_time(struct buf *out, const char *before, const struct value *object,
                     const char *member)
{
    int64_t ms = object_time(object, member);
    if (ms == NO_TIME)
        return;
    buf_adds(out, before);
    words_time(out, ms);
}

static void add_until(struct buf *out, const char *before, const struct value *object,
                      const char *member)
{
    int64_t ms = object_time(object, member);
    if (ms == NO_TIME)
        return;
    buf_adds(out, before);
    words_until(out, ms);
}

static void add_window(struct buf *out, const char *before, const struct value *window)
{
    if (window == NULL)
        return;
    buf_adds(out, before);
    add_time(out, TR("from ", "desde el "), window, "from");
    add_until(out, TR(" until ", " hasta el "), window, "until");
}

static void add_number(struct buf *out, const char *before, const struct value *v)
{
    if (v == NULL)
        return;
    buf_adds(out, before);
    locale_number(out, (uint64_t)value_integer(v));
}

/* How many of the subjects are of the same type as this one; 0 if it is not the first of them. */
static size_t count_type(const struct value *subjects, const struct value *subject)
{
    const char *type = object_text(subject, "type");
    size_t n = 0;
    value_foreach (subjects, other) {
        if (strcmp(object_text(other, "type"), type) != 0)
            continue;
        if (n == 0 && other != subject)
            return 0;
        n++;
    }
    return n;
}

void words_subjects(struct buf *out, const struct case_line *l)
{
    const struct value *subjects = value_member(l->object, "subjects");
    value_foreach (subjects, subject) {
        size_t n = count_type(subjects, subject);
        if (n > 0)
            buf_addf(out, "%s%zu × %s", subject == value_first(subjects) ? "" : ", ", n,
                     words_code(l, VOCABULARY_SUBJECT_TYPE, object_text(subject, "type")));
    }
}

void words_entry_list(struct buf *out, const uint64_t *entry, size_t n, uint64_t total)
{
    const char *and = TR(" and ", " y ");
    for (size_t i = 0; i < n && i < WORDS_LISTED; i++)
        buf_addf(out, "%s%" PRIu64, i == 0 ? "" : i + 1 == total ? and : ", ", entry[i]);
    if (total > WORDS_LISTED)
        buf_addf(out, TR(" and %" PRIu64 " more", " y %" PRIu64 " más"), total - WORDS_LISTED);
}

/* "of entry 4", "of entries 4 and 5": those that it is about, of the case or not. */
static void add_entries(struct buf *out, const struct value *list)
{
    uint64_t entry[ITEMS_MAX];
    size_t n = 0;
    value_foreach (list, reference)
        entry[n++] = reference_entry(reference);
    buf_adds(out, n == 1 ? TR("entry ", "al asiento ") : TR("entries ", "a los asientos "));
    words_entry_list(out, entry, n, n);
}

static uint64_t about(const struct case_line *l, const char *member)
{
    return reference_entry(value_member(l->object, member));
}

/* ---- what each kind says --------------------------------------------------------------------- */

static void say_request(struct buf *out, const struct warrant_case *c, const struct case_line *l)
{
    const struct value *o = l->object, *named = value_member(o, "case");
    buf_adds(out, TR("asks ", "pide a "));
    institution_add(out, &c->names, object_text(o, "holder"));
    buf_adds(out, TR(" for ", ": "));
    words_codes(out, l, VOCABULARY_CATEGORY, "categories");
    add_code(out, l, VOCABULARY_SOURCE, TR("; source: ", "; fuente: "), o, "source");
    add_code(out, l, VOCABULARY_BASIS, TR("; legal basis: ", "; fundamento: "), o, "basis");
    add_code(out, l, VOCABULARY_GROUND, TR("; emergency: ", "; urgencia: "), o, "ground");
    add_code(out, l, VOCABULARY_PURPOSE, TR("; purpose: ", "; finalidad: "),
             value_member(o, "purpose"), "code");
    add_number(out, TR("; persons: ", "; personas: "), value_member(o, "persons"));
    if (value_size(value_member(o, "subjects")) > 0) {
        buf_adds(out, TR("; sealed: ", "; selladas: "));
        words_subjects(out, l);
    }
    add_window(out, TR("; data ", "; datos "), value_member(o, "data_window"));
    if (named != NULL) {
        add_code(out, l, VOCABULARY_CASE_SCHEME, "; ", named, "scheme");
        buf_adds(out, " ");
        words_quoted(out, object_text(named, "number"));
    }
}

static void say_response(struct buf *out, const struct case_line *l)
{
    buf_addf(out, TR("to entry %" PRIu64 ": ", "al asiento %" PRIu64 ": "), about(l, "request"));
    add_code(out, l, VOCABULARY_OUTCOME, "", l->object, "outcome");
    add_number(out, TR("; records: ", "; registros: "), value_member(l->object, "records"));
    add_time(out, TR("; answered on ", "; contestada el "), l->object, "answered_at");
}

static void say_ratification(struct buf *out, const struct case_line *l)
{
    buf_addf(out, TR("entry %" PRIu64 " is %s", "el asiento %" PRIu64 ": %s"), about(l, "request"),
             label_word(TYPE_RESULT, object_text(l->object, "result")));
    if (value_member(l->object, "categories") == NULL)
        return;
    buf_adds(out, ": ");
    words_codes(out, l, VOCABULARY_CATEGORY, "categories");
}

static void say_transfer(struct buf *out, const struct case_line *l)
{
    const struct value *recipient = value_member(l->object, "recipient");
    const char *instrument = object_text(l->object, "instrument");
    buf_addf(out, TR("to %s (%s), of the answers to ", "a %s (%s), de las respuestas "),
             object_text(recipient, "authority"), object_text(recipient, "country"));
    add_entries(out, value_member(l->object, "requests"));
    buf_adds(out, instrument == NULL ? TR("; no legal instrument", "; sin instrumento legal")
                                     : TR("; instrument: ", "; instrumento: "));
    if (instrument != NULL)
        words_quoted(out, instrument);
}

static void say_destruction(struct buf *out, const struct case_line *l)
{
    const struct value *requests = value_member(l->object, "requests");
    const struct value *blobs = value_member(l->object, "blobs");
    buf_adds(out, TR("copies were destroyed", "se destruyeron copias"));
    if (requests != NULL) {
        buf_adds(out, TR(" of the answers to ", " de las respuestas "));
        add_entries(out, requests);
    }
    if (blobs != NULL)
        buf_addf(out,
                 TR("; blobs whose content was destroyed: %zu",
                    "; blobs cuyo contenido se destruyó: %zu"),
                 value_size(blobs));
    if (value_member(l->object, "order") != NULL)
        buf_adds(out, TR("; by an order", "; por una orden"));
}

static void say_erasure(struct buf *out, const struct warrant_case *c, const struct case_line *l)
{
    buf_adds(out, TR("what is sealed in these entries is to be deleted: ",
                     "debe borrarse lo sellado en estos asientos: "));
    uint64_t entry[WORDS_LISTED];
    size_t n = 0;
    for (; n < l->abouts && n < WORDS_LISTED; n++)
        entry[n] = c->line[case_numbers(c, l->about)[n]].entry;
    words_entry_list(out, entry, n, l->abouts_total);
}

static void say_extension(struct buf *out, const struct warrant_case *c, const struct case_line *l)
{
    add_until(out, TR("until ", "hasta el "), l->object, "until");
    if (!l->absent)
        return;
    buf_adds(out, TR("; by ", "; por "));
    institution_add(out, &c->names, warrant_case_signer(c, l)->authority);
    buf_adds(out,
             TR(", which is not the warrant's court", ", que no es el juzgado del mandamiento"));
}

static void say_notices(struct buf *out, const struct case_line *l)
{
    const struct value *o = l->object;
    buf_addf(out, TR("about entry %" PRIu64, "sobre el asiento %" PRIu64), about(l, "request"));
    if (l->kind == KIND_JUDICIAL_NOTICE) {
        add_time(out, TR(": data handed over on ", ": datos entregados el "), o, "fulfilled_at");
        add_time(out, TR("; judge told on ", "; se avisó al juez el "), o, "notified_at");
    } else if (l->kind == KIND_DEFERRAL) {
        add_time(out, TR(": may wait until ", ": puede esperar hasta el "), o, "until");
        add_code(out, l, VOCABULARY_DEFERRAL_REASON, "; ", o, "reason");
    } else {
        add_time(out, TR(": the person was told on ", ": se avisó a la persona el "), o,
                 "delivered_at");
        add_code(out, l, VOCABULARY_MEANS, ", ", o, "means");
    }
}

static void say_about(struct buf *out, const struct case_line *l)
{
    buf_addf(out, TR("about entry %" PRIu64 ": ", "sobre el asiento %" PRIu64 ": "),
             about(l, "about"));
    add_code(out, l, VOCABULARY_CAUSE, "", l->object, "cause");
    if (value_member(l->object, "note") != NULL)
        buf_adds(out, TR("; with a sealed note", "; con una nota sellada"));
}

void words_of_line(struct buf *out, const struct warrant_case *c, const struct case_line *l)
{
    switch (l->kind) {
    case KIND_REQUEST:
        say_request(out, c, l);
        break;
    case KIND_RESPONSE:
        say_response(out, l);
        break;
    case KIND_RATIFICATION:
        say_ratification(out, l);
        break;
    case KIND_TRANSFER:
        say_transfer(out, l);
        break;
    case KIND_PRODUCT:
        add_code(out, l, VOCABULARY_PRODUCT_CLASS, "", l->object, "class");
        buf_adds(out, TR(", made of the answers to ", ", con las respuestas "));
        add_entries(out, value_member(l->object, "requests"));
        break;
    case KIND_DESTRUCTION:
        say_destruction(out, l);
        break;
    case KIND_ERASURE:
        say_erasure(out, c, l);
        break;
    case KIND_EXTENSION:
        say_extension(out, c, l);
        break;
    case KIND_CLOSING:
        add_window(out, TR("executed ", "ejecutado "), value_member(l->object, "executed"));
        break;
    case KIND_JUDICIAL_NOTICE:
    case KIND_DEFERRAL:
    case KIND_NOTICE:
        say_notices(out, l);
        break;
    case KIND_CORRECTION:
    case KIND_ERROR_REPORT:
        say_about(out, l);
        break;
    default:
        break;
    }
}

void words_signer(struct buf *out, const struct warrant_case *c, const struct enrolment *e)
{
    buf_addf(out, "%s, %s", e->key.name, label_role(e->role));
    if (e->authority[0] == 0)
        return;
    buf_adds(out, ", ");
    institution_add(out, &c->names, e->authority);
    buf_addf(out, institution_name(&c->names, e->authority) == NULL ? " (%s)" : ", %s",
             label(VOCABULARY_LEVEL, e->level));
}

/* ---- scope and rules ------------------------------------------------------------------------- */

void words_unresolved(struct buf *out, const struct warrant_case *c, const struct case_line *l)
{
    const struct casebook *cb = &c->audit->cb;
    const struct value *named = value_member(l->object, "warrant");
    switch (l->unresolved) {
    case UNRESOLVED_NOT:
        return;
    case UNRESOLVED_LATER:
        buf_addf(out,
                 TR("the warrant came into the log only later, as entry %" PRIu64,
                    "el mandamiento se asentó después, en el asiento %" PRIu64),
                 l->other);
        return;
    case UNRESOLVED_COURT:
        buf_addf(out,
                 TR("it names the court %s; the warrant of entry %" PRIu64 " is of %s",
                    "nombra al juzgado %s; el mandamiento del asiento %" PRIu64 " es de %s"),
                 object_text(named, "court"), l->other,
                 casebook_text(cb, casebook_warrant(cb, l->other)->court));
        return;
    case UNRESOLVED_ENTRY:
        buf_addf(out,
                 TR("it names entry %" PRIu64 ", which is no such warrant",
                    "nombra el asiento %" PRIu64 ", que no es tal mandamiento"),
                 reference_entry(named));
        return;
    case UNRESOLVED_REF:
        buf_addf(out,
                 TR("it names the warrant of entry %" PRIu64 ", but by another reference: ",
                    "nombra el mandamiento del asiento %" PRIu64 ", pero con otra referencia: "),
                 l->other);
        words_quoted(out, object_text(named, "ref"));
        return;
    case UNRESOLVED_SEVERAL:
        buf_adds(out, TR("several warrants have that reference, and it does not say which is meant",
                         "varios mandamientos tienen esa referencia, y no dice cuál"));
        return;
    case UNRESOLVED_ABSENT:
        buf_adds(out,
                 TR("no such warrant is in the log", "tal mandamiento no está en la bitácora"));
        return;
    }
}

enum verdict scope_verdict(enum scope s)
{
    return s == SCOPE_OUTSIDE ? VERDICT_BAD : s == SCOPE_UNKNOWN ? VERDICT_UNDECIDED : VERDICT_GOOD;
}

const char *words_scope(const struct case_line *l)
{
    switch (l->scope) {
    case SCOPE_NONE:
        return "";
    case SCOPE_INSIDE:
        return l->apart
                   ? TR("inside the scope of the other warrant that it cites",
                        "dentro del alcance del otro mandamiento que cita")
                   : TR("inside the scope of the warrant", "dentro del alcance del mandamiento");
    case SCOPE_UNKNOWN:
        return TR("whether it is inside the scope cannot be told",
                  "no se puede saber si está dentro del alcance");
    case SCOPE_OUTSIDE:
        return l->apart ? TR("OUTSIDE the scope of the other warrant that it cites, or that "
                             "warrant is not there",
                             "FUERA del alcance del otro mandamiento que cita, o este no consta")
               : l->unresolved != UNRESOLVED_NOT
                   ? TR("not under a warrant of the log", "sin mandamiento de la bitácora")
                   : TR("OUTSIDE the scope of the warrant", "FUERA del alcance del mandamiento");
    }
    return "";
}

void words_answer(struct buf *out, const struct warrant_case *c, const struct rule_answer *a)
{
    answer_sentence_named(out, a, &c->audit->cb, &c->names);
}
