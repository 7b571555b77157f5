/* The options of a command that say which log is replayed, as struct replay_options. */
#ifndef CLIENT_REPLAY_REPLAY_OPTIONS_H
#define CLIENT_REPLAY_REPLAY_OPTIONS_H

#include "client/base/args.h"
#include "client/replay/replaying.h"

/* Reads --dir, --state, --structure, --accelerator and what trust_options_read() reads. Refuses
 * --log beside --dir, unless there is a --key: then the log is read from --dir, and blobs from
 * --log. *out borrows the texts of *a. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said
 * why. */
MUST_USE enum outcome replay_options_read(struct replay_options *out, const struct args *a);

/* Reads those options and opens what they say: replay_options_read(), then replaying_open().
 * Returns as that does: NULL after having said why, with *outcome set. */
struct replaying *replaying_open_args(const struct args *a, enum outcome *outcome);

#endif
