/* What an audit that goes on from a state finds and the state did not: new findings of the rules,
 * those that a deadline made included, and findings that are none any more. One thread. */
#ifndef CLIENT_MONITOR_NEWS_H
#define CLIENT_MONITOR_NEWS_H

#include "client/audit/audit.h"
#include "client/monitor/telling.h"

struct news {
    uint64_t listed;     /* answers that the state had */
    struct shelf before; /* struct rule_answer: findings by deadline, as of the state */
};

/* Makes it empty, for an audit without a state. To be closed in any case. */
void news_open(struct news *n);
void news_close(struct news *n);

/* Once a state was read, and before any entry is looked at: takes down what it says. */
void news_of_state(struct news *n, struct audit *a);

/* Once the log is proven, instead of audit_end(): tells what is new, by entry within each kind of
 * answers. The audit's answers are as before. */
void news_tell(struct news *n, struct audit *a, struct teller *t);

/* In place of that, where something in the log is undecided: tells what the rules answered before
 * the answer number `sure`. What has a deadline waits, as what is undecided may be what was due. */
void news_tell_before(const struct news *n, struct audit *a, uint64_t sure, struct teller *t);

#endif
