/* JSON Schemas (2020-12) of the JSON objects of records, for those who write records in another
 * language. They are made from the table of kinds and the codes of a ruleset. A schema accepts what
 * kind_check() and ruleset_check() accept; docs/INTERFACES.md ("JSON Schemas") names the
 * differences. */
#ifndef PROTO_RECORD_SCHEMA_H
#define PROTO_RECORD_SCHEMA_H

#include <jansson.h>

#include "proto/base/must_use.h"
#include "proto/record/kind.h"

struct ruleset;

/* A new schema document, which the caller frees by json_decref(). It describes one kind; with
 * KIND_NONE all of them, each in $defs under its name. Descriptions are in that language. NULL when
 * out of memory. */
MUST_USE json_t *schema_new(enum kind k, const struct ruleset *r, enum language language);

/* Appends a schema as indented text; characters that cannot be seen are escaped. */
void schema_print(struct buf *out, const json_t *schema);

#endif
