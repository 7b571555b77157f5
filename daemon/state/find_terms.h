/* Under which terms an entry can be found: by signer, by warrant, in the registry. The sequencer
 * fills the store's lists by this one description, and fsck checks them by it. */
#ifndef DAEMON_STATE_FIND_TERMS_H
#define DAEMON_STATE_FIND_TERMS_H

#include "daemon/state/referenced.h"
#include "proto/record/record.h"

/* Called for each list that an entry belongs in. The same list and name may come twice. name is
 * valid only during the call. */
typedef enum store_result term_fn(void *ctx, enum store_list list, struct span name);

/* Calls visit for each term of a record. If the record refers to a warrant, that warrant is read
 * from `where`. Stops at the first result of visit or of the store that is not STORE_OK, and
 * returns it. The thread of where->txn. */
enum store_result find_terms_visit(const struct record *r, const struct reference_source *where,
                                   term_fn *visit, void *ctx);

#endif
