/* What planted cases are made of. */
#ifndef SIMULATOR_CASES_H
#define SIMULATOR_CASES_H

#include "tests/simulator/records.h"

/* One case being planned: t is when it begins, v which of its variants it is. */
struct plot {
    struct sim *s;
    struct story *y;
    int64_t t;
    unsigned v;
};

struct plot_kind {
    const char *name;
    unsigned variants;
    void (*plan)(struct plot *p);
};

/* Plans `times` of each, at random times early enough, every variant in turn from a random one on. */
void plan_each(struct sim *s, const struct plot_kind *kinds, size_t n, unsigned times);

/* A request at p->t that is good but for what its caller changes: categories, basis. sector of the holder. */
struct ask asking(struct plot *p, const char *function, const char *level, const char *sector,
                  unsigned categories, const char *basis);
/* A warrant at p->t, for a month, that limits nothing but the categories. */
struct order ordering(struct plot *p, struct desk *by, struct desk *judge, unsigned categories);
/* An emergency request of a prosecutor at p->t, not yet an act. */
struct ask emergency(struct plot *p, unsigned categories);

/* What becomes of a request in due time: it is answered within `limit`, and the person told. */
void settle(struct plot *p, const struct ask *q, char request, int64_t t, int64_t limit);
/* Delivered at t, and the person told in time. */
struct act *deliver(struct plot *p, const struct ask *q, char request, int64_t t);
/* A judge is told at t and rules so, in time. */
void inform_and_rule(struct plot *p, const struct ask *q, char request, int64_t t,
                     const char *result);
int64_t some_time(struct plot *p, int64_t from, int64_t until);

#endif
