/* bitacora notify find: a person asks whether there are requests for their data. What is
 * withheld from the person must not show: not in the answer, not in a count, not in the exit
 * code, nor in what is asked of the service. So everything of that type is opened whatever it
 * is, and only then, of what fits, is what may be told chosen. */
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/notify/letter.h"
#include "client/notify/notify.h"
#include "client/show/likeness.h"
#include "proto/record/identifier.h"

struct people_search {
    struct notifying *n;
    const char *type, *value;
    uint64_t subjects; /* of that type */
    struct unsealed_counts counts;
    bool *fits;  /* by request */
    bool *alike; /* a value that only looks like it */
};

/* ---- looking --------------------------------------------------------------------------------- */

/* Whoever sealed it may not have normalised it, or by older rules. */
static bool is_asked_for(const struct people_search *f, const struct opening *opening)
{
    return identifier_same(opening->type, opening->value, f->value);
}

static void look_at(struct people_search *f, const struct person *p)
{
    struct opening opening;
    uint64_t by;
    if (strcmp(casebook_text(&f->n->audit->cb, p->type), f->type) != 0)
        return;
    f->subjects++;
    enum unsealed u = notifying_unseal(f->n, p, &opening, &by);
    unsealed_count(&f->counts, u);
    if (u == UNSEALED_OTHER)
        say(TR("entry %" PRIu64 ", subject %" PRIu32 ": %s",
               "asiento %" PRIu64 ", sujeto %" PRIu32 ": %s"),
            notices_request(&f->n->notices, p->request)->entry, p->number, unsealed_words(u));
    if (u != UNSEALED_OPEN)
        return;
    bool fits = is_asked_for(f, &opening);
    f->fits[p->request] = f->fits[p->request] || fits;
    f->alike[p->request] =
        f->alike[p->request] || (!fits && looks_the_same(opening.value, f->value));
    opening_wipe(&opening);
}

static void look_at_all(struct people_search *f)
{
    const struct shelf *people = &f->n->notices.people;
    for (uint64_t i = 0; i < people->n; i++) {
        look_at(f, shelf_at(people, i));
        say_progress(i + 1, people->n);
    }
}

/* From here on what is withheld is as if it were not there. */
static void withhold(struct people_search *f)
{
    const struct notices *n = &f->n->notices;
    for (uint32_t i = 0; i < f->n->audit->cb.requests.n; i++) {
        bool withheld = notice_withheld(notices_request(n, i), notices_facts(n, i), f->n->moment);
        f->fits[i] = f->fits[i] && !withheld;
        f->alike[i] = f->alike[i] && !f->fits[i] && !withheld;
    }
}

/* ---- what may be told ------------------------------------------------------------------------ */

static const char *text_or_null(const struct casebook *cb, word w)
{
    return w == 0 ? NULL : casebook_text(cb, w);
}

static json_t *categories_json(const struct casebook *cb, const struct request *r)
{
    json_t *list = json_list();
    for (uint32_t i = 0; i < r->categories_n; i++)
        json_push(list, json_text(casebook_text(cb, casebook_words(cb, r->categories)[i])));
    return list;
}

static json_t *entry_or_null(uint64_t entry)
{
    return entry == NO_ENTRY ? NULL : json_of_index(entry);
}

static json_t *request_json(const struct people_search *f, uint32_t number)
{
    const struct casebook *cb = &f->n->audit->cb;
    const struct request *r = notices_request(&f->n->notices, number);
    const struct notice_facts *x = notices_facts(&f->n->notices, number);
    const struct warrant *w = casebook_warrant_of(cb, r);
    word outcome = x->delivered != 0 ? x->delivered : r->outcome;
    return json_made(json_pack(
        "{s:o,s:o,s:o,s:s,s:s,s:s,s:s,s:o,s:s,s:s,s:s*,s:o*,s:s*,s:s*,s:o*,s:o*,s:o*}", "entry",
        json_of_index(r->entry), "hash", json_of_hash(&x->leaf), "accepted",
        json_of_time(r->accepted), "authority", casebook_text(cb, r->authority), "function",
        casebook_text(cb, r->function), "level", casebook_text(cb, r->level), "holder",
        casebook_text(cb, r->holder), "categories", categories_json(cb, r), "purpose",
        casebook_text(cb, r->purpose), "basis", casebook_text(cb, r->basis), "warrant",
        text_or_null(cb, r->ref), "warrant_entry", w == NULL ? NULL : json_of_index(w->entry),
        "ground", text_or_null(cb, r->ground), "outcome", text_or_null(cb, outcome), "answer",
        entry_or_null(r->answer), "notice", entry_or_null(r->told), "notice_accepted",
        r->told == NO_ENTRY ? NULL : json_of_time(r->told_accepted)));
}

static void print_request(const struct people_search *f, uint32_t number)
{
    struct sheet s = { 0 };
    const struct request *r = notices_request(&f->n->notices, number);
    printf(TR("\n== entry %" PRIu64 " ==\n", "\n== asiento %" PRIu64 " ==\n"), r->entry);
    letter_facts(&s, &f->n->notices, number);
    sheet_print(&s, stdout);
    sheet_free(&s);
}

