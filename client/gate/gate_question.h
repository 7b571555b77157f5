/* One request, as a gate looks at it: found in the book, read in the mirror, and asked
 * (proto/gate/gate_ask.h). Between gate_question_open() and gate_question_close() the mirror's
 * thread waits. */
#ifndef CLIENT_GATE_GATE_QUESTION_H
#define CLIENT_GATE_GATE_QUESTION_H

#include "client/gate/gate.h"

struct gate_question {
    struct gate *gate;
    int64_t now;
    struct gate_view view;
    struct gate_booked booked;
    const struct record *record;
    const struct vkey *key; /* that signed it */
    const struct ruleset *ruleset;
    enum gate_found found;
    enum verdict verdict;
    struct refusal why; /* the first that speaks against it, what is bad before what is undecided */
};

/* Finds the request, and reads it. Returns 0; or -1 with q->why, and q->verdict: VERDICT_BAD is a
 * refusal; with q->found GATE_NOT_YET a newer book may find it. gate_question_close() in any
 * case. */
MUST_USE int gate_question_open(struct gate_question *q, struct gate *g,
                                const struct entry_ref *request, int64_t now);
void gate_question_close(struct gate_question *q);

/* Asks. Returns 0 where the request is let in; or -1, as above. */
MUST_USE int gate_question_ask(struct gate_question *q);

/* Appends the categories whose data may go out, with commas between. For one that is let in. */
void gate_question_categories(const struct gate_question *q, struct buf *out);

/* The time that the data that may go out are about. For one that is let in. */
struct gate_period gate_question_period(const struct gate_question *q);

/* The end of the request's term, or INT64_MAX. */
int64_t gate_question_term(const struct gate_question *q);

#endif
