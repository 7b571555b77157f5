/* What a program takes on its command line, as JSON: `--help --json`. Manual pages and completion
 * are made from it. docs/INTERFACES.md, section 32. Main thread. */
#ifndef PROTO_SYS_FORM_JSON_H
#define PROTO_SYS_FORM_JSON_H

#include <jansson.h>

#include "proto/sys/form.h"

/* A new object: what one command takes, in both languages. NULL when out of memory. */
json_t *form_json(const struct form_program *p, const struct form *f, const char *const summary[2]);

/* A new object {"en","es"}. */
json_t *form_json_text(const char *const text[2]);

/* A list of words of the program, such as exit codes and variables: what each means. */
struct form_term {
    const char *name;       /* NULL ends a list */
    const char *meaning[2]; /* by enum language */
};

/* A new array of objects {NAME,"meaning"}: `name` says what NAME is. */
json_t *form_json_terms(const struct form_term *list, const char *name);

/* Prints a heading and the list, within FORM_COLUMNS. */
void form_print_terms(FILE *to, const char *heading, const struct form_term *list,
                      enum language language);

#endif
