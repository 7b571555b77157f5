#include "tests/simulator/chance.h"

#include <string.h>

#include "proto/base/base64.h"

uint64_t chance_next(struct chance *c)
{
    uint64_t z = (c->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t chance_below(struct chance *c, uint64_t n)
{
    return chance_next(c) % n; /* the bias is 2^-40 and nobody's concern here */
}

int64_t chance_between(struct chance *c, int64_t from, int64_t until)
{
    return from + (int64_t)chance_below(c, (uint64_t)(until - from) + 1);
}

bool chance_in(struct chance *c, unsigned percent)
{
    return chance_below(c, 100) < percent;
}

void chance_bytes(struct chance *c, uint8_t *out, size_t n)
{
    while (n > 0) {
        uint64_t v = chance_next(c);
        size_t now = n < 8 ? n : 8;
        for (size_t i = 0; i < now; i++)
            out[i] = (uint8_t)(v >> (8 * i));
        out += now;
        n -= now;
    }
}

void chance_hash(struct chance *c, char out[static 45])
{
    uint8_t bytes[32];
    chance_bytes(c, bytes, sizeof bytes);
    base64_encode(out, bytes, sizeof bytes);
}

int64_t chance_gap(struct chance *c, int64_t mean)
{
    /* The sum of two uniform ones, whole numbers only: floating point may differ between machines. */
    int64_t half = mean < 2 ? 1 : mean;
    int64_t gap = chance_between(c, 0, half);
    gap += chance_between(c, 0, half);
    return gap < mean / 8 ? mean / 8 : gap;
}
