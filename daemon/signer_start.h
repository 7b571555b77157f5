/* The signer's process of a log that is about to be run: how it stands to the store. Main thread.
 * What is wrong is said on standard error. */
#ifndef DAEMON_SIGNER_START_H
#define DAEMON_SIGNER_START_H

#include "daemon/append/batch_journal.h"
#include "daemon/append/log_signer.h"
#include "daemon/host/datadir.h"
#include "daemon/state/tip.h"

/* Makes the signer that listens on a socket at path. If it is not there, the log can still be read,
 * and it is looked for again: then its key is the newest that the log lists. Returns 0 or an exit
 * code: EXIT_USAGE if it has a key that is not the log's. */
MUST_USE int signer_start(struct log_signer **out, const char *path, const struct datadir *d,
                          struct store *store);

/* Opens DIR/batch, and compares what the signer has signed last with the store, which has that end;
 * a signer that is not there is compared when it comes. One that has signed nothing takes over a log
 * that has nothing but entry 0, which it would have signed itself. Returns 0; or EXIT_USAGE where the
 * store does not hold what was signed last and the batch in the journal does not lead to it, or where
 * a `freeze` was signed that is not in the log, unless it is `freezing` that is to be done; or
 * another exit code: then *j is closed. */
MUST_USE int signer_compare(struct batch_journal *j, struct log_signer *s, const struct datadir *d,
                            struct store *store, const struct tip *tip, bool freezing);

/* The same for `run --check`: whether signer_compare() would return 0. Nothing is written, and
 * nothing is signed. */
MUST_USE int signer_look(struct log_signer *s, const struct datadir *d, struct store *store,
                         const struct tip *tip);

#endif
