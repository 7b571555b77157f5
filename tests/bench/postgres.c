/* What people use today, for comparison: tests/bench/postgres.sh. */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/program.h"

#define NOT_THERE 3

static void take(struct bench *b, const char *out)
{
    unsigned clients;
    double per_s;
    FILE *f = fopen(out, "r");
    if (f == NULL)
        die("%s is not there", out);
    while (fscanf(f, "%u %lf", &clients, &per_s) == 2)
        figure(&b->figures, clients == 8 ? "postgres.appends_per_s" : "postgres.appends_64_per_s",
               per_s);
    fclose(f);
}

void bench_postgres(struct bench *b)
{
    char out[PATH_LONG + 16];
    const char *argv[] = {
        "/bin/sh", "tests/bench/postgres.sh", b->shortened ? "1" : "6", "8", "64", NULL
    };
    snprintf(out, sizeof out, "%s/postgres", b->scratch);
    progress("postgres: a table that chains its rows");
    struct ran r = program_run(argv, out);
    if (r.status == NOT_THERE)
        figure_missing(&b->figures, "postgres.", "PostgreSQL is not installed");
    else if (r.status != 0)
        die("tests/bench/postgres.sh: exit status %d; see %s.err", r.status, out);
    else
        take(b, out);
}
