/* The one thread that says in which order records enter the log, and the store's only writer.
 *
 * A batch is whatever was queued while the last commit was on its way to disk, and the few single notes that are
 * being verified at that moment, as each commit costs the same: no timer. A record
 * that changes the registry ends its batch, so that every record is judged by a registry that is
 * exactly what the disk holds, and nothing needs to be taken back when a commit fails. */
#ifndef DAEMON_APPEND_SEQUENCER_H
#define DAEMON_APPEND_SEQUENCER_H

#include "daemon/append/submission.h"
#include "daemon/state/service.h"

struct sequencer;

/* Takes over `standing`. fatal is called, once, on the sequencer's thread, when appending must not
 * go on and the daemon has to end with an error. NULL when out of memory or threads. */
struct sequencer *sequencer_new(struct service *service, const struct tip *standing,
                                void (*fatal)(void *ctx), void *ctx);

/* A single note is on its way to a worker: a batch waits for what is being verified when it begins. Any thread. */
void sequencer_expect(struct sequencer *s);

/* Hands over a verified submission. Any thread. */
void sequencer_push(struct sequencer *s, struct submission *submission);

/* Finishes what was pushed, ends the thread, frees it. NULL is harmless. */
void sequencer_free(struct sequencer *s);

#endif
