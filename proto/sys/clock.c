#include "proto/sys/clock.h"

#include <time.h>

static int64_t microseconds(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall(void)
{
    return microseconds(CLOCK_REALTIME) / 1000;
}

int64_t clock_steady(void)
{
    return microseconds(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_steady_us(void)
{
    return microseconds(CLOCK_MONOTONIC);
}
