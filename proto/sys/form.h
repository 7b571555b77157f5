/* What a command takes on its command line, written once, as its form. Parsing, synopsis and help
 * all come from it. Main thread.
 *
 * A form is a text of words with spaces between them:
 *
 *   name!     an option that is needed             --name VALUE
 *   name      an option                            [--name VALUE]
 *   name=     an option in brackets of the form    --name VALUE
 *   name-     an option that the synopsis leaves out (the help explains it)
 *   ( ) [ ] | stand for themselves: "[ log= | dir= ]"
 *   NAME      an operand: in capitals, in English; other languages have a word for it. MEMBERS are
 *             options that are named as the members of a record
 *   'word     a word that is written as it stands: "'show"
 *   ,         the command's next form: a line of its own
 *
 * "…" after any of them says that it may be there several times. An option that is needed in one of
 * a command's forms is needed in all. */
#ifndef PROTO_SYS_FORM_H
#define PROTO_SYS_FORM_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "proto/base/reason.h"

/* An option of a program: one name means the same in all its commands. */
struct form_option {
    const char *name;       /* without "--"; NULL ends a list */
    const char *value[2];   /* what it takes, by enum language; NULL: nothing */
    const char *meaning[2]; /* by enum language */
    int kind;               /* for the program itself, as is what follows */
    size_t place;
};

/* A row of a command's own list, and the end of one. */
#define FORM_OWN(name, value_en, value_es, en, es)                                                 \
    {                                                                                              \
        name, { value_en, value_es }, { en, es }, 0, 0                                             \
    }
#define FORM_END FORM_OWN(NULL, NULL, NULL, NULL, NULL)

struct form_program {
    const char *name;                 /* of the program */
    const char *always;               /* a form: the options that every command takes */
    const struct form_option *option; /* all of its options */
    /* The values that an option or operand can have, "a|b|c", or NULL: of an option by its name,
     * of an operand by its own. For completion; may itself be NULL. Valid until it is called
     * again. */
    const char *(*words)(const char *name);
};

struct form {
    const char *command;           /* its name */
    const char *text;              /* the form */
    const struct form_option *own; /* options that mean something of their own here; may be NULL */
};

enum form_need { FORM_NOT, FORM_MAY, FORM_MUST };

/* Whether a form has an option of that name. */
enum form_need form_need(const char *text, const char *name);

/* Whether a form has an operand of that (English) name. */
bool form_has(const char *text, const char *operand);

/* A list for getopt_long(): the options that the form has, and those of `always`. Each gives
 * FORM_FIRST and its place in p->option. `list` has room for all options of the program and one. */
#define FORM_FIRST 256
void form_getopt(struct option *list, const struct form_program *p, const char *text);

/* What people read of a command has lines of at most so many columns. */
#define FORM_COLUMNS 80

/* Prints how the command is called, a paragraph for each of its forms: lines of at most
 * FORM_COLUMNS columns behind two spaces. */
void form_print_synopsis(FILE *to, const struct form_program *p, const struct form *f,
                         enum language language);

/* Prints a text as such a paragraph goes on: further in, within FORM_COLUMNS. */
void form_print_text(FILE *to, const char *text);

/* Prints lines, of which those that are too long are broken at spaces and go on below the last
 * thing that stands behind two spaces: the last column of a table. */
void form_print_narrow(FILE *to, const char *text);

/* Lists the command's options and those of `always`: what each takes, whether it is needed, what it
 * means. */
void form_print_options(FILE *to, const struct form_program *p, const struct form *f,
                        enum language language);

#endif
