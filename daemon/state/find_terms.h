/* Under which names an entry can be found: one description, by which the sequencer fills the lists
 * and fsck judges them. */
#ifndef DAEMON_STATE_FIND_TERMS_H
#define DAEMON_STATE_FIND_TERMS_H

#include "daemon/state/referenced.h"
#include "proto/record/record.h"

/* Called for each list that an entry belongs in; the same one may come twice. name is valid only
 * during the call. */
typedef enum store_result term_fn(void *ctx, enum store_list list, struct span name);

/* Visits the terms of a record; a warrant that it points at is looked up where `where` says. Stops at and
 * returns the first result of visit, or of the store, that is not STORE_OK. */
enum store_result find_terms_visit(const struct record *r, const struct reference_source *where,
                                   term_fn *visit, void *ctx);

#endif
