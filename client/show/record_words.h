/* What a record says, in words: member by member, in the order of the table of kinds. */
#ifndef CLIENT_SHOW_RECORD_WORDS_H
#define CLIENT_SHOW_RECORD_WORDS_H

#include <jansson.h>

#include "client/show/sheet.h"
#include "proto/record/kind.h"

/* Adds terms and values for the members of a checked object of that kind that it has, but for `id`,
 * `at` and `under` (of genesis `at`, too). Whom a record seals is said to be sealed, never more. */
void record_words(struct sheet *s, enum kind k, const struct value *object);

/* The same terms and values as a new array of {"term":…,"values":[…]}, the caller's; without hints. What
 * memory is lacking for is recorded as lost (client/base/lost.h). */
json_t *record_words_json(enum kind k, const struct value *object);

#endif
