#include "client/args.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum takes { TAKES_TEXT, TAKES_NOTHING, TAKES_SET, TAKES_LANGUAGE };

static const struct {
    const char *name;
    enum takes takes;
    size_t offset;
} options[] = {
#define TEXT(option, member)                                                                       \
    {                                                                                              \
        option, TAKES_TEXT, offsetof(struct args, member)                                          \
    }
#define FLAG(option, member)                                                                       \
    {                                                                                              \
        option, TAKES_NOTHING, offsetof(struct args, member)                                       \
    }
    TEXT("policy", policy),
    TEXT("log", log),
    TEXT("dir", dir),
    TEXT("state", state),
    TEXT("listen", listen),
    TEXT("genesis", genesis),
    TEXT("evidence", evidence),
    TEXT("max-age", max_age),
    TEXT("tolerate", tolerate),
    TEXT("key", key),
    TEXT("out", out),
    TEXT("receipts", receipts),
    TEXT("vkey", vkey),
    TEXT("role", role),
    TEXT("authority", authority),
    TEXT("level", level),
    TEXT("function", function),
    TEXT("jurisdiction", jurisdiction),
    TEXT("from", from),
    TEXT("until", until),
    TEXT("proof", proof),
    TEXT("reason", reason),
    TEXT("since", since),
    TEXT("at", at),
    TEXT("private", private_part),
    TEXT("warrant", warrant),
    TEXT("opening", opening),
    TEXT("reader", reader),
    TEXT("subject", subject),
    TEXT("ruleset", ruleset),
    TEXT("every", every),
    TEXT("to", to),
    { "set", TAKES_SET, 0 },
    { "lang", TAKES_LANGUAGE, 0 },
    FLAG("json", json),
    FLAG("structure", structure),
    FLAG("check", check),
    FLAG("yes", yes),
    FLAG("no-wait", no_wait),
    FLAG("follow", follow),
    FLAG("print", print),
    FLAG("witness", witness),
    FLAG("help", help),
};

#define OPTIONS (sizeof options / sizeof *options)

/* 0: not accepted, 1: accepted, 2: needed. */
static int accepts(const char *accepted, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = accepted; (p = strstr(p, name)) != NULL; p += n) {
        bool begins = p == accepted || p[-1] == ' ';
        if (begins && (p[n] == 0 || p[n] == ' '))
            return 1;
        if (begins && p[n] == '!')
            return 2;
    }
    return 0;
}

static const char **text_of(struct args *a, size_t i)
{
    return (const char **)((char *)a + options[i].offset);
}

static bool take(struct args *a, size_t i, const char *value)
{
    switch (options[i].takes) {
    case TAKES_TEXT:
        if (*text_of(a, i) != NULL) {
            say(TR("--%s is there twice", "--%s está dos veces"), options[i].name);
            return false;
        }
        *text_of(a, i) = value;
        return true;
    case TAKES_NOTHING:
        *(bool *)((char *)a + options[i].offset) = true;
        return true;
    case TAKES_SET:
        if (a->sets == ARGS_SET_MAX || strchr(value, '=') == NULL) {
            say("--set NAME=VALUE");
            return false;
        }
        a->set[a->sets++] = value;
        return true;
    case TAKES_LANGUAGE:
        if (!say_language(value)) {
            say("--lang en|es");
            return false;
        }
        return true;
    }
    return false;
}

static bool all_there(struct args *a, const char *accepted)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (options[i].takes == TAKES_TEXT && accepts(accepted, options[i].name) == 2 &&
            *text_of(a, i) == NULL) {
            say(TR("--%s is needed", "hace falta --%s"), options[i].name);
            return false;
        }
    return true;
}

static bool is_option(const char *name, size_t n, const char *accepted)
{
    char copy[32];
    if (n >= sizeof copy)
        return false;
    memcpy(copy, name, n);
    copy[n] = 0;
    return accepts(accepted, copy) || accepts("json lang help", copy);
}

/* Moves --NAME VALUE and --NAME=VALUE of members out of argv. Returns false after having said why. */
static bool take_members(struct args *out, int *argc, char **argv, const char *accepted)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        const char *name = argv[i] + 2;
        size_t n = strcspn(argv[i], "=") - 2;
        if (strncmp(argv[i], "--", 2) != 0 || *name == 0 || is_option(name, n, accepted)) {
            argv[kept++] = argv[i];
            continue;
        }
        bool separate = name[n] == 0;
        if (out->sets == ARGS_SET_MAX || (separate && i + 1 == *argc)) {
            say(TR("%s: its value is missing", "%s: falta su valor"), argv[i]);
            return false;
        }
        if (separate) { /* "NAME" and "VALUE" become "NAME=VALUE" for as long as the program runs */
            const char *value = argv[++i];
            char *joined = must(malloc(n + strlen(value) + 2));
            sprintf(joined, "%s=%s", name, value);
            name = joined;
        }
        out->set[out->sets++] = name;
    }
    *argc = kept;
    argv[kept] = NULL;
    return true;
}

bool args_parse(struct args *out, int argc, char **argv, const char *accepted)
{
    struct option list[OPTIONS + 1];
    size_t n = 0;
    *out = (struct args){ .policy = NULL };
    if (accepts(accepted, "members") && !take_members(out, &argc, argv, accepted))
        return false;
    for (size_t i = 0; i < OPTIONS; i++)
        if (accepts(accepted, options[i].name) || accepts("json lang help", options[i].name))
            list[n++] = (struct option){ options[i].name, options[i].takes != TAKES_NOTHING, NULL,
                                         (int)i + 256 };
    list[n] = (struct option){ 0 };
    opterr = 0;
    optind = 0;
    for (int c; (c = getopt_long(argc, argv, "", list, NULL)) != -1;) {
        if (c < 256) {
            say(TR("%s: no such option here, or its value is missing",
                   "%s: aquí no existe esa opción, o falta su valor"),
                argv[optind - 1]);
            return false;
        } else if (!take(out, (size_t)c - 256, optarg)) {
            return false;
        }
    }
    out->operand = argv + optind;
    out->operands = (size_t)(argc - optind);
    return out->help || all_there(out, accepted);
}

bool args_operands(const struct args *a, size_t least, size_t most, const char *what)
{
    if (a->operands >= least && a->operands <= most)
        return true;
    say(TR("this takes %s", "esta orden lleva %s"), what);
    return false;
}
