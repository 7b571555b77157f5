/* JSON Schemas (2020-12) of records' objects, made of the table of kinds and a ruleset's codes:
 * for whoever writes records in another language. A schema accepts what kind_check() and
 * ruleset_check() accept, with the differences that docs/INTERFACES.md names ("JSON Schemas"). */
#ifndef PROTO_RECORD_SCHEMA_H
#define PROTO_RECORD_SCHEMA_H

#include <jansson.h>

#include "proto/base/must_use.h"
#include "proto/record/kind.h"

struct ruleset;

/* A new schema document: of one kind, or with KIND_NONE of all of them, each in $defs under its
 * name. Meanings are in that language. NULL when out of memory. */
MUST_USE json_t *schema_new(enum kind k, const struct ruleset *r, enum language language);

/* Appends a schema as text for readers: broken into lines, what cannot be seen escaped. */
void schema_print(struct buf *out, const json_t *schema);

#endif
