#include "daemon/host/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/scan.h"
#include "proto/text/shown.h"

static enum language language = LANGUAGE_EN;

void words_init(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *v = getenv(variables[i]);
        if (v != NULL && *v != 0) {
            language = strncmp(v, "es", 2) == 0 ? LANGUAGE_ES : LANGUAGE_EN;
            return;
        }
    }
}

bool words_set(const char *name)
{
    language = strcmp(name, "es") == 0 ? LANGUAGE_ES : LANGUAGE_EN;
    return strcmp(name, "es") == 0 || strcmp(name, "en") == 0;
}

enum language words_language(void)
{
    return language;
}

const char *errno_words(int cause)
{
    return cause_words(strerror(cause), words_language());
}

void words_say(const char *format, ...)
{
    char *text = NULL;
    struct buf line = { 0 };
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n > 0)
        shown_add(&line, span_of(text, (size_t)n - (text[n - 1] == '\n')), false);
    fprintf(stderr, "%.*s\n", (int)line.n, line.n == 0 ? "" : (const char *)line.p);
    buf_free(&line);
    free(text);
}
