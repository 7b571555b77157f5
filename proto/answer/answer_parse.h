/* A part of an answer, split into what it consists of; nothing is proven. docs/FORMATS.md, 25, step
 * 1. One thread. */
#ifndef PROTO_ANSWER_ANSWER_PARSE_H
#define PROTO_ANSWER_ANSWER_PARSE_H

#include "proto/answer/answer.h"
#include "proto/index/shown_rows.h"

/* The leaves of one table, and their proof. */
struct parsed_table {
    uint64_t number; /* of the table in the cover */
    struct shown_leaf *leaf;
    uint8_t *rows; /* how many rows that leaf has here: 1 to LEAF_ROWS */
    size_t leaves;
    struct hash *proof;
    size_t hashes;
};

/* Spans point into the text. parsed_part_free() frees the rest. */
struct parsed_part {
    struct answer_question question;
    uint64_t from, to, end, index, audit; /* as in struct answer_part */
    struct span checkpoint;               /* empty: it was made without one */
    struct answer_entry *entry;           /* ascending; index and bytes are set */
    size_t entries;
    struct hash *proof;
    size_t hashes;
    struct parsed_table table[TABLES_MAX]; /* ascending by number */
    size_t tables;
    struct buf rows; /* what shown_leaf.row points into */
};

/* Splits the part that text begins with. Returns 0 and sets *used to its length; or -1 with
 * REASON_ANSWER_FORM, REASON_VERSION or REASON_MEMORY. *out needs parsed_part_free() in any
 * case. */
MUST_USE int answer_parse(struct parsed_part *out, size_t *used, struct span text,
                          struct refusal *why);
void parsed_part_free(struct parsed_part *p);

#endif
