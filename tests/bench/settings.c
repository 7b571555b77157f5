/* What a setting costs a daemon for each record, and what another build of it costs: two daemons take
 * turns, each with a log of its own. */
#include <stdlib.h>
#include <string.h>

#include "client/base/say.h"
#include "tests/bench/site.h"
#include "tests/must.h"

#define RECORDS 2000 /* in a slice: as many for both, however busy the machine is */

static double cost(struct site *s, enum load_kind kind)
{
    struct load_order order = { .kind = kind,
                                .seconds = 60,
                                .records = s->bench->shortened ? 100 : RECORDS };
    return site_load(s, &order).cpu_s;
}

/* Sets the figure to the median of CPU of a record by `one` ÷ by `other`. */
static void compare(struct bench *b, const char *path, enum load_kind kind, struct site *one,
                    struct site *other)
{
    double *ratio = must(calloc(b->pairs, sizeof *ratio));
    cost(one, kind); /* connections are made */
    cost(other, kind);
    for (unsigned i = 0; i < b->pairs; i++) {
        double first = cost(i % 2 == 0 ? one : other, kind);
        double second = cost(i % 2 == 0 ? other : one, kind);
        ratio[i] = i % 2 == 0 ? first / second : second / first;
    }
    figure(&b->figures, path, median(ratio, b->pairs));
    free(ratio);
}

static void compare_setups(struct bench *b, const char *name, const struct site_setup *one,
                           const struct site_setup *other)
{
    char path[80], first[80], second[80];
    struct site a, z;
    progress("settings: %s, %u pairs of slices", name, b->pairs);
    snprintf(first, sizeof first, "%s.1", name);
    snprintf(second, sizeof second, "%s.2", name);
    site_open_as(&a, b, first, one);
    site_open_as(&z, b, second, other);
    snprintf(path, sizeof path, "settings.%s_cost", name);
    compare(b, path, LOAD_SINGLE, &a, &z);
    if (one->bin != other->bin) {
        snprintf(path, sizeof path, "settings.%s_batch_cost", name);
        compare(b, path, LOAD_BATCH, &a, &z);
    }
    site_close(&a);
    site_close(&z);
}

void bench_settings(struct bench *b)
{
    static const struct site_setup plain, no_mark = { .no_mark = true }, tls = { .tls = true },
                                          unconfined = { .config = "sandbox = off\n" };
    if (b->against != NULL) { /* that alone: two builds */
        compare_setups(b, "against", &plain, &(struct site_setup){ .bin = b->against });
        return;
    }
    figure_missing(&b->figures, "settings.against", "BENCH_AGAINST names no folder of programs");
    compare_setups(b, "sandbox", &plain, &unconfined);
    compare_setups(b, "mark", &plain, &no_mark);
    compare_setups(b, "tls", &tls, &plain);
}
