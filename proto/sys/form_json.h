/* What a program takes on its command line, as JSON: `--help --json`. Manual pages and completion
 * are made from it. docs/INTERFACES.md, section 31. Main thread. */
#ifndef PROTO_SYS_FORM_JSON_H
#define PROTO_SYS_FORM_JSON_H

#include <jansson.h>

#include "proto/sys/form.h"

/* A new object: what one command takes, in both languages. NULL when out of memory. */
json_t *form_json(const struct form_program *p, const struct form *f, const char *const summary[2]);

/* A new object {"en","es"}; a new object {"code","meaning"}. */
json_t *form_json_text(const char *const text[2]);
json_t *form_json_exit(int code, const char *en, const char *es);

#endif
