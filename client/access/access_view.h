/* Who read a log that does not let everybody read: its `access` entries, and the rows that they
 * commit to, for those whom the log shows them. */
#ifndef CLIENT_ACCESS_ACCESS_VIEW_H
#define CLIENT_ACCESS_ACCESS_VIEW_H

#include "client/remote/log_client.h"
#include "client/replay/replaying.h"

struct access_options {
    struct replay_options replay; /* with a key or reader in `trust` */
    bool one; /* the rows of this entry alone, proven by its receipt: no replay */
    uint64_t entry;
    int64_t from, until; /* milliseconds: rows from then on, and before then */
    const char *reader;  /* of this name alone; NULL: of all */
    bool json;
};

/* Shows them. Returns the outcome of the log and of the rows. */
enum outcome access_view(const struct access_options *options);

#endif