static enum outcome keep_receipts(struct people_search *f)
{
    enum outcome outcome = OUTCOME_PROVEN;
    for (uint32_t i = 0; f->n->options.receipts != NULL && i < f->n->audit->cb.requests.n; i++)
        if (f->fits[i])
            outcome =
                outcome_worse(outcome, notifying_receipt(f->n, notices_request(&f->n->notices, i),
                                                         notices_facts(&f->n->notices, i)));
    return outcome;
}

static void print_counts(const struct people_search *f)
{
    const struct unsealed_counts *c = &f->counts;
    printf(TR("\nlooked at: every identifier of type %s that requests in this log seal, %" PRIu64
              " in all; opened: %" PRIu64 ", erased by order: %" PRIu64
              ", sealed to other keys: %" PRIu64 ", not to be had: %" PRIu64
              ", NOT as committed: %" PRIu64 "\n",
              "\nse revisó todo identificador de tipo %s que sellan las solicitudes de esta "
              "bitácora, %" PRIu64 " en total; abiertos: %" PRIu64 ", borrados por orden: %" PRIu64
              ", sellados a otras claves: %" PRIu64 ", no disponibles: %" PRIu64
              ", NO corresponden: %" PRIu64 "\n"),
           f->type, f->subjects, c->open, c->erased, c->foreign, c->failed, c->other);
    puts(TR("what is deferred is never shown: no answer does not prove that there is no request",
            "lo aplazado nunca se muestra: que no haya respuesta no prueba que no haya solicitud"));
}

/* Whether these are about the same person is for whoever can see both. */
static void print_alike(const struct people_search *f)
{
    struct buf entries = { 0 };
    size_t n = 0;
    for (uint32_t i = 0; i < f->n->audit->cb.requests.n; i++)
        if (f->alike[i])
            buf_addf(&entries, "%s%" PRIu64, n++ == 0 ? "" : ", ",
                     notices_request(&f->n->notices, i)->entry);
    if (n > 0)
        printf(TR("requests about an identifier that only looks like it, and is another: %zu "
                  "(entries %s)\n",
                  "solicitudes sobre un identificador que solo se ve como este, y es otro: %zu "
                  "(asientos %s)\n"),
               n, kept_text(&entries));
    buf_free(&entries);
}

static void print_found(const struct people_search *f)
{
    uint64_t found = 0;
    for (uint32_t i = 0; i < f->n->audit->cb.requests.n; i++)
        found += f->fits[i];
    printf(TR("requests that may be told: %" PRIu64 "\n",
              "solicitudes que pueden informarse: %" PRIu64 "\n"),
           found);
    for (uint32_t i = 0; i < f->n->audit->cb.requests.n; i++)
        if (f->fits[i])
            print_request(f, i);
    print_alike(f);
    print_counts(f);
}

static json_t *alike_json(const struct people_search *f)
{
    json_t *list = json_list();
    for (uint32_t i = 0; i < f->n->audit->cb.requests.n; i++)
        if (f->alike[i])
            json_push(list, json_of_index(notices_request(&f->n->notices, i)->entry));
    return list;
}

static void found_json(const struct people_search *f)
{
    json_t *v = replaying_json(f->n->r), *list = json_list();
    for (uint32_t i = 0; i < f->n->audit->cb.requests.n; i++)
        if (f->fits[i])
            json_push(list, request_json(f, i));
    json_put(v, "type", json_text(f->type));
    json_put(v, "subjects", json_integer((json_int_t)f->subjects));
    json_put(v, "sealed", unsealed_json(&f->counts));
    json_put(v, "requests", list);
    json_put(v, "similar", alike_json(f));
    say_json(v);
}

/* ---- the question ---------------------------------------------------------------------------- */

/* A type that nobody knows would find nothing, and say so as if there were nothing. */
static bool type_known(const struct notifying *n, const char *type)
{
    const struct ruleset *ruleset = n->notices.ruleset;
    if (ruleset != NULL && ruleset_code(ruleset, VOCABULARY_SUBJECT_TYPE, type) != NULL)
        return true;
    for (uint64_t i = 0; i < n->notices.people.n; i++) {
        const struct person *p = shelf_at(&n->notices.people, i);
        if (strcmp(casebook_text(&n->audit->cb, p->type), type) == 0)
            return true;
    }
    return false;
}

static enum outcome answer_person(struct people_search *f)
{
    look_at_all(f);
    withhold(f);
    enum outcome outcome = outcome_worse(unsealed_outcome(&f->counts), keep_receipts(f));
    if (lost_any()) /* lost_outcome() says so */
        return outcome;
    if (f->n->options.json)
        found_json(f);
    else
        print_found(f);
    return outcome;
}

enum outcome notify_find(struct notifying *n, const char *value)
{
    struct people_search f = { .n = n, .type = n->options.type, .value = value };
    if (!type_known(n, f.type))
        return say_usage(TR("--type %s is none that the ruleset knows",
                            "--type %s no es de los que conoce el conjunto de reglas"),
                         f.type);
    enum outcome outcome = receipt_folder_open(&n->receipts, &n->r->trust, n->options.receipts);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    f.fits = kept(calloc(n->audit->cb.requests.n + 1, sizeof *f.fits));
    f.alike = kept(calloc(n->audit->cb.requests.n + 1, sizeof *f.alike));
    outcome = f.fits == NULL || f.alike == NULL ? OUTCOME_UNDECIDED : answer_person(&f);
    free(f.fits);
    free(f.alike);
    return outcome;
}
