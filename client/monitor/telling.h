/* Where a monitor tells what it found: JSON Lines on standard output, messages of RFC 5424, and an
 * outbox that is posted. What is told is everywhere before the state moves on:
 *
 *     begin -> give ... -> keep -> (the state is written) -> settle
 *
 * or, for what does not follow from the state (alarms): give ..., keep; or, for what the state
 * cannot remember yet: ahead -> give ... -> keep. That is told once by this process, until
 * `remembered`. One thread. */
#ifndef CLIENT_MONITOR_TELLING_H
#define CLIENT_MONITOR_TELLING_H

#include <jansson.h>

#include "client/monitor/outbox.h"
#include "client/monitor/syslog_out.h"
#include "client/monitor/told_ahead.h"

struct teller {
    const char *origin;     /* of the log */
    struct outbox *outbox;  /* NULL: nothing is posted */
    struct syslog_out *log; /* NULL: no messages of RFC 5424 */
    uint64_t given;         /* objects, those that were told ahead left out */

    /* The rest is its own. */
    bool in_round;
    bool begun; /* the outbox was told of the round */
    int failed; /* errno of the outbox, if it could not begin; or 0 */
    bool is_ahead;
    struct told_ahead ahead;
};

/* Appends one object as a line, with `id` as its last member: 32 hex digits that follow from all
 * that it says but `text`, `detail` and `evidence`, and from the log. So what is told twice has one
 * id. Takes the reference. */
void telling_line(struct buf *out, const struct teller *t, json_t *v);

/* Begins a round. */
void telling_begin(struct teller *t);

/* Begins to tell of what is proven while something in the log is undecided: the state does not
 * remember it yet. */
void telling_ahead(struct teller *t);

/* The state has it all by now: what was told ahead is not kept any more. Frees it. */
void telling_remembered(struct teller *t);

/* Tells of one object, unless it was told ahead; takes the reference. */
void telling_give(struct teller *t, json_t *v, enum syslog_severity severity);

/* The same of a line that telling_line() made. */
void telling_give_line(struct teller *t, struct span line, const char *type,
                       enum syslog_severity severity);

/* Only on standard output: how things stand. */
void telling_print(struct teller *t, json_t *v);

/* Makes sure that all of it is where it should be. Returns 0; or -1 after having said why: then the
 * state must not move on. */
MUST_USE int telling_keep(struct teller *t);

/* Ends a round. */
void telling_settle(struct teller *t);

#endif
