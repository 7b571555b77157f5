/* The way of a note: event loop -> worker (form, key, signature) -> sequencer (all else, append,
 * commit) -> worker (receipt) -> event loop. Notes that came in one body travel together, so that
 * they keep their order. */
#ifndef DAEMON_APPEND_SUBMISSION_H
#define DAEMON_APPEND_SUBMISSION_H

#include <stdatomic.h>

#include "daemon/http/http.h"
#include "proto/record/record.h"

enum outcome {
    OUTCOME_OPEN,
    OUTCOME_APPENDED, /* at `index`, once its batch is committed */
    OUTCOME_SEEN,     /* stands at `index` already */
    OUTCOME_REFUSED,  /* for `why` */
};

/* One note. Belongs to the thread that has the submission, but for the workers, each of which has
 * one note at a time. */
struct submitted {
    struct work work;
    struct submission *submission;
    struct span note; /* into the submission's body */
    enum outcome outcome;
    struct refusal why;
    uint64_t index;
    struct record record; /* parsed as long as the outcome is OPEN or APPENDED */
    uint32_t signer;
    struct buf entry; /* of a single note that was appended: for its receipt */
};

struct submission {
    struct exchange exchange; /* first: the event loop knows only this */
    struct submission *with;  /* answered by the same worker */
    bool batch;               /* answered by JSON lines */
    uint8_t *body;
    size_t body_length;
    atomic_size_t unverified; /* notes that workers have yet to look at */
    size_t next;              /* the sequencer's: notes before this one have been dealt with */
    size_t count;
    struct submitted note[];
};

/* Starts it on its way. Event loop. */
void submission_start(struct call *c, struct submission *s);

/* The sequencer hands back all of a batch, linked by exchange.work.next: workers build the answers. Sequencer's
 * thread. */
void submissions_finish(struct submission *first);

/* Sets the outcome of a note, and lets go of its record. */
void submitted_refuse(struct submitted *n, const struct refusal *why);

#endif
