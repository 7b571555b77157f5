#include "tests/bench/bench.h"
void bench_postgres(struct bench *b)
{
    (void)b;
}
