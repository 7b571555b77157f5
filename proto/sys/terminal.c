#include "proto/sys/terminal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/sys/language.h"
#include "proto/text/shown.h"

static atomic_bool failed;

/* How many newlines a format ends with, behind those that it begins with. */
static size_t newlines_at_end(const char *format, size_t begin)
{
    size_t n = strlen(format), end = n;
    while (end > begin && format[end - 1] == '\n')
        end--;
    return n - end;
}

static void add_shown(struct buf *out, const char *format, va_list args)
{
    char *text = NULL;
    size_t begin = strspn(format, "\n"), end = newlines_at_end(format, begin);
    if (vasprintf(&text, format, args) < 0) {
        out->failed = true;
        return;
    }
    size_t n = strlen(text), inner = strlen(format) - begin - end;
    buf_add(out, text, begin);
    shown_add(out, span_of((const uint8_t *)text + begin, n - begin - end),
              memchr(format + begin, '\n', inner) != NULL);
    buf_add(out, text + n - end, end);
    free(text);
}

void terminal_vprint(FILE *to, const char *prefix, const char *suffix, const char *format,
                     va_list args)
{
    struct buf out = { 0 };
    buf_adds(&out, prefix);
    add_shown(&out, format, args);
    buf_adds(&out, suffix);
    if (out.failed) {
        failed = true;
        fputs(TR("out of memory\n", "memoria agotada\n"), to);
    } else {
        fwrite(out.p, 1, out.n, to);
    }
    buf_free(&out);
}

void terminal_print(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    terminal_vprint(to, "", "", format, args);
    va_end(args);
}

bool terminal_takes_colour(FILE *to)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no == NULL || *no == 0) && term != NULL && *term != 0 && strcmp(term, "dumb") != 0 &&
           isatty(fileno(to));
}

bool terminal_is_whole(void)
{
    return !failed;
}
