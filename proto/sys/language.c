#include "proto/sys/language.h"

#include <stdlib.h>
#include <string.h>

static enum language chosen = LANGUAGE_EN;

void language_init(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *v = getenv(variables[i]);
        if (v != NULL && *v != 0) {
            chosen = strncmp(v, "es", 2) == 0 ? LANGUAGE_ES : LANGUAGE_EN;
            return;
        }
    }
}

void language_set(enum language language)
{
    chosen = language;
}

bool language_choose(const char *name)
{
    chosen = strcmp(name, "es") == 0 ? LANGUAGE_ES : LANGUAGE_EN;
    return strcmp(name, "es") == 0 || strcmp(name, "en") == 0;
}

enum language language_get(void)
{
    return chosen;
}

const char *errno_words(int cause)
{
    return cause_words(strerror(cause), language_get());
}
