#include "client/report/states.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/likeness.h"

#define STATES_MAX 1024 /* that are compared */

struct place {
    word name;
    uint64_t entry; /* the first enrolment that says it */
    struct buf skeleton;
};

/* Adds a state that is new; returns whether it is. */
static bool add_state(struct place *list, size_t n, const struct casebook *cb, word name,
                      uint64_t entry)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].name == name)
            return false;
    list[n] = (struct place){ name, entry, likeness_of(casebook_text(cb, name), LIKENESS_LOOKS) };
    return true;
}

static size_t list_states(struct place *list, const struct audit *a)
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

static void say_pair(const struct casebook *cb, const struct place *x, const struct place *y)
{
    struct buf differs = { 0 };
    char one[TEXT_MAX + 1], other[TEXT_MAX + 1];
    printable_copy(one, sizeof one, span_str(casebook_text(cb, x->name)));
    printable_copy(other, sizeof other, span_str(casebook_text(cb, y->name)));
    likeness_words(&differs, casebook_text(cb, x->name), casebook_text(cb, y->name));
    say(TR("WARNING: two states that look the same are counted apart: “%s” (entry %" PRIu64
           ") and “%s” (entry %" PRIu64 "): %s",
           "AVISO: dos estados que se ven iguales se cuentan por separado: «%s» (asiento %" PRIu64
           ") y «%s» (asiento %" PRIu64 "): %s"),
        one, x->entry, other, y->entry, buf_str(&differs));
    buf_free(&differs);
}

void report_say_states(const struct audit *a)
{
    struct place *list = must(calloc(STATES_MAX, sizeof *list));
    size_t n = list_states(list, a);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (span_eq(buf_span(&list[i].skeleton), buf_span(&list[k].skeleton)))
                say_pair(&a->cb, &list[k], &list[i]);
    for (size_t i = 0; i < n; i++)
        buf_free(&list[i].skeleton);
    free(list);
}
