/* The options of a command that say how records are signed and sent, as struct submit_options. */
#ifndef CLIENT_SUBMIT_SUBMIT_OPTIONS_H
#define CLIENT_SUBMIT_SUBMIT_OPTIONS_H

#include "client/base/args.h"
#include "client/submit/submitter.h"

/* Reads --key, --passphrase-file, --receipts, --state, --ruleset, --private, --warrant, --to,
 * --check, --json, --no-wait, --allow-plain, --without-private, and what trust_options_read()
 * reads. *out borrows the texts of *a. Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said
 * why. */
MUST_USE enum outcome submit_options_read(struct submit_options *out, const struct args *a);

/* Reads those options and opens what they say: submit_options_read(), then submitter_open().
 * Returns as that does: NULL after having said why, with *outcome set. */
struct submitter *submitter_open_args(const struct args *a, enum outcome *outcome);

#endif
