/* What a decision of the data holder's gate takes: tests/bench/gate.py. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/bench.h"
#include "tests/bench/program.h"

void bench_gate(struct bench *b)
{
    char out[PATH_LONG + 16], dir[PATH_LONG + 16], name[16], path[32];
    double value;
    snprintf(out, sizeof out, "%s/gate.out", b->scratch);
    snprintf(dir, sizeof dir, "%s/gate", b->scratch);
    const char *argv[] = { "/usr/bin/python3", "tests/bench/gate.py", dir,
                           b->shortened ? "200" : "20000", NULL };
    if (mkdir(dir, 0755) != 0 || setenv("BIN", b->bin, 1) != 0)
        die("%s: %s", dir, strerror(errno));
    progress("gate: decisions about one ticket, one at a time and 16 at once");
    program_must(argv, out);
    FILE *f = fopen(out, "r");
    if (f == NULL)
        die("%s is not there", out);
    while (fscanf(f, "%15s %lf", name, &value) == 2) {
        snprintf(path, sizeof path, "gate.%s", name);
        figure(&b->figures, path, value);
    }
    fclose(f);
}
