/* What a signer's process has signed last, against what the store holds. With a signer its state is
 * the log's mark: a store that does not hold it is an old copy, or another history. Any thread. */
#ifndef DAEMON_APPEND_SIGNER_STANDING_H
#define DAEMON_APPEND_SIGNER_STANDING_H

#include "daemon/append/batch_journal.h"
#include "daemon/signer/signer_message.h"
#include "daemon/state/tip.h"
#include "daemon/store/store.h"

enum standing {
    STANDING_SAME,       /* they agree */
    STANDING_UNFINISHED, /* the journaled batch comes next: it must be finished as it was */
    STANDING_BEHIND,     /* the store holds what was signed last, and more: it goes on from there */
    STANDING_EMPTY,      /* the signer has signed nothing, and the store holds a log */
    STANDING_LOST,       /* the store does not hold what was signed last: nothing may be signed */
    STANDING_UNKNOWN,    /* the store could not be read */
};

/* How they stand. *tip is the store's end; j is the journaled batch, or NULL if there is none. */
enum standing signer_standing(const struct last_signed *last, struct store *store,
                              const struct tip *tip, const struct journaled *j);

#endif
