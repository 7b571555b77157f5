/* A clock for LD_PRELOAD that runs CLOCK_OFFSET seconds ahead of the machine's (behind it, where that
 * is negative), so that what a test says of days is true on any day. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now);
time_t time(time_t *now);

static int (*machine_clock)(clockid_t, struct timespec *);
static long offset;

__attribute__((constructor)) static void begin(void)
{
    const char *told = getenv("CLOCK_OFFSET");
    *(void **)&machine_clock = dlsym(RTLD_NEXT, "clock_gettime");
    offset = told == NULL ? 0 : strtol(told, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (machine_clock == NULL)
        begin(); /* somebody's constructor asks before ours has run */
    int failed = machine_clock(clock, now);
    if (failed == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += offset;
    return failed;
}

time_t time(time_t *now)
{
    struct timespec at = { 0 };
    clock_gettime(CLOCK_REALTIME, &at);
    if (now != NULL)
        *now = at.tv_sec;
    return at.tv_sec;
}
