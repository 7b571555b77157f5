#include "daemon/fsck/fsck_report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "proto/base/reason.h"
#include "proto/judge/registry.h"
#include "proto/sys/language.h"

void fsck_found(struct fsck_report *r, const char *code, uint64_t entry, const char *format, ...)
{
    char raw[512], detail[512];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    printable_copy(detail, sizeof detail, span_str(raw)); /* names of files may be any bytes */
    r->findings++;
    if (r->list != NULL) {
        json_t *o = json_pack("{s:s,s:s}", "code", code, "detail", detail);
        if (entry != NO_ENTRY)
            json_object_set_new(o, "entry", json_integer((json_int_t)entry));
        json_array_append_new(r->list, o);
    } else if (entry != NO_ENTRY) {
        printf(TR("entry %" PRIu64 ": %s: %s\n", "asiento %" PRIu64 ": %s: %s\n"), entry, code,
               detail);
    } else {
        printf("%s: %s\n", code, detail);
    }
}
