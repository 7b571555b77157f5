/* What an audit finds at one point of a log and did not find at an earlier one: two audits in one
 * replay. One thread.
 *
 *     between_read -> between_open -> replaying_run(r, between_look, b) -> replaying_conclude ->
 *     between_end -> (read b->now, with wanted.before = b->before) -> between_close */
#ifndef CLIENT_FINDINGS_BETWEEN_H
#define CLIENT_FINDINGS_BETWEEN_H

#include "client/audit/audit.h"

/* A point of a log: so many entries, or those that were accepted before a time. */
struct point {
    bool timed;
    int64_t time;
    uint64_t entries; /* NO_ENTRY: a time that the replay has not come to */
};

struct between {
    struct point from, to;
    struct audit *before, *now;
};

/* Reads the two points of --between A B. Returns false after having said what is wrong. */
MUST_USE bool between_read(struct between *out, const char *from, const char *to);

/* Makes both audits, with the same options; to be closed in any case. Returns false as audit_open()
 * does. */
MUST_USE bool between_open(struct between *b, struct replaying *r,
                           const struct audit_options *options);
void between_close(struct between *b);

/* A judged_fn; ctx is the struct between. */
void between_look(void *ctx, const struct judged *e);

/* After replaying_conclude() of a log that is proven: *outcome stays, or is made worse after having
 * said why. Returns whether both audits have ended and may be shown. */
MUST_USE bool between_end(struct between *b, enum outcome *outcome);

#endif
