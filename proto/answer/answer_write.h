/* Writing a part of an answer. docs/FORMATS.md, 25. One thread. */
#ifndef PROTO_ANSWER_ANSWER_WRITE_H
#define PROTO_ANSWER_ANSWER_WRITE_H

#include "proto/answer/answer_gather.h"

/* Leaves of one table with their proof. */
struct written_table {
    uint64_t number; /* of the table in the cover */
    const struct index_table *table;
    uint64_t *leaf; /* their numbers, ascending */
    size_t leaves;
    struct buf rows;  /* of all of them */
    struct buf proof; /* hashes */
};

struct written_part {
    const struct answer_question *question;
    uint64_t from, to, end, index, audit; /* as in struct answer_part */
    struct span checkpoint;
    const struct gathering *entries; /* those that are carried */
    const struct buf *proof;         /* hashes */
    const struct written_table *table;
    size_t tables;
};

/* Appends it. out->failed is set when out of memory. */
void answer_write(struct buf *out, const struct written_part *p);

#endif
