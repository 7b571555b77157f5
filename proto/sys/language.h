/* The language that people read on the terminal: Spanish or English. One for the whole process.
 * Set it before other threads start; read it from any thread. */
#ifndef PROTO_SYS_LANGUAGE_H
#define PROTO_SYS_LANGUAGE_H

#include <stdbool.h>

#include "proto/base/reason.h"

/* Sets Spanish if LC_ALL, LC_MESSAGES or LANG (the first one that is set and not empty) begins with
 * "es", else English. English holds until this is called. */
void language_init(void);

void language_set(enum language language);

/* Sets the language that an option --lang names, "en" or "es". Returns false for any other name;
 * the language is then English. */
bool language_choose(const char *name);

enum language language_get(void);

/* What strerror() says of an errno value, in that language. Valid until the next call from the same
 * thread. */
const char *errno_words(int cause);

/* The one of two literals that is in that language. Both must be literals, so that the compiler
 * checks formats. */
#define TR(en, es) (language_get() == LANGUAGE_ES ? (es) : (en))

/* The noun behind a number of entries. */
#define ENTRIES(n) ((n) == 1 ? TR("entry", "asiento") : TR("entries", "asientos"))

#endif
