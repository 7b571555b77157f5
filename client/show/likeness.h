/* Texts that look the same to a reader and differ for a program: whether two do, and in which code
 * points they differ. It is shown, and is never a finding of its own. */
#ifndef CLIENT_SHOW_LIKENESS_H
#define CLIENT_SHOW_LIKENESS_H

#include <jansson.h>

#include "client/base/say.h"
#include "proto/text/unicode.h"

/* The skeleton of a text: texts that a reader may confuse have the same one. To be freed with
 * buf_free(). Empty, and recorded as lost (client/base/lost.h), if there is no memory; so are the
 * others. */
struct buf likeness_of(const char *text, enum likeness likeness);

/* Whether two texts that are not the same look the same. */
bool looks_the_same(const char *a, const char *b);

/* Where `text` differs from `asked`, with as few differences as possible: a new array of
 * {"at": character of text, from 1, "asked": "U+002D" or null, "there": "U+2011" or null}. Where a
 * character is missing, "at" is the one behind it. */
json_t *likeness_json(const char *asked, const char *text);

/* The same in words: "U+2011 instead of U+002D (4), U+0020 more (11)". */
void likeness_words(struct buf *out, const char *asked, const char *text);

#endif
