/* The entries that a part of an answer carries, while it is made: what is asked for, what that
 * rests on, and the `under` of each. Nothing that is read need be right. One thread. */
#ifndef PROTO_ANSWER_ANSWER_GATHER_H
#define PROTO_ANSWER_ANSWER_GATHER_H

#include "proto/answer/answer_make.h"

/* An entry that was read. */
struct gathered {
    uint64_t index;
    struct buf bytes;
    struct hash leaf;
    enum kind kind;          /* of its record; KIND_NONE: it has no form */
    uint64_t under;          /* NO_ENTRY: it names none below itself */
    bool carried;            /* it is part of the answer */
    struct gathered *before; /* the one that was carried before it */
    bool judged;             /* the rest is known */
    bool has_key;            /* of a warrant, if that is asked for */
    unsigned about;          /* as in struct entry_keys */
    uint64_t via; /* if it has_key: the entry that it has it of; NO_ENTRY: it is its own */
};

/* Begins with source, question and size set, and all else zero. gathering_free() frees it. */
struct gathering {
    const struct answer_source *source;
    const struct answer_question *question;
    uint64_t size;          /* of the tree: no entry is read from there on */
    struct gathered **list; /* ascending */
    size_t n, room;
    size_t carried, bytes; /* how many are carried, and how long they are together */
    struct gathered *last; /* the one that was carried last */
    size_t hashes;         /* of their proof, when that was counted last: with `counted` of them */
    size_t counted;
};

void gathering_free(struct gathering *g);

/* Each returns ANSWER_MADE, ANSWER_UNREAD or ANSWER_MEMORY. */

/* Reads an entry, unless it was read already; *out is valid until gathering_free(). */
MUST_USE enum answer_made gather_read(struct gathering *g, uint64_t index, struct gathered **out);

/* Carries an entry, and its chain of `under`. */
MUST_USE enum answer_made gather_carry(struct gathering *g, uint64_t index);

/* The same, and what shows whether it has the key that is asked for. */
MUST_USE enum answer_made gather_with_key(struct gathering *g, uint64_t index);

/* Whether what is carried keeps a part's caps: entries, their bytes, and the hashes of their proof,
 * at most hashes_max (0: ANSWER_HASHES_MAX). Returns ANSWER_MADE with *fits; ANSWER_MEMORY; or
 * ANSWER_UNREAD if what is carried has no proof in a tree of g->size. */
MUST_USE enum answer_made gather_fits(struct gathering *g, size_t hashes_max, bool *fits);

/* Carries no longer what was carried last, until `carried` are left. They stay read. */
void gather_put_back(struct gathering *g, size_t carried);

/* Sets *out to the indexes of what is carried, ascending; the caller frees it. Returns ANSWER_MADE
 * or ANSWER_MEMORY. */
MUST_USE enum answer_made gather_indexes(const struct gathering *g, uint64_t **out);

/* Parses an entry. Returns 1 with *out, which record_free() frees; 0 if it has no form; -1 when out
 * of memory: then *out is of KIND_NONE, without members. */
MUST_USE int gathered_record(struct record *out, const struct gathered *e);

#endif
