/* How many records a signer's key may append: limit_signer. Asked once the signatures are known to
 * be good, so that nobody uses up what another may append; and of what is in the log already,
 * which everybody can send again, nothing is counted. */
#ifndef DAEMON_APPEND_SIGNER_LIMIT_H
#define DAEMON_APPEND_SIGNER_LIMIT_H

#include "daemon/append/submission.h"
#include "daemon/state/service.h"

/* Judges the notes that are OUTCOME_OPEN, before they go to the sequencer. Returns 0; or -1: all of
 * them are refused then with REASON_LIMIT_SIGNER, none of what they wanted is used up, and *seconds
 * is after how many they may come again. A worker. */
MUST_USE int signer_limit(struct service *s, struct submission *submission, unsigned *seconds);

#endif
