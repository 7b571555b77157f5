#include "client/base/written_time.h"

#include <string.h>

#include "proto/sys/language.h"

int written_time_parse(char out[static WHEN_TEXT + 1], const char *text)
{
    int64_t ms;
    size_t n = strlen(text);
    if (n > 0 && n < WHEN_TEXT && text[n - 1] == 'Z')
        n--;
    if (n < strlen("2026-01-31") || n > WHEN_TEXT)
        return -1;
    memcpy(out, "0000-00-00T00:00:00.000Z", WHEN_TEXT + 1);
    memcpy(out, text, n);
    return when_parse(&ms, span_of(out, WHEN_TEXT));
}

const char *written_time_form(void)
{
    return TR("a time is 2026-01-31, 2026-01-31T10:00 or 2026-01-31T10:00:00.000Z, in UTC",
              "un tiempo es 2026-01-31, 2026-01-31T10:00 o 2026-01-31T10:00:00.000Z, en UTC");
}
