/* What may be answered where a member is a word of a list: codes, numbered, in words. */
#ifndef CLIENT_NEW_CHOICES_H
#define CLIENT_NEW_CHOICES_H

#include <stdio.h>

#include "proto/base/buf.h"
#include "proto/record/member.h"
#include "proto/record/ruleset.h"

/* Whether a member is one: of a vocabulary of the ruleset, or of the format (a result, a role). */
bool choices_are(const struct member *m);

/* Prints a line for each: its number from 1, its code, its words in the reader's language and in
 * the other one. */
void choices_print(FILE *to, const struct ruleset *r, const struct member *m);

/* Appends the codes that an answer means, with commas between them where the member is a list: each
 * is said by its number, its code or its words, in either language. What is none of these is
 * appended as it is, and *meant becomes the code that was probably meant, or NULL. */
void choices_read(struct buf *out, const struct ruleset *r, const struct member *m,
                  const char *answer, const char **meant);

/* How a value is written, where that does not go without saying; else "". */
const char *choice_form(const struct member *m);

/* The words of a code in the reader's language, or NULL. */
const char *choice_words(const struct member *m, const char *code);

#endif
