#include "client/entries/entry_receipt.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/record/entry.h"

#define CHAIN_MAX 1024 /* registrars that enrolled each other: a receipt holds no more */

struct links {
    struct proven *link[CHAIN_MAX];
    size_t n;
};

/* What stands in a signed tree and is no record is bad, unless a later version may know it. */
static enum verdict verdict_of_entry(enum reason reason)
{
    return reason == REASON_VERSION || reason == REASON_MEMORY ? VERDICT_UNDECIDED : VERDICT_BAD;
}

/* The entry that enrolled the signer; *last of one that rests on no other. Returns false, with *why,
 * of bytes that are no record, or that name a later entry. */
static bool under_of(const struct proven *p, uint64_t *under, bool *last, struct finding *why)
{
    struct entry e;
    struct record r;
    *why = (struct finding){ .entry = p->entry.index, .related = NO_ENTRY };
    if (entry_parse(&e, p->entry.bytes, &why->why) != 0 ||
        record_parse(&r, e.note, &why->why) != 0) {
        why->verdict = verdict_of_entry(why->why.reason);
        lost_to_memory(&why->why);
        return false;
    }
    *last = r.kind == KIND_GENESIS;
    *under = *last ? 0 : r.under.entry;
    bool good = *last || *under < p->entry.index;
    if (!good) {
        refuse_span(&why->why, REASON_UNDER, r.signer);
        why->verdict = VERDICT_BAD;
    }
    record_free(&r);
    return good;
}

static bool fetch_all(struct links *l, uint64_t index, entry_fetch_fn *fetch, void *ctx,
                      struct finding *why)
{
    bool last = false;
    while (!last && l->n < CHAIN_MAX) {
        struct proven *p = kept(calloc(1, sizeof *p));
        if (p == NULL)
            return false;
        l->link[l->n++] = p;
        if (fetch(ctx, index, p) != VERDICT_GOOD || !under_of(p, &index, &last, why))
            return false;
        p->entry.path = p->path;
    }
    return last;
}

bool entry_receipt_make(struct buf *out, uint64_t index, struct span note, entry_fetch_fn *fetch,
                        void *ctx, struct finding *why)
{
    *why = (struct finding){ .verdict = VERDICT_GOOD };
    struct links *l = kept(calloc(1, sizeof *l));
    struct proven_entry *entry = kept(calloc(CHAIN_MAX, sizeof *entry));
    bool made = l != NULL && entry != NULL && fetch_all(l, index, fetch, ctx, why);
    for (size_t i = 0; made && i < l->n; i++)
        entry[i] = l->link[i]->entry;
    if (made) {
        receipt_format(out, entry, l->n, note);
        kept_text(out);
    }
    for (size_t i = 0; l != NULL && i < l->n; i++) {
        proven_free(l->link[i]);
        free(l->link[i]);
    }
    free(entry);
    free(l);
    return made && !lost_any();
}
