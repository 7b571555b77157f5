/* A few entries of a log, judged by themselves, in place of all of them. */
#include <errno.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/replay/replaying.h"

/* Those that were judged so far, for references. */
struct carried_known {
    uint64_t index;
    struct known_entry known;
};

struct carrying {
    struct carried_known *list; /* ascending */
    uint64_t n;
};

static enum lookup look_up_carried(void *ctx, uint64_t index, struct known_entry *out)
{
    const struct carrying *c = ctx;
    uint64_t low = 0, high = c->n;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (c->list[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c->n || c->list[low].index != index)
        return LOOKUP_UNKNOWN;
    *out = c->list[low].known;
    return LOOKUP_FOUND;
}

static bool open_checkpoint(struct replaying *r, struct span note)
{
    struct refusal why;
    buf_add_span(&r->accepted.note, note);
    bool good = !r->accepted.note.failed && policy_open(&r->accepted.cp, r->trust.policy,
                                                        buf_span(&r->accepted.note), &why) == 0;
    if (!good)
        lost(ENOMEM); /* it was opened before */
    return good;
}

static struct judge *judge_of_few(struct replaying *r, struct carrying *c)
{
    struct judge_setup setup = { .log = *trust_log(&r->trust),
                                 .keys = trust_log_keys(&r->trust),
                                 .size = r->accepted.cp.checkpoint.size,
                                 .has_pin = r->trust.has_pin,
                                 .pin = r->trust.pin,
                                 .partial = true,
                                 .lookup = look_up_carried,
                                 .lookup_ctx = c,
                                 .found = findings_add,
                                 .found_ctx = &r->findings,
                                 .judged = r->look,
                                 .judged_ctx = r->look_ctx };
    return kept(judge_new(&setup));
}

enum outcome replaying_carried(struct replaying *r, struct span note, uint64_t n,
                               void (*get)(void *ctx, uint64_t i, struct given_entry *out),
                               void *ctx, judged_fn *look, void *look_ctx)
{
    struct carrying c = { .n = 0 };
    r->carried = true;
    r->look = look;
    r->look_ctx = look_ctx;
    c.list = kept(calloc(n + 1, sizeof *c.list));
    if (c.list == NULL || !open_checkpoint(r, note) || (r->judge = judge_of_few(r, &c)) == NULL) {
        free(c.list);
        return OUTCOME_UNDECIDED;
    }
    for (uint64_t i = 0; i < n; i++) {
        struct given_entry e;
        get(ctx, i, &e);
        enum kind kind = judge_entry(r->judge, e.index, e.leaf, e.bytes);
        c.list[c.n++] = (struct carried_known){ e.index, { kind, *e.leaf } };
    }
    r->pin_differs = judge_pin_differs(r->judge, trust_pin(&r->trust));
    free(c.list);
    return OUTCOME_PROVEN;
}
