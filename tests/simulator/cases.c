#include "tests/simulator/cases.h"

#define LONGEST (75 * DAY) /* until the last deadline of a case is past */

static int64_t when_to_begin(struct sim *s)
{
    int64_t from = s->opened + HOUR, until = s->end - LONGEST;
    if (until < from + DAY)
        until = from + (s->end - from) / 8;
    return chance_between(&s->chance, from, until);
}

void plan_each(struct sim *s, const struct plot_kind *kinds, size_t n, unsigned times)
{
    for (size_t i = 0; i < n; i++) {
        unsigned v = (unsigned)chance_below(&s->chance, kinds[i].variants);
        for (unsigned k = 0; k < times; k++) {
            struct plot p = { .s = s, .y = story_new(s), .t = when_to_begin(s) };
            p.v = (v + k) % kinds[i].variants;
            kinds[i].plan(&p);
            story_planned(p.y);
        }
    }
}

int64_t some_time(struct plot *p, int64_t from, int64_t until)
{
    return p->t + chance_between(&p->s->chance, from, until);
}

struct ask asking(struct plot *p, const char *function, const char *level, const char *sector,
                  unsigned categories, const char *basis)
{
    struct ask q = { .categories = categories, .basis = basis, .source = "other" };
    q.by = desk_of(p->s, ROLE_REQUESTER, function, level, NULL);
    q.holder = desk_of(p->s, ROLE_HOLDER, sector, NULL, NULL);
    q.purpose = "criminal_investigation";
    q.scheme = "OFICIO";
    q.term = p->t + 20 * DAY;
    return q;
}

struct order ordering(struct plot *p, struct desk *by, struct desk *judge, unsigned categories)
{
    struct order o = { .by = judge, .matter = "criminal", .categories = categories };
    o.used_by[0] = by->body->code;
    o.from = p->t - HOUR;
    o.until = p->t + 30 * DAY;
    order_number(&o);
    return o;
}

struct ask emergency(struct plot *p, unsigned categories)
{
    struct ask q = asking(p, "prosecution", NULL, "telecom", categories, "CNPP-303-EXC");
    q.ground = "kidnapping";
    q.purpose = "emergency";
    return q;
}

struct act *deliver(struct plot *p, const struct ask *q, char request, int64_t t)
{
    struct act *a = act_answer(p->y, t, request, q->holder, "full", p->t + MINUTE, t - MINUTE);
    tell_in_time(p->y, q->by, request, t, q->after);
    return a;
}

void settle(struct plot *p, const struct ask *q, char request, int64_t t, int64_t limit)
{
    int64_t done = t + chance_between(&p->s->chance, HOUR, limit);
    if (chance_in(&p->s->chance, 50))
        deliver(p, q, request, done);
    else
        act_answer(p->y, done, request, q->holder, "none_held", t + MINUTE, done);
}

void inform_and_rule(struct plot *p, const struct ask *q, char request, int64_t t,
                     const char *result)
{
    act_inform(p->y, t, q->by, request, t - HOUR);
    int64_t ruled = t + chance_between(&p->s->chance, HOUR, law_at(p->s, t)->hours);
    act_ratify(p->y, ruled, judge_for(p->s, q->by), request, result, 0);
}
