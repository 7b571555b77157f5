/* The one way to write a text that identifies something: docs/FORMATS.md, 5.5. */
#ifndef PROTO_TEXT_SPELLING_H
#define PROTO_TEXT_SPELLING_H

#include "proto/base/must_use.h"
#include "proto/base/reason.h"

/* Whether a text is in normal form C, without white space but U+0020 between words, and without
 * an invisible or unassigned character. member is said in the refusal, with the code point and
 * its place, from 1. Returns 0, or -1 with REASON_TEXT_…; REASON_MEMORY. */
MUST_USE int spelling_check(struct span text, const char *member, struct refusal *why);

#endif
