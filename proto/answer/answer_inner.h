/* A part of an answer while it is judged: for answer.c, which judges its entries, and
 * answer_tables.c, which judges what it shows of the index. Others use answer.h. */
#ifndef PROTO_ANSWER_ANSWER_INNER_H
#define PROTO_ANSWER_ANSWER_INNER_H

#include "proto/answer/answer_parse.h"

/* Whether an entry has the key that is asked for. */
enum has_key {
    HAS_NOT,
    HAS_KEY,
    HAS_UNKNOWN, /* what that rests on is not carried */
};

/* What is known of an entry's keys: of warrant keys only whether the one that is asked for is among
 * them, as only that one can be passed on to an answer. */
struct key_state {
    enum has_key has;
    enum kind kind;
    unsigned about;
    uint64_t lacks; /* if HAS_UNKNOWN, an entry that is not carried */
};

struct part_judging {
    const struct policy *policy;
    const struct hash *pin;
    const struct watch *watch;
    struct answer_part *part;
    struct parsed_part parsed;
    struct key_state *state; /* beside part->entry */
    size_t judged;           /* how many of them are set */
    struct entry_keys keys;
    uint64_t lacks;   /* an entry that `named` was asked for and is not carried */
    uint64_t missing; /* the first `under` that is not carried; NO_ENTRY: none */
    int64_t skew;     /* milliseconds */
    bool memory;
};

/* A finding_fn; ctx is the struct part_judging. */
void part_found(void *ctx, const struct finding *f);

/* Each tells of a finding and returns false, so that a step may end with it. */
bool part_tell(struct part_judging *j, enum verdict verdict, uint64_t entry, uint64_t related,
               const struct refusal *why);
bool part_tell_number(struct part_judging *j, enum verdict verdict, enum reason reason,
                      uint64_t entry, uint64_t subject);
bool part_tell_memory(struct part_judging *j);
bool part_tell_missing(struct part_judging *j, uint64_t index);

/* The place of the first carried entry whose index is not below this one. */
size_t part_place_of(const struct answer_part *p, uint64_t index);

enum cover_read {
    COVER_READ,
    COVER_OTHER_VERSION, /* it is an `index` that we do not know */
    COVER_UNREAD,        /* it, or its record, is of a version that we do not know */
    COVER_NONE,          /* it is no `index` */
    COVER_MEMORY,
};

/* Sets *out to the cover of a carried entry; to one of no tables unless COVER_READ is returned.
 * Tells of nothing. */
enum cover_read part_take_cover(struct part_judging *j, struct cover *out, uint64_t index);

/* What is shown of the index, in this order. Each returns whether that is good; if not, it has told
 * of it. part->index is carried, and all entries are proven and judged. */

/* Reads the cover of the entry that the part rests on, which must be an `index` of this version. */
bool part_read_cover(struct part_judging *j);
/* Whether the part's range goes with the cover and the checkpoint. */
bool part_check_range(struct part_judging *j);
/* The tables of the cover that have entries of the range, each with the leaves carried for it. */
bool part_check_tables(struct part_judging *j);
/* From the cover's end on each entry is carried, and speaks for itself. */
bool part_check_tail(struct part_judging *j);

#endif
