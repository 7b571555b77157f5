#include "client/enroll/near_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"

struct near_names {
    json_t *known; /* code -> the key that was enrolled for it first, "" for one of this run */
    json_t *pairs; /* [new, known, key] */
};

struct near_names *near_names_new(struct submitter *s)
{
    struct complaint complaint;
    struct near_names *n = kept(calloc(1, sizeof *n));
    if (n == NULL)
        return NULL;
    n->known = json_made(json_object());
    n->pairs = json_list();
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

/* Standard input may be the list itself. NULL: there is nobody to ask. */
static FILE *open_terminal(void)
{
    if (isatty(STDIN_FILENO))
        return fdopen(dup(STDIN_FILENO), "r");
    return isatty(STDERR_FILENO) ? fopen("/dev/tty", "r") : NULL;
}

static enum outcome ask_terminal(FILE *terminal)
{
    char answer[16];
    fputs(TR("Enrol it so? It cannot be taken back. [y/N] ",
             "¿Dar de alta así? No puede deshacerse. [s/N] "),
          stderr);
    bool yes = fgets(answer, sizeof answer, terminal) != NULL && answer[0] != 0 &&
               strchr("yYsS", answer[0]) != NULL;
    return yes ? OUTCOME_PROVEN : say_usage(TR("not signed", "no se firmó"));
}

enum outcome near_names_agree(const struct near_names *n, bool yes, bool must_ask)
{
    size_t i;
    json_t *pair;
    json_array_foreach (n->pairs, i, pair)
        say_pair(pair);
    if (json_array_size(n->pairs) == 0 || yes)
        return OUTCOME_PROVEN;
    FILE *terminal = open_terminal();
    if (terminal == NULL)
        return must_ask ? say_usage(TR("nothing was signed: say --yes if they are meant so",
                                       "no se firmó nada: diga --yes si así deben ser"))
                        : OUTCOME_PROVEN;
    enum outcome outcome = ask_terminal(terminal);
    fclose(terminal);
    return outcome;
}
