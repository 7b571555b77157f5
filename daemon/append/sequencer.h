/* The one thread that says in which order records enter the log, and the store's only writer.
 *
 * A batch is what was queued while the last commit was on its way to disk, and the few single
 * notes that are being verified at that moment: there is no timer, as each commit costs the same. A
 * record that changes the registry ends its batch. So every record is judged by a registry that is
 * exactly what the disk holds, and nothing needs to be taken back when a commit fails. */
#ifndef DAEMON_APPEND_SEQUENCER_H
#define DAEMON_APPEND_SEQUENCER_H

#include "daemon/append/log_signer.h"
#include "daemon/append/own_record.h"
#include "daemon/append/submission.h"
#include "daemon/state/service.h"

struct sequencer;

/* Both are called on the sequencer's thread. */
struct sequencer_callbacks {
    /* Takes over what a batch has finished with: submissions linked by work.next, in the order in
     * which they were pushed; at least one, and no note of them is OUTCOME_OPEN. What was appended
     * is on the disk. */
    void (*finish)(void *ctx, struct submission *first);
    /* Called at most once, when appending must not go on: the daemon has to end with an error. */
    void (*fatal)(void *ctx);
    void *ctx;
};

/* An entry of the batch that is being made. All that it points at is valid during the call only. */
struct sequenced {
    uint64_t index;
    const struct hash *leaf;
    int64_t accepted;
    const struct record *record;
    struct store_txn *txn; /* that it is appended in, to read from */
};

/* Somebody who is told what is appended. Both are called on the sequencer's thread, and must not
 * wait for anything. */
struct sequencer_listener {
    void (*appended)(void *ctx, const struct sequenced *e);
    /* Entries below size are on the disk; those that were told beyond it are not, and never will
     * be. Also called where a batch has failed. */
    void (*settled)(void *ctx, uint64_t size);
    void *ctx;
};

/* Starts the thread, behind *tip, the end of the log (copied). Service and signer must outlive it.
 * listener may be NULL, and is copied, too. NULL when out of memory or threads. */
struct sequencer *sequencer_new(struct service *service, struct log_signer *signer,
                                const struct tip *tip, const struct sequencer_callbacks *callbacks,
                                const struct sequencer_listener *listener);

/* Whether the sequencer has something to do, and how often it has got something done since it
 * started: if there is work and the number stays, it is stuck. While witnesses are asked for the
 * first time it has no work. Any thread. */
struct sequencer_pulse {
    bool works;
    uint64_t turns;
};
struct sequencer_pulse sequencer_pulse(struct sequencer *s);

/* Announces a single note that is on its way to a worker: a batch that is about to begin waits for
 * it, at most for a few dozen of them. Any thread. */
void sequencer_expect(struct sequencer *s);

/* Takes over a submission, each note of which was verified or refused. A single note must have been
 * announced by sequencer_expect(). Any thread. */
void sequencer_push(struct sequencer *s, struct submission *submission);

/* Takes over a record of the log's own until its `finish`. An `index` must go with the last one
 * (FORMATS, 24.4), as the sequencer knows it; nobody else may sign one. Any thread. */
void sequencer_push_own(struct sequencer *s, struct own_record *own);

/* Finishes what was pushed, ends the thread, frees the sequencer. Nobody may push any more. NULL is
 * harmless. Main thread. */
void sequencer_free(struct sequencer *s);

#endif
