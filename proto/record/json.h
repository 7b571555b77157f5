/* Strict I-JSON (RFC 7493), parsed by yajl: what docs/FORMATS.md ("Strict JSON") allows in the
 * second line of a record, and nothing else. */
#ifndef PROTO_RECORD_JSON_H
#define PROTO_RECORD_JSON_H

#include "proto/base/must_use.h"
#include "proto/base/reason.h"
#include "proto/record/value.h"

/* Parses one line that is exactly one object: only spaces between tokens, no duplicate member
 * (after unescaping), whole numbers 0..2^53-1, depth at most JSON_DEPTH_MAX, none of the forbidden
 * characters, raw or escaped. Returns the object, which does not point into the line; the caller
 * frees it by value_free(). Returns NULL with a REASON_JSON_* or REASON_MEMORY. Any thread. */
MUST_USE struct value *json_strict(struct span line, struct refusal *why);

#endif
