/* The case of a warrant made of an answer (docs/FORMATS.md, 25): `warrant check --quick`. All that
 * names the reference is in it, proven by the log's index; no rule is asked. */
#ifndef CLIENT_WARRANT_QUICK_CASE_H
#define CLIENT_WARRANT_QUICK_CASE_H

#include "client/answer/answer_get.h"
#include "client/warrant/warrant_case.h"

struct quick_case {
    struct answer_check check;
    bool unserved; /* the log has no index */
};

/* In place of replaying_run(): gets the answer, adds what is wrong with it to the findings of the
 * replaying, and takes its entries into the case. r, its audit (a partial one) and its case are
 * open. Returns whether the case is complete; then c->quick is set, and *q must outlive it. *q
 * needs quick_case_close() in any case. */
bool quick_case_take(struct quick_case *q, struct replaying *r, struct warrant_case *c, bool tail);
void quick_case_close(struct quick_case *q);

#endif
