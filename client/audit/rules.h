/* The rules of docs/RULES.md, asked of one entry after another, and at the end of the log of what
 * has a deadline. */
#ifndef CLIENT_AUDIT_RULES_H
#define CLIENT_AUDIT_RULES_H

#include "client/audit/answers.h"

/* Of an entry that counts, before the casebook takes it in: what it does to others. Asks CODE, R05,
 * R16, R20, R21, R22, and R07 of closings. registry: as it is with this entry taken in; R22 looks
 * the revoked key up in it. */
void rules_of_act(struct answers *as, struct casebook *cb, const struct event *event,
                  const struct registry *registry);

/* Of a request or warrant that the casebook has just taken in. R01, R02, R06 to R08, R10 to R15,
 * R19; R12. */
void rules_of_request(struct answers *as, struct casebook *cb, const struct event *event);
void rules_of_warrant(struct answers *as, struct casebook *cb, const struct event *event);

/* Of all requests, warrants and entries when the log ends at `now`. R03, R04, R17, R18; R09; R22's
 * passes. */
void rules_at_end(struct answers *as, struct casebook *cb, int64_t now);

#endif
