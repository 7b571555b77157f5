#include "client/audit/law_mx.h"

#include <string.h>
#include <time.h>

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

/* That many calendar months later, or earlier, in UTC. A day that the month lacks becomes its
 * last. */
static int64_t months_later(int64_t ms, int months)
{
    int64_t day = INT64_C(86400000), of_day = ((ms % day) + day) % day;
    time_t seconds = (time_t)((ms - of_day) / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    int last = tm.tm_mday;
    tm.tm_mon += months;
    tm.tm_mday = 1;
    struct tm next = tm;
    next.tm_mon++;
    int64_t first = timegm(&tm), days = (timegm(&next) - first) / 86400;
    return (first + ((last < days ? last : days) - 1) * 86400) * 1000 + of_day;
}

static bool is_one_of(const char *code, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(code, list[i]) == 0)
            return true;
    return false;
}

/* ---- emergencies ----------------------------------------------------------------------------- */

int64_t law_judge_told_by(int64_t fulfilled)
{
    return fulfilled + 48 * HOUR;
}

/* ---- conflicts ------------------------------------------------------------------------------- */

bool law_basis_conflicts(const char *basis)
{
    return strcmp(basis, "LGN-9-XXVI") == 0;
}

/* ---- times ----------------------------------------------------------------------------------- */

int64_t law_answered_by(int64_t accepted, int64_t data_from)
{
    bool recent = data_from != NO_TIME && data_from >= months_later(accepted, -12);
    return accepted + (recent ? 24 : 48) * HOUR;
}

int64_t law_preserved_until(int64_t accepted)
{
    return accepted + 90 * DAY;
}

bool law_matter_is_security(const char *matter)
{
    return strcmp(matter, "national_security") == 0;
}

int64_t law_live_until(int64_t from)
{
    return months_later(from, 6);
}

int64_t law_security_granted_until(int64_t from)
{
    return from + 180 * DAY;
}

int64_t law_security_until(int64_t from)
{
    return from + 360 * DAY;
}

/* ---- who and what ---------------------------------------------------------------------------- */

bool law_matter_excludes_content(const char *matter)
{
    static const char *const excluded[] = { "electoral", "fiscal", "mercantile",
                                            "civil",     "labour", "administrative" };
    return is_one_of(matter, excluded, sizeof excluded / sizeof *excluded);
}

bool law_function_may_identify(const char *function)
{
    static const char *const named[] = { "prosecution", "search_commission" };
    return is_one_of(function, named, sizeof named / sizeof *named);
}
