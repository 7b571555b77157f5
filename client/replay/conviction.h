/* What a --state remembers of a log that was proven bad: a copy of the evidence, in
 * STATE.convicted. Whoever was caught may show the good history again the next day. And what is to
 * be done where it shows less than before. One thread. */
#ifndef CLIENT_REPLAY_CONVICTION_H
#define CLIENT_REPLAY_CONVICTION_H

#include "client/remote/findings.h"
#include "client/remote/prove.h"
#include "client/remote/trust.h"
#include "proto/base/must_use.h"

/* If STATE.convicted holds evidence that proves its claim under the policy, says so, and where it
 * is. What the log shows now is judged by itself. A file that proves nothing is named, and counts
 * for nothing. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said why the file cannot be
 * read. */
MUST_USE enum outcome conviction_recall(const char *state, const struct trust *t);

/* Whether the log shows less than what it signed before (REASON_STALE). */
bool conviction_is_set_back(const struct findings *f);

/* Writes the checkpoint that the state has to STATE.newest, for `bitacora confront`. Returns as
 * above. */
MUST_USE enum outcome conviction_keep_newest(const char *state, const struct accepted *newest);

/* Writes STATE.convicted, unless the evidence proves nothing to others (without a pin), or what is
 * there proves something: the first one is kept. What proves nothing goes to STATE.convicted-⟨16
 * hex digits of its SHA-256⟩, which is said. Returns OUTCOME_PROVEN, or OUTCOME_UNDECIDED after
 * having said why it could not. */
MUST_USE enum outcome conviction_keep(const char *state, const struct trust *t,
                                      const struct buf *evidence);

#endif
