/* One entry of a log, as a replay comes by it: how it was judged, which entries it names, and which
 * later ones name it. One thread.
 *
 *     open -> replaying_run(r, entry_look_at, look) -> (replaying_proven) -> read -> close */
#ifndef CLIENT_ENTRIES_ENTRY_LOOK_H
#define CLIENT_ENTRIES_ENTRY_LOOK_H

#include <jansson.h>

#include "client/replay/replaying.h"

#define LINKS_MAX 256 /* listed of each kind */

/* Another entry that is named, or names. */
struct entry_link {
    uint64_t entry;
    char member[40]; /* of the record that names it */
    enum kind kind;  /* of `entry` */
    /* Of one that names it: */
    int64_t accepted;
    char signer[SIGNER_NAME_MAX + 1];
};

struct entry_links {
    struct entry_link *list; /* the first LINKS_MAX, in the order of the log; owned */
    size_t n, cap;
    uint64_t total;
};

struct entry_look {
    uint64_t entry; /* that is looked for */
    struct replaying *r;
    bool seen; /* the replay came by it; only then is the rest set */
    struct buf bytes;
    struct hash leaf;
    enum kind kind; /* of its record; KIND_NONE where there is none */
    bool counts;
    uint32_t signer;             /* in the registry, if it counts */
    int64_t accepted;            /* 0 where there is no header */
    json_t *json;                /* client/show/entry_json.h; owned */
    struct entry_links names;    /* entries that it names */
    struct entry_links named_by; /* later entries that count and name it */
};

/* Makes one that looks for that entry. r must outlive it. */
void entry_look_open(struct entry_look *l, struct replaying *r, uint64_t entry);
void entry_look_close(struct entry_look *l);

/* A judged_fn; ctx is the look. */
void entry_look_at(void *ctx, const struct judged *e);

/* After the run: the worst of the findings about the entry itself. */
enum verdict entry_look_verdict(const struct entry_look *l);

/* The signer as enrolled; NULL of the log's own key, and where the entry does not count. */
const struct enrolment *entry_look_signer(const struct entry_look *l);

#endif
