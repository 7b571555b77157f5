#include "client/report/observed.h"

#include <stdlib.h>

#include "client/base/lost.h"

struct observed *observed_new(void)
{
    struct observed *o = kept(calloc(1, sizeof *o));
    if (o != NULL)
        institutions_open(&o->names);
    return o;
}

void observed_free(struct observed *o)
{
    if (o == NULL)
        return;
    free(o->requests);
    free(o->acts);
    institutions_close(&o->names);
    free(o);
}

void observed_take(void *observed, const struct event *event)
{
    struct observed *o = observed;
    if (!o->began)
        o->first_at = event->e->accepted;
    o->began = true;
    if (event->e->kind == KIND_ENROLL)
        institutions_take(&o->names, event->object);
    if (event->e->kind == KIND_REQUEST &&
        room_for_one(&o->requests, o->n, &o->cap, sizeof *o->requests))
        o->requests[o->n++] =
            (struct observed_request){ .ruleset = event->ruleset,
                                       .data = object_window(event->object, "data_window") };
    if (event->signer == NULL || event->signer->role != ROLE_HOLDER)
        return;
    if (room_for_one(&o->acts, o->acts_n, &o->acts_cap, sizeof *o->acts))
        o->acts[o->acts_n++] = (struct observed_act){ event->e->signer, event->e->accepted };
}
