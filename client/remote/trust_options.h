/* The options of a command that say what is trusted, as struct trust_options. */
#ifndef CLIENT_REMOTE_TRUST_OPTIONS_H
#define CLIENT_REMOTE_TRUST_OPTIONS_H

#include "client/base/args.h"
#include "client/remote/trust.h"

/* Reads --policy, --log, --genesis, --max-age, --tolerate, --evidence, --cacert,
 * --cert and --cert-key. *out borrows the texts
 * of *a. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said which option is wrong. */
MUST_USE enum outcome trust_options_read(struct trust_options *out, const struct args *a);

/* Reads those options and opens what they say: trust_options_read(), then trust_open(). */
MUST_USE enum outcome trust_open_args(struct trust *out, const struct args *a, bool one_log);

/* The same for a command that only reads: --key is who does. */
MUST_USE enum outcome trust_open_to_read(struct trust *out, const struct args *a, bool one_log);

#endif
