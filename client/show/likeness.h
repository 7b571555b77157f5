/* Texts that a reader takes for one and a program does not: whether two look the same, and which
 * code points differ. That they do is never a finding; it is said. */
#ifndef CLIENT_SHOW_LIKENESS_H
#define CLIENT_SHOW_LIKENESS_H

#include <jansson.h>

#include "client/base/say.h"
#include "proto/text/unicode.h"

/* The skeleton of a text; to be freed with buf_free(). */
struct buf likeness_of(const char *text, enum likeness likeness);

/* Whether two texts that are not the same look the same. */
bool looks_the_same(const char *a, const char *b);

/* Where text differs from `asked`: [{"at": character of text, from 1, "asked": "U+002D" or null,
 * "there": "U+2011" or null}], as few as possible; at that of the one behind, where something is
 * left out. A new reference. */
json_t *likeness_json(const char *asked, const char *text);

/* The same in words: "U+2011 instead of U+002D (4), U+0020 more (11)". */
void likeness_words(struct buf *out, const char *asked, const char *text);

#endif
