/* What is still to be posted: JSON objects, one a line, in the file STATE.outbox beside a state. An
 * object is on the disk before the state moves on, and goes when the receiver has taken it: none is
 * lost, whenever the process ends; some may be sent twice.
 *
 *     open -> [begin -> add ... -> keep -> (the state is written) -> settle] ... -> close
 *             [first -> (post it) -> sent] ...
 *
 * What is added in a round (begin to settle) follows from the state and the log. So it is taken off
 * again where the state did not move: the next round finds the same. What is added outside a round
 * (add, keep) stays. Whoever has an outbox holds a lock of the state's follower. One thread. */
#ifndef CLIENT_MONITOR_OUTBOX_H
#define CLIENT_MONITOR_OUTBOX_H

#include "client/base/say.h"
#include "proto/base/buf.h"
#include "proto/base/hash.h"
#include "proto/base/must_use.h"

#define OUTBOX_LINE_MAX ((size_t)1 << 20) /* bytes of an object with its newline */
#define OUTBOX_NAME 45                    /* characters that name a state's content, and a zero */

struct outbox {
    int fd;
    uint64_t first; /* place of the first object that was not taken */
    uint64_t end;   /* of the file */
    uint64_t round; /* where the round under way begins; 0: there is none */

    /* The rest is its own. */
    char *path;
    const char *state;
    char base[OUTBOX_NAME]; /* the state from which the round began */
    struct buf added;       /* not written yet */
    uint64_t saved;         /* `first`, as the file says it */
    uint64_t length;        /* of the object at `first`, once it was read */
    bool failed;            /* writing did, since begin or keep */
};

/* Opens or makes the outbox of a state and of a log; `state` is borrowed. Takes off what a process
 * that was killed left of a round. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said why:
 * then there is nothing to close. */
MUST_USE enum outcome outbox_open(struct outbox *o, const char *state, const struct hash *log);
void outbox_close(struct outbox *o);

/* Begins a round: from the state as its file is now. Returns 0, or -1 with errno. */
MUST_USE int outbox_begin(struct outbox *o);

/* Adds one object: a line with its newline, of at most OUTBOX_LINE_MAX bytes. What fails is told by
 * outbox_keep(). */
void outbox_add(struct outbox *o, struct span line);

/* Syncs what was added. Returns 0; or -1 with errno: then none of it is there. */
MUST_USE int outbox_keep(struct outbox *o);

/* Ends a round: what it added stays if the state's file is another one than at its begin. */
void outbox_settle(struct outbox *o);

/* The first object that was not taken, with its newline, in place of what *line holds. Returns 1; 0
 * if there is none; -1 with errno if it cannot be read. Not during a round. */
MUST_USE int outbox_first(struct outbox *o, struct buf *line);

/* The receiver has taken it. Returns 0, or -1 with errno: it may be sent again later. */
MUST_USE int outbox_sent(struct outbox *o);

/* Bytes of all that was not taken. */
uint64_t outbox_waiting(const struct outbox *o);

#endif
