/* Making a part of an answer: in the daemon from the store, in the client from the files of a log.
 * docs/FORMATS.md, 25. What is read need not be right: whoever gets the part judges it. One
 * thread. */
#ifndef PROTO_ANSWER_ANSWER_MAKE_H
#define PROTO_ANSWER_ANSWER_MAKE_H

#include "proto/answer/answer.h"
#include "proto/tlog/tile.h"

/* Where the log is read. Each returns 0, or -1; ctx keeps why. */
struct answer_source {
    /* Appends an entry's bytes. */
    int (*entry)(void *ctx, uint64_t index, struct buf *out);
    index_table_read_fn *table;
    const struct tile_source *tiles; /* at the checkpoint's size */
    void *ctx;
};

struct answer_ask {
    struct answer_question question;
    uint64_t from;          /* F */
    bool tail;              /* beyond the cover, up to the checkpoint's size */
    uint64_t index;         /* the index entry that it rests on, below the checkpoint's size */
    struct span checkpoint; /* the note; empty: whoever asked has it */
    uint64_t size;          /* of that checkpoint */
    size_t entries_max;     /* asked entries in one part, about; 0: 1,000 */
    size_t bytes_max;       /* about; 0: 4 MiB */
    size_t hashes_max;      /* of the proof of its entries; 0: ANSWER_HASHES_MAX */
    /* What is shown of tables is looked at as a verifier does, so that a damaged file is
     * ANSWER_UNREAD. For whoever answers for the files: one that others serve is theirs to judge. */
    bool own_tables;
};

enum answer_made {
    ANSWER_MADE,
    ANSWER_NO_INDEX, /* that entry is no index entry of version 1 */
    ANSWER_RANGE,    /* `from` is not below the end */
    ANSWER_UNREAD,   /* the source failed */
    ANSWER_MEMORY,
};

/* Appends one part; *to and *end become T and E: there are more parts unless they are equal. A part
 * ends before an asked entry that would not fit, with what it rests on, below the caps that a
 * verifier has; a part has one at least. */
MUST_USE enum answer_made answer_make(struct buf *out, const struct answer_ask *ask,
                                      const struct answer_source *source, uint64_t *to,
                                      uint64_t *end);

/* Puts a checkpoint note into a part that was made without one, and its SHA-256 anew. Returns 0, or
 * -1: it is no such part, or out of memory. */
MUST_USE int answer_put_checkpoint(struct buf *out, struct span part, struct span checkpoint);

#endif
