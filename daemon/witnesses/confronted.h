/* A checkpoint that anybody shows to a running log: one that a key of this log has signed, and that
 * the store does not hold, stops it. Nothing else that is shown does anything: who shows it, and
 * who cosigned it, counts for nothing. */
#ifndef DAEMON_WITNESSES_CONFRONTED_H
#define DAEMON_WITNESSES_CONFRONTED_H

#include "daemon/state/service.h"
#include "proto/base/must_use.h"

/* Judges a note. Returns 0 if the store holds the checkpoint. Else -1 with *why:
 * REASON_SHOWN_ELSEWHERE where it does not, and then nothing is signed any more:
 * service->rolled_back is true, DIR/rolled_back has the note, so that a restart changes nothing,
 * and DIR/evidence, too. Or it is nothing that counts: REASON_NOTE_FORM, _CHECKPOINT_FORM,
 * _CHECKPOINT_EMPTY, _SHOWN_UNSIGNED (also where a former key alone has signed what the store does not
 * hold, rollback_counts()); REASON_MEMORY: the store could not be read. Costs a signature
 * for each line under a key of the log, and reads of the store; waits for the disk where the log is
 * stopped. Any thread but the event loop. */
MUST_USE int confronted_judge(struct service *s, struct span note, struct refusal *why);

#endif
