/* How many records a signer's key may append: the setting limit_signer. Ask it once the signatures
 * are known to be good, so that nobody can use up another's share. Records that are in the log
 * already do not count, as anybody can send them again. */
#ifndef DAEMON_APPEND_SIGNER_LIMIT_H
#define DAEMON_APPEND_SIGNER_LIMIT_H

#include "daemon/append/submission.h"
#include "daemon/state/service.h"

/* Judges the notes that are OUTCOME_OPEN, before they go to the sequencer. Returns 0; or -1: all of
 * them are refused then with REASON_LIMIT_SIGNER, none of what they wanted is used up, and *seconds
 * is after how many they may come again. A worker. */
MUST_USE int signer_limit(struct service *s, struct submission *submission, unsigned *seconds);

#endif
