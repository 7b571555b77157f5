#include "client/base/clock.h"

#include <string.h>
#include <time.h>

#include "client/base/say.h"

int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int clock_parse(char out[static WHEN_TEXT + 1], const char *text)
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

const char *clock_form(void)
{
    return TR("a time is 2026-01-31, 2026-01-31T10:00 or 2026-01-31T10:00:00.000Z, in UTC",
              "un tiempo es 2026-01-31, 2026-01-31T10:00 o 2026-01-31T10:00:00.000Z, en UTC");
}
