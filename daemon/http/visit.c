#include "daemon/http/visit.h"

#include <stdlib.h>

#include "daemon/host/metrics.h"

bool visits_needed(const struct service *s)
{
    return s->config.readers == READERS_ENROLLED;
}

void visit_free(struct http_visit *v)
{
    if (v == NULL)
        return;
    free(v->bearer);
    free(v);
}

struct http_visit *visit_new(struct call *c)
{
    struct http_visit *v = calloc(1, sizeof *v);
    if (v != NULL)
        v->bearer = calloc(1, sizeof *v->bearer);
    if (v == NULL || v->bearer == NULL) {
        visit_free(v);
        call_refuse(c, REASON_MEMORY, "");
        return NULL;
    }
    call_take_bearer(c, v->bearer);
    return v;
}

struct http_visit *visit_begin(struct call *c)
{
    struct http_visit *v = visit_new(c);
    if (v == NULL || v->bearer->came != BEARER_NONE)
        return v;
    visit_free(v);
    metric_add(METRIC_TOKENS_REFUSED, 1);
    call_refuse(c, REASON_TOKEN_MISSING, "");
    return NULL;
}

/* What came is dropped, as a request may wait for long from now on. */
static void keep_row(struct http_visit *v)
{
    access_row_of(&v->note.row, &v->who, v->bearer);
    free(v->bearer);
    v->bearer = NULL;
    v->good = true;
}

int visit_judge(struct http_visit *v, struct service *s, bool (*may)(enum role role),
                struct refusal *why)
{
    if (v->good && may(v->who.role))
        return 0;
    if (v->good)
        refuse(why, REASON_TOKEN_ROLE, v->who.name);
    else if (bearer_judge(v->bearer, s, may, &v->who, why) == 0) {
        atomic_store(&s->clock_doubted, false); /* it is good now */
        return keep_row(v), 0;
    }
    v->good = false;
    metric_add(METRIC_TOKENS_REFUSED, why->reason != REASON_MEMORY);
    return -1;
}

bool visit_any_role(enum role role)
{
    (void)role;
    return true;
}

void visit_end(struct http_visit *v, struct exchange *e)
{
    struct service *s = e->service;
    if (v == NULL || !v->good || !visits_needed(s) || e->reply.status >= 500) {
        exchange_return(e);
        return;
    }
    v->note.owner = e;
    access_record(s->access, &v->note);
}

static void tell_unrecorded(struct exchange *e, enum access_recorded result)
{
    struct refusal why;
    cached_release(e->reply.kept);
    e->reply.kept = NULL;
    refuse(&why, result == ACCESS_FULL ? REASON_ACCESS_FULL : REASON_ACCESS_WAITS, "");
    problem_reply(&e->reply, &why, e->language);
}

/* The exchanges are given back together: so the event loop is woken once. */
void visits_recorded(struct access_note *first, enum access_recorded result)
{
    struct exchange *head = NULL, *last = NULL;
    size_t count = 0;
    for (struct access_note *n = first; n != NULL; n = n->next, count++) {
        struct exchange *e = n->owner;
        if (result != ACCESS_RECORDED)
            tell_unrecorded(e, result);
        e->work.next = NULL;
        if (head == NULL)
            head = e;
        else
            last->work.next = &e->work;
        last = e;
    }
    if (head != NULL)
        exchanges_return(head, last, count);
}
