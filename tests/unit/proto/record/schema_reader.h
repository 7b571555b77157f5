/* As much of a validator of JSON Schema (2020-12) as the schemas of records need. A keyword that it
 * does not know fails the test. One thread. */
#ifndef TESTS_UNIT_PROTO_RECORD_SCHEMA_READER_H
#define TESTS_UNIT_PROTO_RECORD_SCHEMA_READER_H

#include <stdbool.h>

#include <jansson.h>

/* Before all else. */
void schema_reader_start(void);

/* Whether a schema, which stands in the document `root`, accepts a value. */
bool schema_accepts(const json_t *root, const json_t *schema, const json_t *v);

/* What a $ref in the document refers to; if it is not there, the test fails. */
const json_t *schema_referred(const json_t *root, const json_t *reference);

#endif
