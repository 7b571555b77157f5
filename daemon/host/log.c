#include "daemon/host/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/base/reason.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"

static atomic_int least_level = LOG_INFO;

void log_from(enum log_level least)
{
    atomic_store_explicit(&least_level, (int)least, memory_order_relaxed);
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = { "info", "warning", "error" };
    char text[1024], line[1024], when[WHEN_TEXT + 1];
    va_list args;
    if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed))
        return;
    when_format(when, clock_wall());
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0)
        return;
    int at = snprintf(line, sizeof line, "%s %s: ", when, names[level]);
    /* Some of it others wrote: it may neither begin a line nor move a cursor. One byte is the
     * newline's. */
    printable_copy(line + at, sizeof line - (size_t)at - 1, span_str(text));
    size_t length = strlen(line);
    line[length] = '\n';
    /* Nowhere is left to say that the log itself cannot be written. */
    ssize_t written = write(STDERR_FILENO, line, length + 1);
    (void)written;
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
