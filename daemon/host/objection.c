#include "daemon/host/objection.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon/host/log.h"
#include "proto/sys/terminal.h"

void objections_printed(const char *sentence)
{
    terminal_print(stderr, "bitacorad: %s\n", sentence);
}

void objections_logged(const char *sentence)
{
    log_line(LOG_ERROR, "%s", sentence);
}

void object(objections *to, const char *format, ...)
{
    char sentence[OBJECTION_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    to(sentence);
}
