#include "daemon/host/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/host/datadir.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

#define CONFIG_FILE_MAX (64 * 1024)

static const struct {
    const char *name;
    size_t offset;
    int64_t initial, least, most;
    const char *meaning[2]; /* by enum language */
} settings[] = {
#define X(name, initial, least, most, en, es)                                                      \
    { #name, offsetof(struct config, name), initial, least, most, { en, es } },
    SETTINGS(X)
#undef X
};

#define COUNT (sizeof settings / sizeof *settings)

static int64_t *setting(struct config *c, size_t i)
{
    return (int64_t *)(void *)((char *)c + settings[i].offset);
}

void config_default(struct config *c)
{
    snprintf(c->listen, sizeof c->listen, "127.0.0.1:8420");
    for (size_t i = 0; i < COUNT; i++)
        *setting(c, i) = settings[i].initial;
}

void config_print(FILE *to)
{
    struct config c;
    config_default(&c);
    fprintf(to, "  %-15s = %-14s %s\n", "listen", c.listen, TR("HOST:PORT", "HOST:PUERTO"));
    for (size_t i = 0; i < COUNT; i++)
        fprintf(to, "  %-15s = %-14" PRId64 " %s\n", settings[i].name, settings[i].initial,
                settings[i].meaning[language_get()]);
}

struct config_place {
    const char *path;
    unsigned line;
};

static struct span trimmed(struct span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* A line that cannot be read: which, and what may stand there. Returns -1. */
static int wrong(const struct config_place *at, struct span shown, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int wrong(const struct config_place *at, struct span shown, const char *format, ...)
{
    char line[128], why[512];
    va_list args;
    printable_copy(line, sizeof line, shown);
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    terminal_print(stderr, "bitacorad: %s:%u: %s: %s\n", at->path, at->line, line, why);
    return -1;
}

static int set_listen(struct config *c, struct span value, struct span line,
                      const struct config_place *at)
{
    if (value.n == 0 || value.n >= sizeof c->listen)
        return wrong(at, line,
                     TR("listen is HOST:PORT, at most %u bytes",
                        "listen es HOST:PUERTO, a lo sumo %u bytes"),
                     LISTEN_MAX - 1);
    snprintf(c->listen, sizeof c->listen, "%.*s", (int)value.n, (const char *)value.p);
    return 0;
}

static int set(struct config *c, struct span name, struct span value, struct span line,
               const struct config_place *at)
{
    uint64_t v;
    if (span_is(name, "listen"))
        return set_listen(c, value, line, at);
    for (size_t i = 0; i < COUNT; i++) {
        if (!span_is(name, settings[i].name))
            continue;
        if (decimal_parse(&v, value) != 0 || (int64_t)v < settings[i].least ||
            (int64_t)v > settings[i].most)
            return wrong(at, line,
                         TR("%s is a whole number from %" PRId64 " to %" PRId64,
                            "%s es un número entero de %" PRId64 " a %" PRId64),
                         settings[i].name, settings[i].least, settings[i].most);
        *setting(c, i) = (int64_t)v;
        return 0;
    }
    return wrong(at, line, "%s",
                 TR("there is no such setting: bitacorad run --help lists them",
                    "no existe ese ajuste: bitacorad run --help los lista"));
}

static int read_line(struct config *c, struct span line, const struct config_place *at)
{
    const uint8_t *hash = line.n == 0 ? NULL : memchr(line.p, '#', line.n);
    if (hash != NULL)
        line.n = (size_t)(hash - line.p);
    line = trimmed(line);
    if (line.n == 0)
        return 0;
    const uint8_t *equals = memchr(line.p, '=', line.n);
    if (equals == NULL)
        return wrong(at, line, "%s",
                     TR("a line is NAME = VALUE, or begins with #",
                        "una línea es NOMBRE = VALOR, o empieza con #"));
    size_t left = (size_t)(equals - line.p);
    return set(c, trimmed(span_of(line.p, left)), trimmed(span_of(equals + 1, line.n - left - 1)),
               line, at);
}

int config_read(struct config *c, const char *path)
{
    struct buf text = { 0 };
    if (file_read_at_once(&text, path, CONFIG_FILE_MAX) != FILE_OK) {
        terminal_print(stderr,
                       TR("bitacorad: cannot read %s: %s\n", "bitacorad: no se pudo leer %s: %s\n"),
                       path, errno_words(errno));
        buf_free(&text);
        return -1;
    }
    buf_adds(&text, "\n"); /* the last line need not end in one */
    struct scan s = scan_of(buf_span(&text));
    struct config_place at = { .path = path };
    int failed = text.failed ? -1 : 0;
    if (failed)
        fputs(TR("bitacorad: out of memory\n", "bitacorad: memoria agotada\n"), stderr);
    while (!failed && !scan_done(&s)) {
        at.line++;
        failed = read_line(c, scan_line(&s), &at);
    }
    buf_free(&text);
    return failed;
}
