/* References of a log that look like the one that is asked for, and are others: each with the
 * entries that have it. */
#ifndef CLIENT_SHOW_LOOKALIKES_H
#define CLIENT_SHOW_LOOKALIKES_H

#include "client/show/likeness.h"

#define LOOKALIKES_MAX 256 /* references that are listed, and entries of each */
#define MEANT_MAX 5        /* references that are not alike, but may be meant */

enum cites { CITES_AS_WARRANT, CITES_IN_REQUEST, CITES };

struct lookalike {
    char *ref;              /* owned */
    uint64_t *entry[CITES]; /* owned; the first LOOKALIKES_MAX */
    size_t entries[CITES];  /* listed */
    size_t cap[CITES];
    uint64_t total[CITES]; /* of all */
};

struct lookalikes {
    const char *ref;
    struct buf looks, means; /* its skeletons */
    struct lookalike *list;  /* in the order in which they appear */
    size_t n, cap;
    uint64_t total[CITES];         /* entries, of references that are not listed, too */
    char *meant[CITES][MEANT_MAX]; /* owned */
    size_t meants[CITES];
};

/* ref must outlive it. */
void lookalikes_open(struct lookalikes *l, const char *ref);
void lookalikes_close(struct lookalikes *l);

/* An entry has that reference (NULL: it has none). */
void lookalikes_take(struct lookalikes *l, enum cites by, const char *ref, uint64_t entry);

/* Entries in all whose reference looks the same. */
uint64_t lookalikes_total(const struct lookalikes *l);

/* References that may be meant where there is nothing of the one asked for: those that look the
 * same, of warrants first, then others, which differ in accents and punctuation as well. out has
 * room for `most`; returns how many there are there. */
size_t lookalikes_meant(const struct lookalikes *l, const char **out, size_t most);

/* Those that are listed, as `lookalikes` of docs/INTERFACES.md, 10.1; a new array. */
json_t *lookalikes_json(const struct lookalikes *l);

/* What is other in one of them, and the entries that have it, in words: "“CJF‑1/2026”: U+2011
 * instead of U+002D (4); warrants: 1 (entry 9)". */
void lookalike_words(struct buf *out, const struct lookalikes *l, const struct lookalike *a);

#endif
