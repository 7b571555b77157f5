/* Evidence against a log whose index is wrong, made of an answer that shows it. One thread. */
#ifndef PROTO_ANSWER_ANSWER_EVIDENCE_H
#define PROTO_ANSWER_ANSWER_EVIDENCE_H

#include "proto/answer/answer_parse.h"

/* What is wrong with a table of the index. */
struct index_lie {
    uint64_t table; /* its number */
    const struct shown_rows *rows;
    /* A row that is there or is not, wrongly; NULL: the order of the rows, their range, or how many
     * are unkeyed. */
    const struct index_row *row;
    bool left_out; /* the row is not there */
};

/* Appends evidence to part->evidence, if it convinces under this policy and pin; else that stays
 * as it is, as it does when out of memory. part and parsed are those of answer_judge(), whose
 * entries are proven; part->cover is set. */
void answer_evidence(struct answer_part *part, const struct parsed_part *parsed,
                     const struct index_lie *lie, const struct policy *policy,
                     const struct hash *pin);

#endif
