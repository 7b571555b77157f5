#include "daemon/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/datadir.h"
#include "daemon/words.h"
#include "proto/scan.h"

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
                settings[i].meaning[words_language()]);
}

static struct span trimmed(struct span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

static const char *set(struct config *c, struct span name, struct span value)
{
    uint64_t v;
    if (span_is(name, "listen")) {
        if (value.n == 0 || value.n >= sizeof c->listen)
            return "listen is HOST:PORT";
        snprintf(c->listen, sizeof c->listen, "%.*s", (int)value.n, (const char *)value.p);
        return NULL;
    }
    for (size_t i = 0; i < COUNT; i++) {
        if (!span_is(name, settings[i].name))
            continue;
        if (decimal_parse(&v, value) != 0 || (int64_t)v < settings[i].least ||
            (int64_t)v > settings[i].most)
            return "the value is not a whole number that this setting can have";
        *setting(c, i) = (int64_t)v;
        return NULL;
    }
    return "there is no such setting";
}

static const char *read_line(struct config *c, struct span line)
{
    const uint8_t *hash = line.n == 0 ? NULL : memchr(line.p, '#', line.n);
    if (hash != NULL)
        line.n = (size_t)(hash - line.p);
    line = trimmed(line);
    if (line.n == 0)
        return NULL;
    const uint8_t *equals = memchr(line.p, '=', line.n);
    if (equals == NULL)
        return "a line is name = value";
    size_t left = (size_t)(equals - line.p);
    return set(c, trimmed(span_of(line.p, left)), trimmed(span_of(equals + 1, line.n - left - 1)));
}

int config_read(struct config *c, const char *path)
{
    struct buf text = { 0 };
    if (file_read(&text, path, CONFIG_FILE_MAX) != 0) {
        fprintf(stderr, "bitacorad: cannot read %s: %s\n", path, strerror(errno));
        buf_free(&text);
        return -1;
    }
    buf_adds(&text, "\n"); /* the last line need not end in one */
    struct scan s = scan_of(buf_span(&text));
    const char *wrong = text.failed ? "out of memory" : NULL;
    unsigned number = 0;
    while (wrong == NULL && !scan_done(&s)) {
        number++;
        wrong = read_line(c, scan_line(&s));
    }
    if (wrong != NULL)
        fprintf(stderr, "bitacorad: %s:%u: %s\n", path, number, wrong);
    buf_free(&text);
    return wrong == NULL ? 0 : -1;
}
