#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "proto/when.h"

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = { "info", "warning", "error" };
    char line[1024], when[WHEN_TEXT + 1];
    va_list args;
    when_format(when, clock_wall());
    int at = snprintf(line, sizeof line, "%s %s: ", when, names[level]);
    va_start(args, format);
    int n = vsnprintf(line + at, sizeof line - (size_t)at - 1, format, args);
    va_end(args);
    if (n < 0)
        return;
    size_t length = (size_t)(at + n) < sizeof line - 2 ? (size_t)(at + n) : sizeof line - 2;
    line[length] = '\n';
    /* Nowhere is left to say that the log itself cannot be written. */
    ssize_t written = write(STDERR_FILENO, line, length + 1);
    (void)written;
}
