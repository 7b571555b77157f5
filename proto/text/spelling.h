/* Texts that identify something have one spelling: docs/FORMATS.md, 5.5. Any thread. */
#ifndef PROTO_TEXT_SPELLING_H
#define PROTO_TEXT_SPELLING_H

#include "proto/base/must_use.h"
#include "proto/base/reason.h"

/* Whether a text is in normal form C, has no white space but U+0020 between words, and no
 * invisible or unassigned character. The refusal's subject is `member`, with the code point and its
 * place, counted from 1. Returns 0, or -1 with REASON_TEXT_… or REASON_MEMORY. */
MUST_USE int spelling_check(struct span text, const char *member, struct refusal *why);

#endif
