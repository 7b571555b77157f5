#include "tests/bench/bench.h"
void bench_growth(struct bench *b)
{
    (void)b;
}
void bench_read(struct bench *b)
{
    (void)b;
}
void bench_postgres(struct bench *b)
{
    (void)b;
}
