/* What the operator reads on a terminal, in Spanish or English. The log on standard error stays in
 * English: programs read it. */
#ifndef DAEMON_HOST_WORDS_H
#define DAEMON_HOST_WORDS_H

#include <stdbool.h>

#include "proto/base/reason.h"

/* Spanish if LC_ALL, LC_MESSAGES or LANG (the first that is set) begins with "es". Before
 * threads. */
void words_init(void);
/* "en" or "es"; returns false for any other. Before threads. */
bool words_set(const char *name);
enum language words_language(void);

/* What strerror() says, in that language. */
const char *errno_words(int cause);

/* A line on standard error, its end in the format: whatever of it comes from elsewhere, such as a
 * path, neither moves the cursor nor begins a line of its own. */
void words_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Both are literals, so that formats are checked. */
#define TR(en, es) (words_language() == LANGUAGE_ES ? (es) : (en))

#endif
