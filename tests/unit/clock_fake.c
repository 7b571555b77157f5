#include "tests/unit/clock_fake.h"

#include <stdatomic.h>

static _Atomic int64_t wall;

void clock_fake_set(int64_t now)
{
    atomic_store(&wall, now);
}

int64_t clock_wall(void)
{
    return atomic_load(&wall);
}

int64_t clock_steady(void)
{
    return 0;
}

int64_t clock_steady_us(void)
{
    return 0;
}
