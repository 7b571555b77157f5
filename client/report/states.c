#include "client/report/states.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/likeness.h"

#define STATES_MAX 1024 /* that are compared */

struct state_place {
    word name;
    uint64_t entry; /* the first enrolment that says it */
    struct buf skeleton;
};

/* Adds a state that is new; returns whether it is. */
static bool add_state(struct state_place *list, size_t n, const struct casebook *cb, word name,
                      uint64_t entry)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].name == name)
            return false;
    list[n] =
        (struct state_place){ name, entry, likeness_of(casebook_text(cb, name), LIKENESS_LOOKS) };
    return true;
}

static size_t list_states(struct state_place *list, const struct audit *a)
{
    const struct registry *registry = judge_registry(a->r->judge);
    size_t n = 0;
    for (uint32_t i = 0; i < a->cb.signers.n && n < STATES_MAX; i++) {
        const struct signer_facts *f = shelf_at(&a->cb.signers, i);
        if (f->state != 0 && add_state(list, n, &a->cb, f->state, registry_get(registry, i)->entry))
            n++;
    }
    return n;
}

void state_pair_words(struct buf *out, const struct state_pair *pair)
{
    char one[TEXT_MAX + 1], other[TEXT_MAX + 1];
    printable_copy(one, sizeof one, span_str(pair->one));
    printable_copy(other, sizeof other, span_str(pair->other));
    buf_addf(out,
             TR("two states that look the same are counted apart: “%s” (entry %" PRIu64
                ") and “%s” (entry %" PRIu64 "): ",
                "dos estados que se ven iguales se cuentan por separado: «%s» (asiento %" PRIu64
                ") y «%s» (asiento %" PRIu64 "): "),
             one, pair->entry_of_one, other, pair->entry_of_other);
    likeness_words(out, pair->one, pair->other);
}

static void tell_pair(const struct audit *a, const struct state_place *x,
                      const struct state_place *y, state_pair_fn *tell, void *ctx)
{
    const struct state_pair pair = { .one = casebook_text(&a->cb, x->name),
                                     .other = casebook_text(&a->cb, y->name),
                                     .entry_of_one = x->entry,
                                     .entry_of_other = y->entry };
    tell(ctx, &pair);
}

void report_each_states(const struct audit *a, state_pair_fn *tell, void *ctx)
{
    struct state_place *list = kept(calloc(STATES_MAX, sizeof *list));
    size_t n = list == NULL ? 0 : list_states(list, a);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (span_eq(buf_span(&list[i].skeleton), buf_span(&list[k].skeleton)))
                tell_pair(a, &list[k], &list[i], tell, ctx);
    for (size_t i = 0; i < n; i++)
        buf_free(&list[i].skeleton);
    free(list);
}

static void say_pair(void *ctx, const struct state_pair *pair)
{
    struct buf words = { 0 };
    (void)ctx;
    state_pair_words(&words, pair);
    say(TR("WARNING: %s", "AVISO: %s"), kept_text(&words));
    buf_free(&words);
}

void report_say_states(const struct audit *a)
{
    report_each_states(a, say_pair, NULL);
}
