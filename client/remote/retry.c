#include "client/remote/retry.h"

#include <errno.h>
#include <sodium.h>
#include <time.h>

#include "client/base/say.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 2000
#define SAY_AFTER_MS 1000

/* Milliseconds of a clock that nobody sets. */
static int64_t steady(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_for(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

struct retry retry_for(const char *url, long seconds)
{
    return (struct retry){ .url = url, .seconds = seconds, .start = steady() };
}

static int64_t left_ms(const struct retry *r)
{
    return (int64_t)r->seconds * 1000 - (steady() - r->start);
}

long retry_left(const struct retry *r)
{
    return (long)(left_ms(r) / 1000);
}

bool answer_may_come(const struct answer *a)
{
    if (a->status != 0) /* 502: what a proxy says while the daemon behind it is restarted */
        return a->status == 429 || (a->status >= 502 && a->status <= 504);
    switch (a->why) {
    case REASON_MEMORY: /* it is missing here, and a buffer that failed stays so */
    case REASON_NET_CERTIFICATE:
    case REASON_NET_CERT_EXPIRED:
    case REASON_NET_CERT_EARLY:
    case REASON_NET_CERT_HOST:
    case REASON_NET_CERT_ISSUER:
    case REASON_NET_CERT_FILE:
    case REASON_NET_PLAINTEXT:
    case REASON_NET_HEADERS:
    case REASON_NET_HTTP:
    case REASON_NET_HUNG:
        return false;
    default:
        return true;
    }
}

/* Twice as long each time, up to a limit. Half of it is chance: many clients that lost the same
 * server do not come back at the same moment. */
static int64_t next_pause(struct retry *r)
{
    int64_t longest = PAUSE_MAX_MS;
    if (r->tries < 5 && PAUSE_MIN_MS << r->tries < PAUSE_MAX_MS)
        longest = PAUSE_MIN_MS << r->tries;
    r->tries++;
    return longest / 2 + (int64_t)randombytes_uniform((uint32_t)(longest / 2 + 1));
}

bool retry_pause(struct retry *r, const struct answer *a, const char *detail)
{
    int64_t left = left_ms(r), asked = (int64_t)a->retry_after * 1000, ms = next_pause(r);
    if (left <= 0 || asked > left)
        return false;
    ms = ms < asked ? asked : ms < left ? ms : left;
    /* Or it would seem to hang. */
    if (!r->said && (int64_t)r->seconds * 1000 - left + ms >= SAY_AFTER_MS) {
        say(TR("no answer from %s yet (%s): trying again for %ld s",
               "aún sin respuesta de %s (%s): se reintenta durante %ld s"),
            r->url, detail, (long)((left + 999) / 1000));
        r->said = true;
    }
    pause_for(ms);
    return true;
}

void retry_say_over(const struct retry *r)
{
    if (r->said)
        say(TR("no answer from %s after trying for %ld s: given up",
               "sin respuesta de %s tras reintentar durante %ld s: se desiste"),
            r->url, (long)((steady() - r->start) / 1000));
}
