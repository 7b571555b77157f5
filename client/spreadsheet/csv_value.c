#include "client/spreadsheet/csv_value.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/spreadsheet/csv_codes.h"
#include "client/spreadsheet/csv_date.h"
#include "proto/base/scan.h"
#include "proto/record/clear_text.h"
#include "proto/record/identifier.h"
#include "proto/text/shown.h"
#include "proto/text/spelling.h"

struct cell {
    const struct csv_map *m;
    const struct ruleset *r;
    const struct cell_target *t;
    const char *type; /* of a person */
    struct csv_fault *fault;
};

/* Says what is wrong. Returns NULL, so that a conversion may end with it. */
static json_t *wrong(const struct cell *c, const char *text, const char *what, const char *expected)
{
    snprintf(c->fault->text, sizeof c->fault->text, "%.*s",
             (int)shown_cut(text, strnlen(text, 320)), text);
    snprintf(c->fault->what, sizeof c->fault->what, "%s", what);
    snprintf(c->fault->expected, sizeof c->fault->expected, "%s", expected);
    return NULL;
}

/* "8.50315E+17": digits are gone that nobody can bring back. */
static bool is_rounded(const char *text)
{
    const char *p = text + strspn(text, "0123456789");
    if (p == text || (*p != '.' && *p != ','))
        return false;
    p++;
    p += strspn(p, "0123456789");
    if ((*p != 'E' && *p != 'e') || p[1] != '+')
        return false;
    return isdigit((unsigned char)p[2]) && p[2 + strspn(p + 2, "0123456789")] == 0;
}

/* ---- single values --------------------------------------------------------------------------- */

static json_t *code(const struct cell *c, const char *text)
{
    char found[CODE_MAX + 1];
    const char *meant;
    if (codes_find(found, c->m, c->r, c->t, text, &meant))
        return json_text(found);
    c->fault->listed = codes_listed(c->t);
    if (meant != NULL)
        snprintf(c->fault->meant, sizeof c->fault->meant, "%s", meant);
    if (c->fault->listed)
        return wrong(c, text,
                     TR("not one of the words that may stand here",
                        "no es una de las palabras que pueden estar aquí"),
                     "");
    return wrong(
        c, text,
        TR("not a code: letters, digits, '.', '_' and '-', at most 64, no spaces",
           "no es un código: letras, cifras, '.', '_' y '-', 64 a lo sumo, sin espacios"),
        TR("a code such as mx.telco; [words …] of the map can say which code a name means",
           "un código como mx.telco; [words …] del mapa puede decir qué código corresponde a "
           "un nombre"));
}

static json_t *whole_number(const struct cell *c, const char *text)
{
    uint64_t n;
    uint64_t least = c->t->m->type == TYPE_COUNT || c->t->m->type == TYPE_SKEW;
    if (decimal_parse(&n, span_str(text)) == 0 && n >= least && n <= (uint64_t)INTEGER_MAX)
        return json_made(json_integer((json_int_t)n));
    return wrong(c, text, TR("not a whole number", "no es un número entero"),
                 TR("digits only, such as 3", "solo cifras, como 3"));
}

static json_t *yes_or_no(const struct cell *c, const char *text)
{
    static const char *const yes[] = { "yes", "y", "sí", "si", "s", "true", "verdadero", "x", "1" };
    static const char *const no[] = { "no", "n", "false", "falso", "0" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(text, yes[i]) == 0 || codes_same(text, yes[i]))
            return json_true();
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcasecmp(text, no[i]) == 0)
            return json_false();
    return wrong(c, text, TR("neither yes nor no", "ni sí ni no"), TR("yes or no", "sí o no"));
}

static json_t *date_value(const struct cell *c, const char *text)
{
    char out[WHEN_TEXT + 1];
    const char *why = csv_date(out, c->m, text, target_ends(c->t));
    return why == NULL ? json_text(out) : wrong(c, text, why, csv_date_form(c->m));
}

static json_t *key(const struct cell *c, const char *text)
{
    struct vkey parsed;
    const char *cause;
    if (span_starts(span_str(text), "PRIVATE+KEY+")) /* which nobody should read here, too */
        return wrong(
            c, "",
            TR("this is a PRIVATE key, and whoever has the file can sign with it: make a new "
               "one, never use this one again, and write what keygen prints",
               "esto es una clave PRIVADA, y quien tenga el archivo puede firmar con ella: "
               "cree otra, no vuelva a usar esta, y escriba lo que imprime keygen"),
            "");
    if (vkey_parse(&parsed, span_str(text), &cause) == 0)
        return json_text(text);
    return wrong(c, text, cause_words(cause, language_get()),
                 TR("NAME+ID+KEY, as keygen prints it", "NOMBRE+ID+CLAVE, como la imprime keygen"));
}

/* It is signed and cannot be taken back: what is certainly a person is found here. */
static json_t *clear_text(const struct cell *c, const char *text)
{
    struct refusal why;
    struct buf said = { 0 };
    char what[400];
    const char *person = name_of_person(span_str(text), PERSONS_CERTAIN);
    if (person != NULL)
        return wrong(c, text,
                     TR("this would name a person in the clear, for everybody and forever",
                        "esto nombraría a una persona a la vista de todos y para siempre"),
                     TR("people belong in columns of subjects, which are sealed",
                        "las personas van en columnas de subjects, que se sellan"));
    if (!type_allows(TYPE_TEXT, span_str(text)))
        return wrong(c, text, TR("this is too long", "esto es demasiado largo"),
                     TR("at most 256 bytes", "256 bytes a lo sumo"));
    if (spelling_check(span_str(text), c->t->path, &why) == 0)
        return json_text(text);
    refusal_sentence(&said, &why, language_get());
    snprintf(what, sizeof what, "%s", kept_text(&said));
    buf_free(&said);
    return wrong(c, text, what, "");
}

