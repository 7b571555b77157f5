#include "daemon/host/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/host/said.h"
#include "proto/base/reason.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"

#define MESSAGE_MAX 1024

static atomic_int least_level = LOG_INFO;
static atomic_int form = LOG_TEXT;
static const char *const level_names[] = { "info", "warning", "error" };

void log_from(enum log_level least)
{
    atomic_store_explicit(&least_level, (int)least, memory_order_relaxed);
}

void log_as(enum log_format format)
{
    atomic_store_explicit(&form, (int)format, memory_order_relaxed);
}

/* Ends the line of n bytes, which has room for it, and writes it. */
static void write_line(char *line, size_t n, const char *end)
{
    size_t length = strlen(end);
    memcpy(line + n, end, length);
    /* Nowhere is left to say that the log itself cannot be written. */
    ssize_t written = write(STDERR_FILENO, line, n + length);
    (void)written;
}

static void write_text(const char *when, const char *level, const char *text)
{
    char line[MESSAGE_MAX + 64];
    int n = snprintf(line, sizeof line - 1, "%s %s: %s", when, level, text);
    write_line(line, (size_t)n, "\n");
}

/* A printable text needs no other escapes: controls and what is not UTF-8 are '?' in it. */
static void write_json(const char *when, const char *level, const char *text)
{
    char line[2 * MESSAGE_MAX + 128];
    size_t n = (size_t)snprintf(line, sizeof line,
                                "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"", when, level);
    for (; *text != 0; text++) {
        if (*text == '"' || *text == '\\')
            line[n++] = '\\';
        line[n++] = *text;
    }
    write_line(line, n, "\"}\n");
}

void log_line(enum log_level level, const char *format, ...)
{
    char raw[MESSAGE_MAX], text[MESSAGE_MAX], when[WHEN_TEXT + 1];
    va_list args;
    if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed))
        return;
    when_format(when, clock_wall());
    va_start(args, format);
    int n = vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    if (n < 0)
        return;
    /* Some of it others wrote: it may neither begin a line nor move a cursor. */
    printable_copy(text, sizeof text, span_str(raw));
    if (level != LOG_INFO)
        said_line(text);
    if (atomic_load_explicit(&form, memory_order_relaxed) == LOG_JSON)
        write_json(when, level_names[level], text);
    else
        write_text(when, level_names[level], text);
}

#define RARELY_MS 1000

bool log_rarely(struct log_rarely *r, uint64_t *silent)
{
    int64_t now = clock_steady();
    *silent = r->silent;
    if (r->said != 0 && now - r->said < RARELY_MS) {
        r->silent++;
        return false;
    }
    *r = (struct log_rarely){ .said = now };
    return true;
}
