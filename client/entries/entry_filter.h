/* Which entries of a log are wanted. */
#ifndef CLIENT_ENTRIES_ENTRY_FILTER_H
#define CLIENT_ENTRIES_ENTRY_FILTER_H

#include "client/base/period.h"
#include "proto/base/must_use.h"
#include "proto/judge/judge.h"

struct entry_filter {
    struct period period; /* of acceptance */
    bool of_kind[KIND_COUNT];
    bool kinds;            /* some are left out */
    const char *authority; /* NULL: any. Of the signer as enrolled, or of the record */
    /* NULL: any. A data holder whom the record names, or for whom its signer is enrolled. */
    const char *holder;
};

/* What --from, --to, --kind, --authority and --holder say; NULL: nothing. */
struct entry_filter_words {
    const char *from, *to, *kind, *authority, *holder;
};

/* Reads them; borrows the texts. Returns false after having said what is wrong. */
MUST_USE bool entry_filter_read(struct entry_filter *out, const struct entry_filter_words *words);

/* Whether an entry that was judged just now is wanted; registry is the judge's. */
bool entry_filter_takes(const struct entry_filter *f, const struct judged *e,
                        const struct registry *registry);

#endif