static json_t *other_text(const struct cell *c, const char *text)
{
    if (type_allows(c->t->m->type, span_str(text)))
        return json_text(text);
    return wrong(c, text, TR("this does not have the right form", "esto no tiene la forma debida"),
                 target_meaning(c->t));
}

static json_t *normalised(const struct cell *c, const char *type, const char *text)
{
    char value[VALUE_MAX + 1];
    struct refusal why;
    const char *doubt;
    json_t *v = NULL;
    if (identifier_normalise(value, type, span_str(text), &doubt, &why) != 0)
        return wrong(c, text, cause_words(why.subject, language_get()), "");
    if (doubt != NULL)
        snprintf(c->fault->doubt, sizeof c->fault->doubt, "%s", cause_words(doubt, language_get()));
    v = strcmp(type, "note") == 0 ? json_text(text)
                                  : json_made(json_pack("{s:s,s:s}", "type", type, "value", value));
    sodium_memzero(value, sizeof value);
    return v;
}

static json_t *of_type(const struct cell *c, const char *text)
{
    switch (c->t->m->type) {
    case TYPE_CODE:
    case TYPE_ROLE:
    case TYPE_REASON:
    case TYPE_RESULT:
        return code(c, text);
    case TYPE_INTEGER:
    case TYPE_COUNT:
    case TYPE_SKEW:
        return whole_number(c, text);
    case TYPE_BOOL:
        return yes_or_no(c, text);
    case TYPE_TIME:
        return date_value(c, text);
    case TYPE_VKEY:
        return key(c, text);
    case TYPE_TEXT:
        return clear_text(c, text);
    default:
        return other_text(c, text);
    }
}

static json_t *single(const struct cell *c, const char *text)
{
    if (is_rounded(text))
        return wrong(
            c, text,
            TR("the spreadsheet has rounded this number: give the column the format of text, "
               "and write it again",
               "la hoja de cálculo redondeó este número: dé a la columna formato de texto y "
               "escríbalo de nuevo"),
            "");
    switch (c->t->part) {
    case TARGET_FROM:
    case TARGET_UNTIL:
        return date_value(c, text);
    case TARGET_ENTRY:
        return whole_number(c, text);
    case TARGET_HASH:
        return type_allows(TYPE_HASH, span_str(text))
                   ? json_text(text)
                   : wrong(c, text,
                           TR("this does not have the right form", "esto no tiene la forma debida"),
                           TR("the hash of an entry, as submit prints it",
                              "el hash de un asiento, como lo imprime submit"));
    case TARGET_NOTE:
        return normalised(c, "note", text);
    case TARGET_PERSON:
        return normalised(c, strrchr(c->t->path, '.') + 1, text);
    case TARGET_PERSON_VALUE:
        return normalised(c, c->type, text);
    case TARGET_PERSON_TYPE:
        return code(c, text);
    default:
        return of_type(c, text);
    }
}

/* ---- several --------------------------------------------------------------------------------- */

/* What divides the values of a cell. A line of its own always does; commas and the like divide
 * codes, which have none in them, and anything else only where the map says so. */
static const char *dividers(const struct cell *c)
{
    static char list[16];
    bool codes = c->t->part == TARGET_WHOLE && c->t->m->type == TYPE_CODE;
    snprintf(list, sizeof list, "\n%s", c->m->lists != NULL ? c->m->lists : codes ? ",;/|" : "");
    return list;
}

static json_t *several(const struct cell *c, char *text)
{
    json_t *list = json_list();
    char *save = NULL;
    const char *by = dividers(c);
    for (char *one = strtok_r(text, by, &save); one != NULL; one = strtok_r(NULL, by, &save)) {
        one += strspn(one, " ");
        size_t n = strlen(one);
        while (n > 0 && one[n - 1] == ' ')
            one[--n] = 0;
        json_t *v = n == 0 ? NULL : single(c, one);
        if (n > 0 && v == NULL) {
            json_decref(list);
            return NULL;
        }
        if (v != NULL)
            json_push(list, v);
    }
    return list;
}

/* The words of a code may have commas in them: a cell that is one code as a whole is that one. */
static json_t *one_code(const struct cell *c, const char *text)
{
    char found[CODE_MAX + 1];
    const char *meant;
    json_t *list;
    if (c->t->part != TARGET_WHOLE || c->t->m->type != TYPE_CODE || strchr(text, '\n') != NULL ||
        !codes_find(found, c->m, c->r, c->t, text, &meant))
        return NULL;
    list = json_list();
    json_push(list, json_text(found));
    return list;
}

json_t *csv_value(const struct csv_map *m, const struct ruleset *r, const struct cell_target *t,
                  const char *type, const char *cell, struct csv_fault *fault)
{
    struct cell c = { m, r, t, type, fault };
    char *text = kept(strdup(cell));
    json_t *v = NULL;
    *fault = (struct csv_fault){ .listed = false };
    if (text == NULL)
        return NULL;
    size_t n = strlen(text);
    if (t->m->flags & ARRAY) {
        v = t->part == TARGET_PERSON_TYPE ? single(&c, text) : one_code(&c, text);
        v = v != NULL || t->part == TARGET_PERSON_TYPE ? v : several(&c, text);
    } else {
        for (char *p = text; *p != 0; p++)
            *p = *p == '\n' ? ' ' : *p;
        v = single(&c, text);
    }
    sodium_memzero(text, n);
    free(text);
    return v;
}
