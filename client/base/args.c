#include "client/base/args.h"

#include <getopt.h>
#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/base/options.h"

static const char **text_of(struct args *a, const struct form_option *o)
{
    return (const char **)(void *)((char *)a + o->place);
}

/* Takes what may name a person out of the command line: whoever lists processes need not read
 * it. What is taken lives until args_close(). */
static char *hide(char *value)
{
    char *copy = kept(strdup(value));
    memset(value, '*', strlen(value));
    return copy;
}

static char *own(struct args *a, char *text)
{
    if (text != NULL)
        a->owned[a->owns++] = text;
    return text;
}

static bool take_option(struct args *a, const struct form_option *o, char *value)
{
    switch ((enum option_kind)o->kind) {
    case OPTION_TEXT:
    case OPTION_PERSON:
        if (*text_of(a, o) != NULL) {
            say(TR("--%s is there twice", "--%s está dos veces"), o->name);
            return false;
        }
        *text_of(a, o) = o->kind == OPTION_PERSON ? own(a, hide(value)) : value;
        return *text_of(a, o) != NULL;
    case OPTION_FLAG:
        *(bool *)(void *)((char *)a + o->place) = true;
        return true;
    case OPTION_SET:
        if (a->sets == ARGS_SET_MAX || strchr(value, '=') == NULL) {
            say("--set NAME=VALUE");
            return false;
        }
        a->set[a->sets] = own(a, hide(value));
        return a->set[a->sets++] != NULL;
    case OPTION_LANGUAGE:
        if (!language_choose(value)) {
            say("--lang en|es");
            return false;
        }
        return true;
    }
    return false;
}

/* The first option that is needed and is not there, or NULL. */
static const char *lacking(struct args *a, const char *form)
{
    for (const struct form_option *o = bitacora.option; o->name != NULL; o++)
        if (o->kind <= OPTION_PERSON && form_need(form, o->name) == FORM_MUST &&
            *text_of(a, o) == NULL)
            return o->name;
    return NULL;
}

static bool all_there(struct args *a, const char *form)
{
    const char *name = lacking(a, form);
    if (name != NULL && strcmp(name, "policy") == 0)
        say(TR("--policy is needed, or the environment's BITACORA_POLICY",
               "hace falta --policy, o BITACORA_POLICY en el entorno"));
    else if (name != NULL)
        say(TR("--%s is needed", "hace falta --%s"), name);
    return name == NULL;
}

/* What is wrong with argv's `text`, which getopt_long() refused: an option that the command does
 * not have (the nearest one that it has is named), or one without its value. */
static void say_no_option(const char *text, const struct option *list)
{
    char name[NEAREST_MAX + 1];
    struct nearest meant = { .said = name };
    say(TR("%s: no such option here, or its value is missing",
           "%s: aquí no existe esa opción, o falta su valor"),
        text);
    if (strncmp(text, "--", 2) != 0)
        return;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text + 2, "="), text + 2);
    for (const struct option *o = list; o->name != NULL; o++)
        if (strcmp(o->name, name) != 0)
            nearest_offer(&meant, o->name);
    say_meant("--", &meant);
}

static bool is_option(const char *name, size_t n, const char *form)
{
    char copy[32];
    if (n >= sizeof copy)
        return false;
    memcpy(copy, name, n);
    copy[n] = 0;
    return form_need(form, copy) || form_need(bitacora.always, copy);
}

/* Moves --NAME VALUE and --NAME=VALUE of members out of argv. Returns false after having said
 * why. */
static bool take_members(struct args *out, int *argc, char **argv, const char *form)
{
    int left = 1;
    for (int i = 1; i < *argc; i++) {
        const char *name = argv[i] + 2;
        size_t n = strcspn(argv[i], "=") - 2;
        if (strncmp(argv[i], "--", 2) != 0 || *name == 0 || (n > 0 && is_option(name, n, form))) {
            argv[left++] = argv[i];
            continue;
        }
        if (n == 0) {
            say(TR("%s: no such option", "%s: no existe esa opción"), argv[i]);
            return false;
        }
        bool separate = name[n] == 0;
        if (out->sets == ARGS_SET_MAX || (separate && i + 1 == *argc)) {
            say(TR("%s: its value is missing", "%s: falta su valor"), argv[i]);
            return false;
        }
        char *value = separate ? argv[++i] : argv[i] + 2 + n + 1;
        char *joined = own(out, kept(malloc(n + strlen(value) + 2)));
        if (joined == NULL)
            return false;
        sprintf(joined, "%.*s=%s", (int)n, name, value);
        free(hide(value));
        out->set[out->sets++] = joined;
    }
    *argc = left;
    argv[left] = NULL;
    return true;
}

/* So that what is wrong with options before it is said in that language, too. */
static void look_for_language(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            (void)language_choose(argv[i] + 7);
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            (void)language_choose(argv[i + 1]);
    }
}

static void look_for_policy(struct args *a, const char *form)
{
    const char *policy = getenv("BITACORA_POLICY");
    if (a->policy != NULL || policy == NULL || *policy == 0 ||
        form_need(form, "policy") != FORM_MUST)
        return;
    a->policy = policy;
    a->policy_by_environment = true;
}

bool args_parse(struct args *out, int argc, char **argv, const char *form)
{
    struct option list[OPTIONS_MAX + 1];
    bool more = false;
    *out = (struct args){ .policy = NULL };
    look_for_language(argc, argv);
    if (form_has(form, "MEMBERS") && !take_members(out, &argc, argv, form))
        return false;
    form_getopt(list, &bitacora, form);
    opterr = 0;
    optind = 0;
    for (int c; (c = getopt_long(argc, argv, "h", list, NULL)) != -1;) {
        if (c == 'h') {
            out->help = true;
            continue;
        }
        if (c < FORM_FIRST) {
            say_no_option(argv[optind - 1], list);
            return false;
        }
        const struct form_option *o = &bitacora.option[c - FORM_FIRST];
        if (!take_option(out, o, optarg))
            return false;
        more = more || !form_need(bitacora.always, o->name);
    }
    out->operand = argv + optind;
    out->operands = (size_t)(argc - optind);
    look_for_policy(out, form);
    out->help_too = out->help && (more || out->sets > 0) && lacking(out, form) == NULL;
    return out->help || all_there(out, form);
}

void args_close(struct args *a)
{
    for (; a->owns > 0; a->owns--) {
        char *text = a->owned[a->owns - 1];
        sodium_memzero(text, strlen(text));
        free(text);
    }
}

bool args_operands(const struct args *a, size_t least, size_t most, const char *what)
{
    if (a->operands >= least && a->operands <= most)
        return true;
    say(TR("this takes %s", "esta orden lleva %s"), what);
    return false;
}
