#include "tests/unit/client/in_force_fake.h"

#include <stdlib.h>

struct in_force {
    struct registry *registry;
    uint64_t size;
};

struct in_force *in_force_fake(const struct log *l, size_t size)
{
    struct in_force *s = calloc(1, sizeof *s);
    s->registry = log_fake_registry(l, size);
    s->size = size;
    return s;
}

/* ---- in_force.h ------------------------------------------------------------------------------ */

void in_force_close(struct in_force *s)
{
    registry_free(s->registry);
    free(s);
}

const struct registry *in_force_registry(struct in_force *s, struct complaint *complaint)
{
    (void)complaint;
    return s->registry;
}

enum stands in_force_look(struct in_force *s, struct complaint *complaint)
{
    (void)s;
    (void)complaint;
    return STANDS_PROVEN;
}

uint64_t in_force_size(const struct in_force *s)
{
    return s->size;
}

int in_force_follow(struct in_force *s, const char *query, struct complaint *complaint)
{
    (void)s;
    (void)query;
    (void)complaint;
    return 0;
}

enum show in_force_reach(struct in_force *s, uint64_t index, struct complaint *complaint)
{
    (void)complaint;
    return index < s->size ? SHOW_PROVEN : SHOW_ABSENT;
}
