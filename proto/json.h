/* Strict I-JSON (RFC 7493) over jansson: what docs/FORMATS.md (strict JSON) allows in a record's second
 * line, and nothing else. */
#ifndef PROTO_JSON_H
#define PROTO_JSON_H

#include <jansson.h>

#include "proto/reason.h"

/* Parses one line that is exactly one object: only spaces between tokens, no duplicate member
 * (after unescaping), whole numbers 0..2^53-1, depth at most JSON_DEPTH_MAX, none of the forbidden
 * characters raw or escaped. Returns a new reference, or NULL with a REASON_JSON_*. */
__attribute__((warn_unused_result)) json_t *json_strict(struct span line, struct refusal *why);

#endif
