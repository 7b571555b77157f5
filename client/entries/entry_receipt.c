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

/* The entry that enrolled the signer. Returns false of bytes that are no record; *last of one that
 * rests on no other. */
static bool under_of(const struct proven *p, uint64_t *under, bool *last)
{
    struct entry e;
    struct record r;
    struct refusal why;
    if (entry_parse(&e, p->entry.bytes, &why) != 0 || record_parse(&r, e.note, &why) != 0) {
        lost_to_memory(&why);
        return false;
    }
    *last = r.kind == KIND_GENESIS;
    *under = *last ? 0 : r.under.entry;
    record_free(&r);
    return *last || *under < p->entry.index;
}

static bool fetch_all(struct links *l, uint64_t index, entry_fetch_fn *fetch, void *ctx)
{
    bool last = false;
    while (!last && l->n < CHAIN_MAX) {
        struct proven *p = kept(calloc(1, sizeof *p));
        if (p == NULL)
            return false;
        l->link[l->n++] = p;
        if (fetch(ctx, index, p) != VERDICT_GOOD || !under_of(p, &index, &last))
            return false;
        p->entry.path = p->path;
    }
    return last;
}

bool entry_receipt_make(struct buf *out, uint64_t index, struct span note, entry_fetch_fn *fetch,
                        void *ctx)
{
    struct links *l = kept(calloc(1, sizeof *l));
    struct proven_entry *entry = kept(calloc(CHAIN_MAX, sizeof *entry));
    bool made = l != NULL && entry != NULL && fetch_all(l, index, fetch, ctx);
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
