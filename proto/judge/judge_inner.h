/* What a judge holds between two entries: for judge.c, which judges, and judge_state.c, which
 * exports and imports it. Others use judge.h. */
#ifndef PROTO_JUDGE_JUDGE_INNER_H
#define PROTO_JUDGE_JUDGE_INNER_H

#include "proto/index/cover.h"
#include "proto/judge/judge.h"
#include "proto/judge/recent_ids.h"

/* An entry that changed the registry, kept so that a later judge can start from it. */
struct kept {
    uint64_t index;
    struct hash leaf;
    uint8_t *bytes;
    size_t n;
};

struct judge {
    struct judge_setup setup;
    struct registry *registry;
    struct ids *ids;
    bool has_skew; /* a good genesis was seen, which says what it is */
    int64_t skew;  /* milliseconds */
    uint64_t next; /* one more than the last index */
    struct hash last_leaf;
    bool has_time;
    int64_t last_time;
    uint64_t time_entry; /* whose time that is */
    bool has_genesis;
    struct hash genesis;
    bool told_frozen; /* that the log goes on behind its end */
    bool blind;       /* an entry could not be read, which may have enrolled or revoked anybody */
    uint64_t signatures;
    struct kept *kept;
    size_t kept_count, kept_cap;
    struct cover cover;      /* of the last `index` entry that took effect */
    struct kept cover_entry; /* that entry, if the setup says `keep`; else bytes is NULL */
};

/* If the policy names several keys of the log, makes the one that genesis names the judge's own.
 * That key signed genesis, and must never be enrolled again. */
void judge_take_first_key(struct judge *j, const struct record *genesis);

/* Keeps a copy of an entry for judge_export(), if the setup says `keep`. Out of memory is told as
 * an undecided finding. */
void judge_keep(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes);

/* Makes this what later `index` entries are held against, and keeps its entry in the same way. */
void judge_take_cover(struct judge *j, const struct cover *cover, const struct hash *leaf,
                      struct span bytes);

#endif
