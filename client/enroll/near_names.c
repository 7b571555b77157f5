#include "client/enroll/near_names.h"

#include <ctype.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/submit/agree.h"

#define ENROLMENTS_ASKED 4

struct near_names {
    json_t *known; /* code -> the key that was enrolled for it first, "" for one of this run */
    json_t *pairs; /* [new, known, key] */
    struct submitter *s;
    json_t *called;  /* code -> its last `display` in this run */
    json_t *renamed; /* code -> [what it was called before this run, or by its first line, now] */
};

struct near_names *near_names_new(struct submitter *s)
{
    struct complaint complaint;
    struct near_names *n = kept(calloc(1, sizeof *n));
    if (n == NULL)
        return NULL;
    n->known = json_made(json_object());
    n->pairs = json_list();
    n->s = s;
    n->called = json_made(json_object());
    n->renamed = json_made(json_object());
    const struct registry *r = submitter_registry(s, &complaint);
    for (uint32_t i = 0; r != NULL && i < registry_count(r); i++) {
        const struct enrolment *e = registry_get(r, i);
        if (e->authority[0] != 0 && json_object_get(n->known, e->authority) == NULL)
            json_put(n->known, e->authority, json_text(e->key.name));
    }
    return n;
}

void near_names_free(struct near_names *n)
{
    if (n == NULL)
        return;
    json_decref(n->known);
    json_decref(n->pairs);
    json_decref(n->called);
    json_decref(n->renamed);
    free(n);
}

/* juzgado1, juzgado2: numbers are meant to differ. */
static bool differ_in_digits_only(const char *a, const char *b)
{
    for (;;) {
        while (isdigit((unsigned char)*a))
            a++;
        while (isdigit((unsigned char)*b))
            b++;
        if (*a != *b)
            return false;
        if (*a == 0)
            return true;
        a++;
        b++;
    }
}

static bool is_part(const char *part, const char *whole)
{
    size_t n = strlen(part);
    return strncmp(part, whole, n) == 0 && (whole[n] == '.' || whole[n] == '-');
}

bool near_names_are(const char *a, const char *b)
{
    struct nearest n = { .said = a };
    bool longer = strlen(b) > strlen(a) + 2 || strlen(a) > strlen(b) + 2;
    if (strcmp(a, b) == 0 || longer || is_part(a, b) || is_part(b, a) ||
        differ_in_digits_only(a, b))
        return false;
    nearest_offer(&n, b);
    return n.best != NULL && n.distance <= 2;
}

void near_names_look(struct near_names *n, const char *authority)
{
    const char *other;
    json_t *key;
    if (authority == NULL || json_object_get(n->known, authority) != NULL)
        return;
    json_object_foreach (n->known, other, key)
        if (near_names_are(authority, other))
            json_push(n->pairs,
                      json_made(json_pack("[s,s,s]", authority, other, json_string_value(key))));
    json_put(n->known, authority, json_text(""));
}

/* ---- what institutions are called ------------------------------------------------------------ */

/* By the last of its enrolments that says so: a new reference, NULL if none of the last few does. */
static json_t *called_by_log(struct near_names *n, const char *code)
{
    struct complaint complaint;
    json_t *name = NULL;
    int asked = 0;
    const struct registry *r = submitter_registry(n->s, &complaint);
    for (uint32_t i = r == NULL ? 0 : registry_count(r); i-- > 0 && asked < ENROLMENTS_ASKED;) {
        const struct enrolment *e = registry_get(r, i);
        struct shown shown;
        if (strcmp(e->authority, code) != 0)
            continue;
        asked++;
        if (submitter_entry(n->s, e->entry, &shown, &complaint) != 0)
            break;
        const char *display = record_string(&shown.record, "display");
        name = display == NULL ? NULL : json_text(display);
        shown_free(&shown);
        if (name != NULL)
            break;
    }
    return name;
}

void near_names_call(struct near_names *n, const char *code, const char *display)
{
    if (code == NULL || display == NULL)
        return;
    json_t *before = json_incref(json_object_get(n->called, code));
    json_t *renamed = json_object_get(n->renamed, code);
    if (before == NULL)
        before = called_by_log(n, code);
    if (renamed != NULL)
        json_array_set_new(renamed, 1, json_text(display));
    else if (json_is_string(before) && strcmp(json_string_value(before), display) != 0)
        json_put(n->renamed, code, json_made(json_pack("[O,s]", before, display)));
    json_put(n->called, code, json_text(display));
    json_decref(before);
}

/* ---- the question ---------------------------------------------------------------------------- */

static const char *item_of(const json_t *pair, size_t i)
{
    return json_string_value(json_array_get(pair, i));
}

static void say_pair(const json_t *pair)
{
    if (item_of(pair, 2)[0] != 0)
        say(TR("%s is nearly %s, for which %s is enrolled: is it another authority?",
               "%s es casi %s, de quien está dada de alta %s: ¿es otra autoridad?"),
            item_of(pair, 0), item_of(pair, 1), item_of(pair, 2));
    else
        say(TR("%s is nearly %s, which is in the same list: is it another authority?",
               "%s es casi %s, que está en la misma lista: ¿es otra autoridad?"),
            item_of(pair, 0), item_of(pair, 1));
}

static void say_renamed(const char *code, const json_t *names)
{
    say(TR("WARNING: `display` names an institution for everybody who reads. %s is called “%s”; "
           "pages, letters and reports will call it “%s”, all of it",
           "AVISO: `display` nombra a una institución ante todo el que lea. %s se llama «%s»; "
           "páginas, cartas e informes la llamarán «%s», toda ella"),
        code, item_of(names, 0), item_of(names, 1));
}

enum outcome near_names_agree(const struct near_names *n, bool yes, bool must_ask)
{
    size_t i;
    const char *code;
    json_t *pair;
    json_array_foreach (n->pairs, i, pair)
        say_pair(pair);
    json_object_foreach (n->renamed, code, pair)
        say_renamed(code, pair);
    if ((json_array_size(n->pairs) == 0 && json_object_size(n->renamed) == 0) || yes)
        return OUTCOME_PROVEN;
    switch (agree_ask(TR("Enrol it so? It cannot be taken back. [y/N] ",
                         "¿Dar de alta así? No puede deshacerse. [s/N] "))) {
    case AGREEMENT_YES:
        break;
    case AGREEMENT_NO:
        return say_usage(TR("not signed", "no se firmó"));
    case AGREEMENT_NOBODY:
        if (must_ask)
            return say_usage(TR("nothing was signed: say --yes if they are meant so",
                                "no se firmó nada: diga --yes si así deben ser"));
        break;
    }
    return OUTCOME_PROVEN;
}
