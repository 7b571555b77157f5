/* The sequencer from within, for its own files alone. Its thread owns it; other threads read the
 * atomics. */
#ifndef DAEMON_APPEND_SEQUENCER_STATE_H
#define DAEMON_APPEND_SEQUENCER_STATE_H

#include "daemon/append/append.h"
#include "daemon/append/note_judge.h"
#include "daemon/append/sequencer.h"

struct sequencer {
    struct service *service;
    struct queue *queue;
    atomic_bool started;    /* witnesses were asked: what is queued is work */
    atomic_bool busy;       /* with a batch, or with what comes before and after it */
    _Atomic uint64_t turns; /* of the thread's loop */
    atomic_size_t expected; /* single notes that workers have yet to hand over */
    struct work *ready;     /* taken out of the queue, oldest first */
    pthread_t thread;
    struct sequencer_callbacks callbacks;
    struct sequencer_listener listener; /* of no functions: nobody listens */
    struct tip tip;
    struct log_signer *signer;
    struct note_judge judge;
    int64_t clock_offset; /* milliseconds: the wall clock less the steady one, as somebody else's
                           * record bore out last */
    bool held;            /* witnesses were not all asked before the end came: nothing is signed */
    bool stale;           /* tip may not be what the disk says: read it again first */
    bool dead;            /* the store's engine gave up, and could not be opened again yet */
    bool ended;           /* fatal was called: nothing is appended any more */
    bool full;            /* the disk was, when looked at last: the operator was told */
    /* With a signer's process: */
    bool compared;   /* the store holds what the signer signed last, as far as is known */
    bool unfinished; /* there may be a batch in the journal that must come next */
    bool look_again; /* after a while, though there are no notes */
    /* The batch being made: */
    struct append append;
    bool cut; /* its last record changes the registry: the batch ends here */
    struct submitted *taken[STORE_BATCH_MAX];
    size_t taken_count, appended;
    struct submission *done;    /* finished with this batch, by work.next, newest first */
    struct submission *current; /* not finished when the last batch was full */
};

/* Ends appending for good: logs why, and calls `fatal`. */
void sequencer_end(struct sequencer *s, const char *cause);

/* Marks what was signed (service_mark()), before anybody is shown it. Returns 0; or -1 after
 * sequencer_end(): then nobody may be. */
MUST_USE int sequencer_mark(struct sequencer *s, const struct tip *tip);

/* Opens the store's engine again, if it gave up: until then nobody can read. Sets s->dead if that
 * fails. */
void sequencer_revive(struct sequencer *s);

/* Whether less than `needed` bytes are free on the disk. */
bool sequencer_lacks_room(const struct sequencer *s, uint64_t needed);

/* Whether min_free is left; the operator is told when that changes. */
bool sequencer_has_room(struct sequencer *s);

/* Tells the witnesses' feed, if there is one, that there is a newer checkpoint. */
void sequencer_tell_feed(struct sequencer *s);

/* Makes memory agree with the store, and the store with the signer. Returns REASON_NONE, or why notes
 * are turned away. */
MUST_USE enum reason sequencer_ready(struct sequencer *s);

/* Looks at a signer's process while there is nothing to append, so that one that has gone is noticed.
 * Returns whether it is there, and is the one that the store was held against; if not, the next
 * sequencer_ready() is soon. */
MUST_USE bool sequencer_sees_signer(struct sequencer *s);

/* A part of that: reaches the signer, compares what it signed last with the store, and finishes
 * the batch that is in the journal. Returns REASON_NONE if a batch may be made now, after s->stale
 * was looked at once more; or why notes are turned away. *fatal becomes why appending must end, or
 * NULL. */
MUST_USE enum reason signer_turn(struct sequencer *s, const char **fatal);

#endif
