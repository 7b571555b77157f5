/* Notes on their way into the log. Notes that came in one body are one submission: they travel
 * together, so that they keep their order.
 *
 * A submission has one owner at a time: whoever makes it, until sequencer_push(); then the
 * sequencer, until it calls `finish`. Before it is pushed, each of its notes may be verified by a
 * thread of its own. */
#ifndef DAEMON_APPEND_SUBMISSION_H
#define DAEMON_APPEND_SUBMISSION_H

#include "daemon/host/queue.h"
#include "proto/record/record.h"

enum note_outcome {
    OUTCOME_OPEN,     /* not decided yet */
    OUTCOME_APPENDED, /* at `index`, once its batch is committed */
    OUTCOME_SEEN,     /* the same text of the same signer stands at `index` already */
    OUTCOME_REFUSED,  /* for `why` */
};

/* One note. */
struct submitted {
    struct work work; /* how it travels to a worker that verifies it */
    struct submission *submission;
    struct span note; /* its bytes, which whoever made the submission keeps */
    enum note_outcome outcome;
    struct refusal why;   /* OUTCOME_REFUSED */
    uint64_t index;       /* OUTCOME_APPENDED, OUTCOME_SEEN */
    struct record record; /* parsed while the outcome is OPEN or APPENDED; else empty */
    uint32_t signer;      /* the number of the enrolment that signed it */
    struct buf entry;     /* of a single note that was appended: the entry's bytes */
};

struct submission {
    struct work work;       /* how it travels to the sequencer, and back in a list */
    bool batch;             /* came as several notes: each entry's bytes are not kept */
    bool own;               /* it is a struct own_record: the sequencer makes its note */
    size_t next;            /* the sequencer's: notes before this one have been dealt with */
    size_t count;           /* at least 1 */
    struct submitted *note; /* count of them */
};

/* The submission that a list of work leads to; NULL for NULL. */
static inline struct submission *submission_of(struct work *w)
{
    return (struct submission *)(void *)w; /* work is its first member */
}

/* Sets OUTCOME_REFUSED with *why, and frees the note's record. By the note's owner. */
void submitted_refuse(struct submitted *n, const struct refusal *why);

#endif
